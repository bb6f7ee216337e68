package io.botwatch.local;

import io.botwatch.connection.ConnectionOperator;
import io.botwatch.connection.ConnectionSettings;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.Spool;
import io.botwatch.embedded.SpoolSink;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.metric.Tally;
import io.botwatch.source.FilePlan;
import io.botwatch.source.FlowFileSource;
import io.botwatch.source.TimeRange;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch connections}: what the detectors would count, so that one can see it. */
@Command(
        name = "connections",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists the connections in flow files, as the detectors count them: records that an exporter cut are joined,",
            "copies of other exporters are left out, replies are folded in. CSV, a connection a line, in order of their end."
        })
final class ConnectionsCommand implements Callable<Integer> {
    /** No connection is reported before its end. */
    private static final ConnectionSettings SETTINGS =
            ConnectionSettings.DEFAULT.withReportEvery(Duration.ofDays(36_500).toMillis());

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|FOLDER|GLOB|-",
            description = "flow files, also .gz and .zst; folders are searched; - is standard input")
    private List<String> inputs;

    @Mixin
    private FormatOptions formatOptions;

    @Option(names = "--from", paramLabel = "TIME", description = "first flow start that counts, ISO-8601")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "flow start before which flows count, ISO-8601")
    private String to;

    @Mixin
    private TreatmentOptions treatmentOptions;

    @Option(names = "--out", paramLabel = "FILE", description = "default: standard output")
    private Path out;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    private final PrintStream messages = System.err;

    @Override
    public Integer call() throws Exception {
        InputFormat inputFormat = formatOptions.load();
        TimeRange range = Arguments.range(from, to);
        Treatment treatment = treatmentOptions.load();
        try (OutputFile file = out == null ? null : new OutputFile(out, force);
                InputFiles files = InputFiles.of(inputs, inputFormat, messages);
                Scratch scratch = new Scratch()) {
            Progress progress = new Progress(messages);
            FilePlan plan = FilePlan.survey(
                    files.paths(), inputFormat, n -> progress.show("surveyed " + Progress.count(n) + " records"));
            progress.done();
            plan.describe().forEach(messages::println);
            Path spool = scratch.resolve("connections");
            Map<String, Object> counters = run(plan, range, treatment, spool);
            Writer text = new OutputStreamWriter(file == null ? System.out : file.stream(), StandardCharsets.UTF_8);
            ConnectionLines lines = new ConnectionLines(text);
            Spool.read(spool, FlowSerializer.INSTANCE, lines::write);
            text.flush();
            if (file != null) {
                file.complete();
            }
            summarize(counters, lines.count());
        }
        return 0;
    }

    private static Map<String, Object> run(FilePlan plan, TimeRange range, Treatment treatment, Path spool)
            throws Exception {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(1, null);
        Topology.configure(env);
        ConnectionKeySelector key = ConnectionKeySelector.byConnection();
        env.fromSource(
                        new FlowFileSource(plan, range, treatment),
                        WatermarkStrategy.noWatermarks(),
                        "flow files",
                        DecodedSerializer.TYPE)
                .uid("source")
                .flatMap((Decoded record, Collector<Flow> flows) -> {
                    if (record.isFlow()) {
                        flows.collect(record.flow);
                    }
                })
                .returns(FlowSerializer.TYPE)
                .uid("flows")
                .keyBy(key, ConnectionKey.Serializer.TYPE)
                .transform("connections", FlowSerializer.TYPE, new ConnectionOperator(SETTINGS, key, false))
                .uid("connections")
                .getSideOutput(ConnectionOperator.TOTALS)
                .sinkTo(new SpoolSink<>(spool, FlowSerializer.INSTANCE))
                .uid("spool");
        return EmbeddedCluster.run(env, "botwatch connections", counters -> {}).getAllAccumulatorResults();
    }

    private void summarize(Map<String, Object> counters, long listed) {
        messages.printf("connections       %s%n", Progress.count(Tally.count(counters, Tally.CONNECTIONS)));
        messages.printf("  replies alone   %s%n", Progress.count(listed - Tally.count(counters, Tally.CONNECTIONS)));
        messages.printf("  replies         %s%n", Progress.count(Tally.count(counters, Tally.REPLIES)));
        messages.printf("  pieces          %s%n", Progress.count(Tally.count(counters, Tally.PIECES)));
        messages.printf("  copies          %s%n", Progress.count(Tally.count(counters, Tally.COPIES)));
    }
}
