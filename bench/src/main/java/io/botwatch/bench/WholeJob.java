package io.botwatch.bench;

import io.botwatch.embedded.Detection;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** The job from files, whose findings are thrown away. */
public final class WholeJob {
    private WholeJob() {}

    /** @return records read */
    public static long run(FilePlan plan, Treatment treatment, RuleSet rules, int parallelism) throws Exception {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                Detection.flows(env, plan, TimeRange.ALL, treatment), rules, new Topology.Settings("default", 42, 2_000));
        outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        EmbeddedCluster.run(env, "job", counters -> {});
        return plan.records();
    }
}
