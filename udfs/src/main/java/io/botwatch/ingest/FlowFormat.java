package io.botwatch.ingest;

import java.time.ZoneId;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The formats that can be read, by the names users write. */
public enum FlowFormat {
    ZEEK_JSON("zeek-json"),
    ZEEK_TSV("zeek-tsv"),
    GOFLOW2_JSON("goflow2-json"),
    GOFLOW2_PROTOBUF("goflow2-protobuf"),
    PMACCT_JSON("pmacct-json"),
    NFDUMP_JSON("nfdump-json"),
    ECS_JSON("ecs-json"),
    SURICATA_JSON("suricata-json"),
    NETOBSERV_JSON("netobserv-json"),
    NFDUMP_CSV("nfdump-csv"),
    BINETFLOW("binetflow");

    private final String label;

    FlowFormat(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /**
     * A decoder of this format; it belongs to one reader.
     *
     * @param zone of times that name none
     */
    public FlowDecoder newDecoder(ZoneId zone) {
        return switch (this) {
            case ZEEK_JSON -> new ZeekJsonDecoder(zone);
            case ZEEK_TSV -> new ZeekTsvDecoder(zone);
            case GOFLOW2_JSON -> new Goflow2JsonDecoder(zone);
            case GOFLOW2_PROTOBUF -> new Goflow2ProtobufDecoder();
            case PMACCT_JSON -> new PmacctJsonDecoder(zone);
            case NFDUMP_JSON -> new NfdumpJsonDecoder(zone);
            case ECS_JSON -> new EcsJsonDecoder(zone);
            case SURICATA_JSON -> new SuricataJsonDecoder(zone);
            case NETOBSERV_JSON -> new NetObservJsonDecoder(zone);
            case NFDUMP_CSV -> new NfdumpCsvDecoder(zone);
            case BINETFLOW -> new BinetflowDecoder(zone);
        };
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
