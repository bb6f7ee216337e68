package io.botwatch.bench;

import io.botwatch.connection.ConnectionOperator;
import io.botwatch.connection.ConnectionSettings;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.generate.ExportersView;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Joining;
import io.botwatch.ingest.Joining.Choice;
import io.botwatch.ingest.Sampling;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import io.botwatch.source.FlowFileSource;
import io.botwatch.source.TimeRange;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the connection stage costs: the same records through the same graph, once passed on and once made connections. */
@Command(
        name = "connections",
        mixinStandardHelpOptions = true,
        description = "The connection stage, on and off: a simulated day as two routers export it, in order of arrival.")
final class ConnectionsBench implements Callable<Integer> {
    private static final String SHUFFLE = "decode, shuffle";
    private static final String STAGE = "decode, shuffle, connections";

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "1", description = "of the day: 1 is about two million records")
    private double scale;

    @Option(names = "--parallelism", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(names = "--out", defaultValue = "bench/target/connections.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        try (DayFile file = DayFile.write(new Goflow2JsonWriter(), new ExportersView(Scenario.enterprise(1, 24, scale).cursor()))) {
            FilePlan plan = FilePlan.survey(List.of(file.path()), InputFormat.of(FlowFormat.GOFLOW2_JSON, ZoneOffset.UTC), n -> {});
            RuleSet rules = RulesDocument.preset("enterprise");
            Comparison comparison = new Comparison(System.err)
                    .add(SHUFFLE, () -> stage(plan, true))
                    .add(STAGE, () -> stage(plan, false))
                    .add("the whole job, stage off", () -> job(plan, rules, Choice.OFF))
                    .add("the whole job, stage on", () -> job(plan, rules, Choice.AUTO))
                    .run(runs);
            System.out.print(comparison.table());
            System.out.printf(
                    Locale.ROOT,
                    "The stage adds %.3f CPU s per million records, %.3f to the whole job (%,d records).%n",
                    comparison.median(STAGE) - comparison.median(SHUFFLE),
                    comparison.median("the whole job, stage on") - comparison.median("the whole job, stage off"),
                    plan.records());
            comparison.writeJson(out);
        }
        return 0;
    }

    /** Every record is shuffled, none is filtered: what the stage costs a record that reaches it. */
    private long stage(FilePlan plan, boolean passedOn) throws Exception {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        ConnectionKeySelector key = ConnectionKeySelector.byConnection();
        env.fromSource(
                        new FlowFileSource(plan, TimeRange.ALL, Treatment.DEFAULT),
                        WatermarkStrategy.noWatermarks(),
                        "flow files",
                        DecodedSerializer.TYPE)
                .uid("source")
                .setParallelism(1)
                .flatMap((Decoded record, Collector<Flow> flows) -> flows.collect(record.flow))
                .returns(FlowSerializer.TYPE)
                .setParallelism(1)
                .uid("flows")
                .keyBy(key, ConnectionKey.Serializer.TYPE)
                .transform("connections", FlowSerializer.TYPE, new ConnectionOperator(ConnectionSettings.DEFAULT, key, passedOn))
                .uid("connections")
                .sinkTo(new DiscardingSink<>())
                .uid("discard");
        EmbeddedCluster.run(env, "connections", counters -> {});
        return plan.records();
    }

    /** All detectors; without the stage every record is a connection, and replies are told by their ports. */
    private long job(FilePlan plan, RuleSet rules, Choice stage) throws Exception {
        return WholeJob.run(plan, new Treatment(Sampling.AS_REPORTED, new Joining(stage, stage)), rules, parallelism);
    }
}
