package io.botwatch.finding;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The formats of a finding. */
public enum FindingFormat {
    OCSF,
    ECS,
    LEEF,
    CSV;

    /** Lower-case name, as in the configuration. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of all formats, in order. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(FindingFormat::label).toList();
    }

    /**
     * @param tenant whose findings these are
     * @param productVersion that of the build
     */
    public FindingWriter writer(String tenant, String productVersion) {
        return switch (this) {
            case OCSF -> new OcsfWriter(tenant, productVersion);
            case ECS -> new EcsWriter(tenant, productVersion);
            case LEEF -> new LeefWriter(tenant, productVersion);
            case CSV -> new CsvWriter();
        };
    }
}
