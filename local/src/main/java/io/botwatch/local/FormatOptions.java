package io.botwatch.local;

import io.botwatch.ingest.InputFormat;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say what flow files are written in. */
final class FormatOptions {
    @Option(
            names = "--format",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto (default), zeek-json, zeek-tsv, goflow2-json, goflow2-protobuf, pmacct-json, nfdump-json, nfdump-csv, "
                    + "ecs-json, suricata-json, netobserv-json or binetflow")
    private String format;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "reads JSON of any other shape as this file says, instead of --format; see flink-conf/mappings")
    private Path mapping;

    @Option(
            names = "--zone",
            defaultValue = "UTC",
            description = "time zone of times that name none, e.g. Europe/Prague; default UTC")
    private String zone;

    InputFormat load() {
        return Arguments.format(format, mapping, zone);
    }
}
