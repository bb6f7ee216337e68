package io.botwatch.embedded;

import io.botwatch.finding.FindingSerializer;
import io.botwatch.ingest.DeadLetterCap;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.FlowFileSource;
import io.botwatch.source.TimeRange;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs the job over files in this process: planned files in, spooled findings and dead letters out. */
public final class Detection {
    private Detection() {}

    /**
     * @param findings where every emitted state of every finding is spooled, whatever its audience
     * @param dead where dead letters are spooled
     * @param deadLetters how many of a reason are, at most; the others are only counted
     * @param progress is given the job's counters about once a second
     */
    public static JobExecutionResult run(
            FilePlan plan,
            TimeRange range,
            Treatment treatment,
            RuleSet rules,
            Topology.Settings settings,
            int parallelism,
            Path findings,
            Path dead,
            int deadLetters,
            Consumer<Map<String, Object>> progress)
            throws ExecutionException, InterruptedException {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(flows(env, plan, range, treatment), rules, settings);
        outputs.findings()
                .union(outputs.quiet())
                .sinkTo(new SpoolSink<>(findings, FindingSerializer.INSTANCE))
                .name("findings")
                .uid("findings")
                .setParallelism(1);
        outputs.dead()
                .process(DeadLetterCap.inTotal(deadLetters))
                .returns(DeadLetterSerializer.TYPE)
                .name("dead letter cap")
                .uid("dead-letter-cap")
                .setParallelism(1)
                .sinkTo(new SpoolSink<>(dead, DeadLetterSerializer.INSTANCE))
                .name("dead letters")
                .uid("dead-letters")
                .setParallelism(1);
        return EmbeddedCluster.run(env, "botwatch detect", progress);
    }

    /** Adds planned files as a source. */
    public static DataStream<Decoded> flows(StreamExecutionEnvironment env, FilePlan plan, TimeRange range, Treatment treatment) {
        return env.fromSource(
                        new FlowFileSource(plan, range, treatment), WatermarkStrategy.noWatermarks(), "flow files", DecodedSerializer.TYPE)
                .uid("source")
                .setParallelism(1);
    }
}
