package io.botwatch.local;

import io.botwatch.ingest.Joining;
import io.botwatch.ingest.Joining.Choice;
import io.botwatch.ingest.Treatment;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what is done with flows once they are decoded. */
final class TreatmentOptions {
    @Mixin
    private SamplingOptions sampling;

    @Option(
            names = "--stitch",
            defaultValue = "auto",
            paramLabel = "auto|on|off",
            description = "joins the records of a connection, both directions; auto (default): as the format needs it")
    private String stitch;

    @Option(
            names = "--deduplicate",
            defaultValue = "auto",
            paramLabel = "auto|on|off",
            description = "leaves out what another exporter reported already; auto (default): as the format needs it")
    private String deduplicate;

    Treatment load() {
        return new Treatment(
                sampling.load(), new Joining(choice("--stitch", stitch), choice("--deduplicate", deduplicate)));
    }

    private static Choice choice(String option, String value) {
        for (Choice choice : Choice.values()) {
            if (choice.label().equals(value.toLowerCase(Locale.ROOT))) {
                return choice;
            }
        }
        throw new UsageException(option + ": '" + value + "' is not one of auto, on, off");
    }
}
