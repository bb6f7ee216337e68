package io.botwatch.backtest;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.SpoolSink;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Runs the job's graph twice over one reading of the flows: for the rules as they are, and for the rules as they would be. */
public final class TwoRuleSets {
    private TwoRuleSets() {}

    /**
     * @param records adds the bounded source, read once
     * @param oldFindings where every state of every finding of the old rules is spooled, whatever its audience
     * @param newFindings the same, of the new rules
     * @param progress is given the job's counters about once a second; those of the graph count each flow twice
     */
    public static JobExecutionResult run(
            Function<StreamExecutionEnvironment, DataStream<Decoded>> records,
            RuleSet oldRules,
            RuleSet newRules,
            Topology.Settings settings,
            int parallelism,
            Path oldFindings,
            Path newFindings,
            Consumer<Map<String, Object>> progress)
            throws ExecutionException, InterruptedException {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        DataStream<Decoded> read = records.apply(env);
        add(env, read, oldRules, settings, oldFindings, "old ");
        add(env, read, newRules, settings, newFindings, "new ");
        return EmbeddedCluster.run(env, "botwatch backtest", progress);
    }

    private static void add(
            StreamExecutionEnvironment env,
            DataStream<Decoded> records,
            RuleSet rules,
            Topology.Settings settings,
            Path findings,
            String label) {
        Set<Transformation<?>> before = new HashSet<>(env.getTransformations());
        Topology.Outputs outputs = Topology.build(records, rules, settings);
        outputs.findings()
                .union(outputs.quiet())
                .sinkTo(new SpoolSink<>(findings, FindingSerializer.INSTANCE))
                .name("findings")
                .uid("findings")
                .setParallelism(1);
        outputs.dead().sinkTo(new DiscardingSink<>()).name("dead letters").uid("dead-letters");
        for (Transformation<?> transformation : env.getTransformations()) {
            if (!before.contains(transformation)) {
                transformation.setUid(label + transformation.getUid());
                transformation.setName(label + transformation.getName());
            }
        }
    }
}
