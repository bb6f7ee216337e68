package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.botwatch.embedded.Detection;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What all rules cost beside reading and decoding alone, as a ratio of CPU times of one process in turn: it depends little on the
 * machine and its load. {@code bench/run job} measures; this only tells when something went far out of hand.
 */
class CostRatioTest {
    /** The first compiles, and is hardly ever the least. */
    private static final int ROUNDS = 3;

    private static final double SCALE = 0.2;

    /** About 1.7 times what was measured. */
    private static final double MOST = 7;

    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    @TempDir
    Path folder;

    private interface Run {
        void run() throws Exception;
    }

    @Test
    void allRulesCostNoMoreThanSomeTimesDecodingAlone() throws Exception {
        FilePlan plan = day();
        RuleSet rules = RulesDocument.preset("enterprise");
        long decoding = Long.MAX_VALUE;
        long detecting = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            decoding = Math.min(decoding, cpuNs(() -> decode(plan)));
            detecting = Math.min(detecting, cpuNs(() -> detect(plan, rules)));
        }
        double ratio = (double) detecting / decoding;
        System.out.printf(
                "all rules: %.2f times decoding (%.2f and %.2f CPU s, %,d records)%n",
                ratio, detecting / 1e9, decoding / 1e9, plan.records());
        assertThat(ratio).isLessThanOrEqualTo(MOST);
    }

    private static long cpuNs(Run run) throws Exception {
        System.gc();
        long before = MACHINE.getProcessCpuTime();
        run.run();
        return MACHINE.getProcessCpuTime() - before;
    }

    /** As protobuf: what JSON takes would hide the rules. */
    private FilePlan day() throws Exception {
        List<Flow> flows = new ArrayList<>();
        FlowCursor cursor = Scenario.enterprise(1, 24, SCALE).cursor();
        for (Flow flow = new Flow(); cursor.next(flow); flow = new Flow()) {
            flows.add(flow);
        }
        Path file = FlowFiles.write(folder.resolve("day"), flows, "goflow2-protobuf");
        FilePlan plan = FilePlan.survey(
                List.of(file), InputFormat.of(FlowFormat.GOFLOW2_PROTOBUF, ZoneOffset.UTC), records -> {});
        assertThat(plan.records()).isEqualTo(flows.size());
        return plan;
    }

    private static void decode(FilePlan plan) throws Exception {
        StreamExecutionEnvironment env = environment();
        Detection.flows(env, plan, TimeRange.ALL, Treatment.DEFAULT)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1)
                .uid("discard");
        EmbeddedCluster.run(env, "decode", counters -> {});
    }

    private static void detect(FilePlan plan, RuleSet rules) throws Exception {
        StreamExecutionEnvironment env = environment();
        Topology.Outputs outputs = Topology.build(
                Detection.flows(env, plan, TimeRange.ALL, Treatment.DEFAULT), rules, new Topology.Settings("default", 42, 2_000));
        outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        EmbeddedCluster.run(env, "detect", counters -> {});
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(1, null);
        Topology.configure(env);
        return env;
    }
}
