package io.botwatch.bench;

import io.botwatch.embedded.Detection;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A job that reads files and decodes them, and does nothing with what it has decoded. */
public final class DecodeOnly {
    public static final String NAME = "decode only";

    private DecodeOnly() {}

    /** @return records read */
    public static long run(FilePlan plan, int parallelism) throws Exception {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        Detection.flows(env, plan, TimeRange.ALL, Treatment.DEFAULT)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1)
                .uid("discard");
        EmbeddedCluster.run(env, NAME, counters -> {});
        return plan.records();
    }
}
