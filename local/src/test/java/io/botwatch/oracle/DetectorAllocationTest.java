package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.botwatch.classify.Classifier;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a record that reaches a detector leaves to the garbage collector, in all tasks of a job but for decoding, on a day that comes
 * when the windows are full and the code is compiled. A bound on bytes, as in {@link AllocationTest}.
 */
class DetectorAllocationTest {
    private static final double SCALE = 1;

    /** The first fills the windows. */
    private static final int DAYS = 2;

    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long TIMEOUT_S = 600;

    /** A twentieth above what was measured of a compiler that removes no object at all (-XX:-DoEscapeAnalysis), the worst there is. */
    private static final int MOST = 5_900;

    /** Tasks of other tests' jobs, which may still be ending; by thread id. */
    private static final Set<Long> OTHERS = new HashSet<>();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Flows by day; the job runs in this process, and the tests that follow need the memory. */
    private static final List<List<Flow>> FLOWS = new ArrayList<>();

    /** Where the source and the test meet between days: when one has ended, and when the next may begin. */
    private static final CyclicBarrier BETWEEN_DAYS = new CyclicBarrier(2);

    /** As records of an exporter, that a stage makes connections of. */
    @BeforeAll
    static void generate() {
        IntStream.range(0, DAYS).forEach(day -> FLOWS.add(new ArrayList<>()));
        Scenario scenario = Scenario.enterprise(1, 24 * DAYS, SCALE);
        FlowCursor cursor = scenario.cursor();
        for (Flow flow = new Flow(); cursor.next(flow); flow = new Flow()) {
            Treatment.DEFAULT.apply(flow, false);
            FLOWS.get((int) ((flow.startMs - scenario.startMs()) / DAY_MS)).add(flow);
        }
    }

    @AfterAll
    static void forget() {
        FLOWS.clear();
    }

    @Test
    void aRecordThatReachesADetectorAllocatesNoMore() throws Exception {
        RuleSet rules = RulesDocument.preset("enterprise");
        taskThreads().forEach(thread -> OTHERS.add(thread.getId()));
        JobClient job = start(rules);
        double least = Double.MAX_VALUE;
        Map<String, Long> before = Map.of();
        for (int day = 0; day < DAYS; day++) {
            BETWEEN_DAYS.await(TIMEOUT_S, TimeUnit.SECONDS);
            Map<String, Long> allocated = allocatedWhenQuiet();
            if (day > 0) {
                long routed = routed(FLOWS.get(day), rules);
                System.out.printf("day %d: %,d records, of which %,d reach a detector%n", day, FLOWS.get(day).size(), routed);
                for (Map.Entry<String, Long> task : allocated.entrySet()) {
                    double bytes = (double) (task.getValue() - before.getOrDefault(task.getKey(), 0L)) / routed;
                    if (bytes >= 1) {
                        System.out.printf("%8.1f bytes a record in %s%n", bytes, task.getKey());
                    }
                }
                least = Math.min(least, (double) (sum(allocated) - sum(before)) / routed);
            }
            before = allocated;
            BETWEEN_DAYS.await(TIMEOUT_S, TimeUnit.SECONDS);
        }
        job.getJobExecutionResult().get(TIMEOUT_S, TimeUnit.SECONDS);
        System.out.printf("%.1f bytes a record that reaches a detector%n", least);
        assertThat(least).isLessThanOrEqualTo(MOST);
    }

    private static JobClient start(RuleSet rules) throws Exception {
        StreamExecutionEnvironment env = EmbeddedCluster.environment(1, null);
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                env.fromSequence(0, DAYS)
                        .uid("source")
                        .flatMap(new Days())
                        .returns(DecodedSerializer.TYPE)
                        .uid("days")
                        .assignTimestampsAndWatermarks(WatermarkStrategy.<Decoded>forGenerator(context -> new EveryHundred())
                                .withTimestampAssigner((record, before) -> record.timestampMs()))
                        .uid("watermarks"),
                rules,
                // Of processing time nothing shall depend.
                new Topology.Settings("default", 42, DAY_MS));
        outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        return env.executeAsync("allocation");
    }

    private static final class Days implements FlatMapFunction<Long, Decoded> {
        private static final long serialVersionUID = 1;

        @Override
        public void flatMap(Long day, Collector<Decoded> out) throws Exception {
            if (day > 0) {
                BETWEEN_DAYS.await(TIMEOUT_S, TimeUnit.SECONDS);
                BETWEEN_DAYS.await(TIMEOUT_S, TimeUnit.SECONDS);
            }
            if (day < DAYS) {
                Decoded record = new Decoded();
                for (Flow flow : FLOWS.get(day.intValue())) {
                    record.flow.copyFrom(flow);
                    out.collect(record.asFlow());
                }
            }
        }
    }

    /** By records alone: a busy feed has many between two watermarks. */
    private static final class EveryHundred implements WatermarkGenerator<Decoded> {
        private int records;

        @Override
        public void onEvent(Decoded record, long timestamp, WatermarkOutput output) {
            if (++records % 100 == 0) {
                output.emitWatermark(new Watermark(timestamp - 1));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // The clock says nothing.
        }
    }

    private static long routed(List<Flow> flows, RuleSet rules) {
        Classifier classifier = new Classifier(rules);
        Flow copy = new Flow();
        return flows.stream()
                .filter(flow -> {
                    copy.copyFrom(flow);
                    classifier.classify(copy);
                    return copy.routes != 0;
                })
                .count();
    }

    /** By task, when what is still on its way has been worked off. */
    private static Map<String, Long> allocatedWhenQuiet() throws InterruptedException {
        Map<String, Long> allocated = allocated();
        while (true) {
            TimeUnit.MILLISECONDS.sleep(500); // buffers that are not full leave after 100
            Map<String, Long> later = allocated();
            if (sum(later) - sum(allocated) < 100_000) {
                return later;
            }
            allocated = later;
        }
    }

    private static Map<String, Long> allocated() {
        Map<String, Long> allocated = new TreeMap<>();
        taskThreads()
                .filter(thread -> !OTHERS.contains(thread.getId()))
                .forEach(thread -> allocated.put(thread.getName(), THREADS.getThreadAllocatedBytes(thread.getId())));
        return allocated;
    }

    private static Stream<Thread> taskThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != null
                        && thread.getThreadGroup().getName().equals("Flink Task Threads"));
    }

    private static long sum(Map<String, Long> allocated) {
        return allocated.values().stream().mapToLong(Long::longValue).sum();
    }
}
