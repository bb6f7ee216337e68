package io.botwatch.local;

import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.BinetflowWriter;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.LabelsFile;
import io.botwatch.generate.Scenario;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code botwatch generate}: labelled synthetic flows in a file. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes labelled synthetic flows: the same seed gives the same bytes.")
final class GenerateCommand implements Callable<Integer> {
    @Option(names = "--scenario", defaultValue = "enterprise", paramLabel = "NAME", description = "enterprise: an office of 300 hosts, and labelled attacks")
    private String scenarioName;

    @Mixin
    private ScenarioOptions day;

    @Option(names = "--format", defaultValue = "goflow2-json", paramLabel = "NAME", description = "goflow2-json (default), goflow2-protobuf or binetflow")
    private String format;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "the flows, in order of arrival; - is standard output")
    private String out;

    @Option(names = "--labels", paramLabel = "FILE", description = "the labels, as CSV; default: beside the flows, FILE.labels.csv")
    private Path labels;

    @Option(names = "--force", description = "replaces output files that exist")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        if (!scenarioName.equals("enterprise")) {
            throw new UsageException("--scenario: '" + scenarioName + "' is not one of enterprise");
        }
        Scenario scenario = day.scenario();
        FlowWriter writer = writer();
        Path labelsPath = labels != null ? labels : out.equals("-") ? null : Path.of(out + ".labels.csv");
        try (OutputFile file = out.equals("-") ? null : new OutputFile(Path.of(out), force);
                OutputFile labelsFile = labelsPath == null ? null : new OutputFile(labelsPath, force)) {
            long count = write(scenario, writer, file == null ? System.out : file.stream());
            if (labelsFile != null) {
                Writer text = new OutputStreamWriter(labelsFile.stream(), StandardCharsets.UTF_8);
                LabelsFile.write(text, scenario.labels());
                text.flush();
                labelsFile.complete();
            }
            if (file != null) {
                file.complete();
            }
            System.err.printf(
                    "%s flows to %s%s%n", Progress.count(count), out, labelsPath == null ? "" : ", labels to " + labelsPath);
        }
        return 0;
    }

    private FlowWriter writer() {
        return switch (format) {
            case "goflow2-json" -> new Goflow2JsonWriter();
            case "goflow2-protobuf" -> new Goflow2ProtobufWriter();
            case "binetflow" -> new BinetflowWriter();
            default -> throw new UsageException(
                    "--format: '" + format + "' is not one of goflow2-json, goflow2-protobuf, binetflow");
        };
    }

    private long write(Scenario scenario, FlowWriter writer, OutputStream stream) throws IOException {
        Progress progress = new Progress(System.err);
        long count = new ArrivalOrder(day.records(scenario), day.seed)
                .writeTo(stream, writer, n -> progress.show("generated " + Progress.count(n) + " flows"));
        progress.done();
        return count;
    }
}
