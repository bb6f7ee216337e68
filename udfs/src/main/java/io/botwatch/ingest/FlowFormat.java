package io.botwatch.ingest;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The formats that can be read, by the names users write. */
public enum FlowFormat {
    ZEEK_JSON("zeek-json"),
    ZEEK_TSV("zeek-tsv"),
    GOFLOW2_JSON("goflow2-json"),
    PMACCT_JSON("pmacct-json"),
    NFDUMP_JSON("nfdump-json"),
    NFDUMP_CSV("nfdump-csv"),
    BINETFLOW("binetflow");

    private final String label;

    FlowFormat(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException naming the formats that exist */
    public static FlowFormat named(String name) {
        for (FlowFormat format : values()) {
            if (format.label.equals(name)) {
                return format;
            }
        }
        throw new IllegalArgumentException("unknown format '" + name + "'; one of auto, "
                + Arrays.stream(values()).map(FlowFormat::label).collect(Collectors.joining(", ")));
    }
}
