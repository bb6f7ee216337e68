package io.botwatch.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.rule.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.flow.Flows;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.IntervalRelayFunction;
import io.botwatch.relay.RelayCombining;
import io.botwatch.relay.RelayDigest;
import io.botwatch.relay.RelayDigestFunction;
import io.botwatch.relay.RelayPair;
import io.botwatch.relay.RelayPairFunction;
import io.botwatch.relay.RelayPartial;
import io.botwatch.relay.RelayRule;
import io.botwatch.relay.RelayRule.Engine;
import io.botwatch.relay.RelayTraffic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Digests and pattern against every pair of connections compared with every other, and against the other engine. */
class RelayPatternTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final OutputTag<RelayPair> OVERFLOW = new OutputTag<>("overflow", RelayPair.Serializer.TYPE);
    private static final long W = 300_000;
    private static final long BUCKET = RelayPartial.BUCKET_MS;
    private static final int MANY = 1_000_000;

    /** A row of the join, for one host. */
    private record Row(int host, String source, String target, int port) {}

    /** The times of its first pair. */
    private record First(long inMs, long outMs) {}

    private static final int SCENARIOS = 60;

    /** Every third host has peers seen so often in one bucket that not all of their times are kept. */
    private static boolean crowded(int host) {
        return host % 3 == 0;
    }

    private static List<Flow> flows;
    private static Map<Row, First> expected;

    @BeforeAll
    static void scenarios() {
        flows = new ArrayList<>();
        expected = new HashMap<>();
        for (int host = 0; host < SCENARIOS; host++) {
            List<Flow> ofHost = scenario(host);
            bruteForce(host, ofHost, expected);
            flows.addAll(ofHost);
        }
        assertThat(expected).as("rows").hasSizeGreaterThan(2_000);
        assertThat(expected.values()).as("the longest delay occurs").anyMatch(f -> f.outMs - f.inMs == W);
    }

    @Test
    void theRowsAreThoseOfTheJoinInOneTask() throws Exception {
        assertRows(run(Engine.CEP, 1, 1, MANY, flows), false);
    }

    @Test
    void theRowsAreThoseOfTheJoinInTwoTasks() throws Exception {
        assertRows(run(Engine.CEP, 2, 2, MANY, flows), false);
    }

    @Test
    void theOtherEngineGivesTheSameRows() throws Exception {
        assertRows(run(Engine.INTERVAL, 2, 3, MANY, flows), true);
    }

    private static void assertRows(List<Candidate> candidates, boolean allTimesKept) {
        Map<Row, First> actual = new HashMap<>();
        for (Candidate candidate : candidates) {
            Finding finding = candidate.finding;
            assertThat(candidate.signal).isEqualTo(Candidate.Signal.ONCE);
            First before = actual.put(row(finding), new First(finding.firstSeenMs, finding.lastSeenMs));
            assertThat(before).as("%s once", row(finding)).isNull();
        }
        Set<Row> missing = new HashSet<>(expected.keySet());
        missing.removeAll(actual.keySet());
        Set<Row> extra = new HashSet<>(actual.keySet());
        extra.removeAll(expected.keySet());
        assertThat(missing).as("missing rows; too many: %s", extra).isEmpty();
        assertThat(extra).as("rows too many").isEmpty();
        expected.forEach((row, first) -> {
            First got = actual.get(row);
            if (allTimesKept || !crowded(row.host)) {
                assertThat(got).as("%s", row).isEqualTo(first);
            } else {
                // The bucket is right, and the times are those of a pair; which one of the bucket may differ.
                assertThat(got.outMs - got.inMs).as("%s", row).isBetween(0L, W);
                assertThat(got.inMs / BUCKET).as("%s", row).isEqualTo(first.inMs / BUCKET);
                assertThat(got.outMs / BUCKET).as("%s", row).isEqualTo(first.outMs / BUCKET);
            }
        });
    }

    @Test
    void bothEnginesLeaveOutTheSameWhenHostsOverflow() throws Exception {
        List<Flow> all = new ArrayList<>(flows);
        // Later traffic of the same hosts, after the hold of those that overflowed.
        for (int host = 0; host < SCENARIOS; host++) {
            all.add(Flows.inbound(201, 9, host, 8080, Flows.T + 8_000_000 + host));
            all.add(Flows.outbound(host, 202, 22, Flows.T + 8_001_000 + host));
        }
        List<String> byPattern = said(run(Engine.CEP, 2, 4, 40, all));
        List<String> byJoin = said(run(Engine.INTERVAL, 2, 5, 40, all));
        assertThat(byPattern).isEqualTo(byJoin);
        long overflows = byPattern.stream().filter(text -> text.startsWith("RAISED")).count();
        assertThat(overflows).isPositive();
        assertThat((long) byPattern.size() - overflows).isPositive().isLessThan(expected.size());
        for (int host = 0; host < SCENARIOS; host++) {
            String after = " reached " + Address.format(0, Flows.internal(host)) + ", which reached 198.18.0.202 port 22 later. at "
                    + (Flows.T + 8_005_000);
            assertThat(byPattern).as("after the hold").anyMatch(text -> text.contains(after));
        }
    }

    @Test
    void aHostOverTheCapIsOneStoryAndItsPairsAreNotListed() throws Exception {
        List<Flow> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(Flows.inbound(i, 9, 1, 8080, Flows.T + i));
        }
        all.add(Flows.outbound(1, 20, 22, Flows.T + 1_000)); // 5 pairs: listed
        for (int i = 21; i < 24; i++) {
            all.add(Flows.outbound(1, i, 22, Flows.T + BUCKET + i)); // 20 pairs: over 10
        }
        all.add(Flows.outbound(1, 30, 22, Flows.T + 2 * BUCKET)); // held
        all.add(Flows.inbound(7, 9, 1, 8080, Flows.T + 3_700_000));
        all.add(Flows.outbound(1, 40, 22, Flows.T + 3_700_000)); // after the hold
        List<Candidate> candidates = run(Engine.CEP, 1, 6, 10, all);
        assertThat(candidates.stream().filter(c -> c.signal == Candidate.Signal.ONCE).map(c -> c.finding.dst.toString()))
                .containsExactlyInAnyOrder(
                        "198.18.0.20", "198.18.0.20", "198.18.0.20", "198.18.0.20", "198.18.0.20", "198.18.0.40");
        List<Candidate> overflows =
                candidates.stream().filter(c -> c.signal == Candidate.Signal.RAISED).toList();
        assertThat(overflows.stream().map(c -> c.storyKey).distinct()).containsExactly("R|overflow|10.0.0.1");
        assertThat(overflows.get(0).finding.distinctSources).isEqualTo(5);
        assertThat(overflows.get(0).finding.distinctTargets).isEqualTo(4);
        assertThat(overflows.get(0).finding.connections).isEqualTo(20);
    }

    @Test
    void aSilentHostIsForgottenByThePattern() throws Exception {
        RelayRule rule = rule(Engine.CEP, MANY);
        try (var digests = new KeyedOneInputStreamOperatorTestHarness<>(
                        new KeyedProcessOperator<>(new RelayDigestFunction(rule, OVERFLOW)),
                        RelayPartial::host,
                        AddressSerializer.TYPE);
                var pattern = new KeyedOneInputStreamOperatorTestHarness<>(
                        operator(rule), RelayDigest::host, AddressSerializer.TYPE)) {
            digests.setup(RelayDigest.Serializer.INSTANCE);
            digests.open();
            pattern.setup(RelayPair.Serializer.INSTANCE);
            pattern.open();
            try (var combiner = new OneInputStreamOperatorTestHarness<Flow, RelayPartial>(
                    new LocalCombiner<>(new RelayCombining(rule)))) {
                combiner.setup(RelayPartial.Serializer.INSTANCE);
                combiner.open();
                for (Flow flow : flows) {
                    combiner.processElement(flow, flow.startMs);
                }
                combiner.processWatermark(Long.MAX_VALUE);
                for (var record : combiner.extractOutputStreamRecords()) {
                    digests.processElement(record.getValue(), record.getTimestamp());
                }
            }
            long last = flows.stream().mapToLong(flow -> flow.startMs).max().orElseThrow();
            int held = 0;
            for (long watermark = Flows.T; watermark < last + 2 * W; watermark += 7 * BUCKET) {
                digests.processWatermark(watermark);
                for (var record : digests.extractOutputStreamRecords()) {
                    pattern.processElement(record.getValue(), record.getTimestamp());
                }
                digests.getOutput().clear();
                pattern.processWatermark(watermark);
                held = Math.max(held, pattern.numKeyedStateEntries());
            }
            assertThat(held).as("state of the pattern meanwhile").isGreaterThan(SCENARIOS);
            assertThat(pattern.extractOutputValues()).hasSizeGreaterThanOrEqualTo(expected.size());
            assertThat(digests.numKeyedStateEntries()).as("state of the digests").isZero();
            assertThat(pattern.numKeyedStateEntries()).as("state of the pattern").isZero();
            assertThat(pattern.numEventTimeTimers()).as("timers of the pattern").isZero();
        }
    }

    /** Flink's CEP operator, as a job would have it. */
    private static StreamOperatorFactory<RelayPair> operator(RelayRule rule) {
        var digests = StreamExecutionEnvironment.getExecutionEnvironment()
                .fromData(List.of(RelayDigest.Serializer.INSTANCE.createInstance()), RelayDigest.Serializer.TYPE)
                .keyBy(RelayDigest::host, AddressSerializer.TYPE);
        var pairs = RelayPattern.pairs(digests, rule.windowMs());
        return ((OneInputTransformation<?, RelayPair>) pairs.getTransformation()).getOperatorFactory();
    }

    /** One host's traffic of half an hour or so: ties, bursts, exact edges, sources that are targets. */
    private static List<Flow> scenario(int host) {
        SplittableRandom random = new SplittableRandom(host);
        List<Flow> flows = new ArrayList<>();
        int peers = random.nextInt(2, 10);
        long start = Flows.T + random.nextInt(10) * 1_000;
        int events = random.nextInt(20, 120);
        long range = random.nextBoolean() ? 1_500_000 : 60_000;
        for (int i = 0; i < events; i++) {
            long grain = random.nextBoolean() ? 1 : random.nextBoolean() ? 1_000 : BUCKET;
            long ms = start + random.nextLong(range / grain) * grain;
            switch (random.nextInt(6)) {
                case 0, 1 -> in(flows, random, host, peers, ms);
                case 2, 3 -> out(flows, random, host, peers, ms);
                case 4 -> {
                    in(flows, random, host, peers, ms);
                    out(flows, random, host, peers, ms + W + random.nextInt(-1, 2));
                }
                default -> {
                    // Both directions in one bucket, in any order, also at the very same time.
                    in(flows, random, host, peers, ms);
                    out(flows, random, host, peers, ms + random.nextInt(-1, 2));
                }
            }
            if (crowded(host) && random.nextInt(10) == 0) {
                int peer = random.nextInt(peers);
                for (int n = 0; n < 20; n++) {
                    long at = ms / BUCKET * BUCKET + random.nextLong(BUCKET);
                    flows.add(random.nextBoolean()
                            ? Flows.inbound(peer, 9, host, 8080, at)
                            : Flows.outbound(host, peer, 22, at));
                }
            }
        }
        return flows;
    }

    private static void in(List<Flow> flows, SplittableRandom random, int host, int peers, long ms) {
        add(flows, host, Flows.inbound(random.nextInt(peers), random.nextInt(65_536), host, 8080, ms));
    }

    private static void out(List<Flow> flows, SplittableRandom random, int host, int peers, long ms) {
        int port = List.of(22, 23, 443).get(random.nextInt(3));
        Flow flow = Flows.outbound(host, random.nextInt(peers), port, ms);
        if (random.nextInt(8) == 0) {
            flow.direction = Direction.LATERAL; // the rule asks no direction of the second leg
        }
        add(flows, host, flow);
    }

    /** Leaves a flow out when its peer would be seen at more times of the bucket than are kept. */
    private static void add(List<Flow> flows, int host, Flow flow) {
        long kept = flows.stream()
                .filter(f -> (f.direction == Direction.INBOUND) == (flow.direction == Direction.INBOUND)
                        && f.srcLo == flow.srcLo
                        && f.dstLo == flow.dstLo
                        && f.startMs / BUCKET == flow.startMs / BUCKET)
                .map(f -> f.startMs)
                .distinct()
                .count();
        if (crowded(host) || kept < 8) {
            flows.add(flow);
        }
    }

    private static void bruteForce(int host, List<Flow> flows, Map<Row, First> rows) {
        for (Flow in : flows) {
            for (Flow out : flows) {
                if (in.direction == Direction.INBOUND
                        && out.direction != Direction.INBOUND
                        && out.dstPort != 443
                        && in.srcLo != out.dstLo
                        && out.startMs >= in.startMs
                        && out.startMs - in.startMs <= W) {
                    Row row = new Row(host, Address.format(0, in.srcLo), Address.format(0, out.dstLo), out.dstPort);
                    rows.merge(
                            row,
                            new First(in.startMs, out.startMs),
                            (a, b) -> new First(Math.min(a.inMs, b.inMs), Math.min(a.outMs, b.outMs)));
                }
            }
        }
    }

    private static Row row(Finding finding) {
        int host = (int) (finding.relay.lo - Flows.internal(0));
        return new Row(host, finding.src.toString(), finding.dst.toString(), finding.dstPort);
    }

    private static List<String> said(List<Candidate> candidates) {
        return candidates.stream()
                .map(c -> c.signal + " " + c.finding.message + " at " + c.finding.timeMs
                        + (c.signal == Candidate.Signal.RAISED ? " " + c.finding.samples : ""))
                // Times within a crowded bucket are kept by one engine only.
                .map(text -> text.replaceAll("[0-9.]+ s later", "later"))
                .sorted()
                .toList();
    }

    /** Runs the relay part of the job; watermarks are exact, and the input is in some disorder. */
    private static List<Candidate> run(Engine engine, int parallelism, long seed, int maxPairs, List<Flow> all)
            throws Exception {
        RelayRule rule = rule(engine, maxPairs);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(new Configuration().set(PipelineOptions.OBJECT_REUSE, true));
        env.setParallelism(parallelism);
        DataStream<Flow> input = env.fromData(arriving(all, seed), FlowSerializer.TYPE)
                .setParallelism(1)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Flow>forGenerator(context -> new Planned())
                        .withTimestampAssigner((flow, timestamp) -> flow.startMs))
                .setParallelism(1)
                .rebalance();
        DataStream<RelayPair> pairs = engine == Engine.CEP ? byPattern(input, rule) : byJoin(input, rule);
        DataStream<Candidate> candidates = pairs.keyBy(RelayPair::host, AddressSerializer.TYPE)
                .process(new RelayPairFunction(rule, "test"))
                .returns(CandidateSerializer.TYPE);
        List<Candidate> result = new ArrayList<>();
        try (CloseableIterator<Candidate> each = candidates.executeAndCollect()) {
            each.forEachRemaining(result::add);
        }
        return result;
    }

    private static DataStream<RelayPair> byPattern(DataStream<Flow> input, RelayRule rule) {
        SingleOutputStreamOperator<RelayDigest> digests = input.transform(
                        "combine", RelayPartial.Serializer.TYPE, new LocalCombiner<>(new RelayCombining(rule)))
                .keyBy(RelayPartial::host, AddressSerializer.TYPE)
                .process(new RelayDigestFunction(rule, OVERFLOW))
                .returns(RelayDigest.Serializer.TYPE);
        return RelayPattern.pairs(
                        DataStreamUtils.reinterpretAsKeyedStream(digests, RelayDigest::host, AddressSerializer.TYPE),
                        rule.windowMs())
                .union(digests.getSideOutput(OVERFLOW));
    }

    private static DataStream<RelayPair> byJoin(DataStream<Flow> input, RelayRule rule) {
        RelayTraffic traffic = new RelayTraffic(rule);
        SingleOutputStreamOperator<RelayPair> pairs = input.filter(
                        flow -> traffic.isInbound(flow) || traffic.isOutbound(flow))
                .keyBy(RelayTraffic::host, AddressSerializer.TYPE)
                .process(new IntervalRelayFunction(rule, OVERFLOW))
                .returns(RelayPair.Serializer.TYPE);
        return pairs.union(pairs.getSideOutput(OVERFLOW));
    }

    private static RelayRule rule(Engine engine, int maxPairs) {
        RuleInfo info = new RuleInfo("R", "Relay", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of(), 0, "");
        return new RelayRule(info, W, List.of(80, 443, 53), NetworkSet.NONE, maxPairs, false, engine, List.of());
    }

    /** In some disorder; each carries the watermark that may follow it, in a field that the rule does not read. */
    private static List<Flow> arriving(List<Flow> all, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Flow, Long> arrival = new java.util.IdentityHashMap<>();
        long disorder = 1 + random.nextLong(120_000);
        all.forEach(flow -> arrival.put(flow, flow.startMs + random.nextLong(disorder)));
        List<Flow> arriving = new ArrayList<>(all);
        arriving.sort(Comparator.comparing(arrival::get));
        long earliest = Long.MAX_VALUE;
        for (int i = arriving.size() - 1; i >= 0; i--) {
            arriving.get(i).bytes = random.nextInt(5) == 0 && earliest != Long.MAX_VALUE ? earliest - 1 : 0;
            earliest = Math.min(earliest, arriving.get(i).startMs);
        }
        return arriving;
    }

    private static final class Planned implements WatermarkGenerator<Flow> {
        @Override
        public void onEvent(Flow flow, long timestamp, WatermarkOutput output) {
            if (flow.bytes > 0) {
                output.emitWatermark(new Watermark(flow.bytes));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }
}
