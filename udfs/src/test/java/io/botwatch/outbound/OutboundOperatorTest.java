package io.botwatch.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Roles;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleSubject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Both phases against exact sets, with flows split over several first phases at random. */
class OutboundOperatorTest {
    private static final long BUCKET = OutboundSums.BUCKET_MS;
    private static final long SECRET = 42;
    private static final OutboundRule SPREADER = rule(
            Finding.Type.SPREADER,
            OutboundRule.Scope.PORT,
            condition(List.of(22), BUCKET, 6, 0, Severity.MEDIUM),
            condition(List.of(22), 4 * BUCKET, 12, 0, Severity.HIGH));

    private static final OutboundRule ANY_PORT =
            rule(Finding.Type.SPREADER, OutboundRule.Scope.PORT, condition(List.of(), BUCKET, 6, 0, Severity.MEDIUM));

    @Test
    void windowsThatHoldAreThoseOfExactSets() throws Exception {
        long held = 0;
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Flow> flows = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                // A quiet and a busy host, so that either threshold is met by some windows and missed by others.
                int host = random.nextInt(2);
                Flow flow = Flows.outbound(host, random.nextInt(host == 0 ? 9 : 40), 22, Flows.T + random.nextLong(12 * BUCKET));
                flow.direction = Direction.OUTBOUND;
                flow.biflow = true;
                flows.add(flow);
            }
            Set<String> expected = exact(flows);
            Flows.shuffle(flows, random);
            List<Step> steps = steps(partials(SPREADER, flows, random), random);
            int cut = random.nextInt(steps.size());
            assertThat(windows(steps, steps.size())).as("seed %d", seed).isEqualTo(expected);
            assertThat(windows(steps, cut)).as("seed %d, restored at %d", seed, cut).isEqualTo(expected);
            held += expected.size();
        }
        assertThat(held).isGreaterThan(300);
    }

    /** A partial, or a watermark where there is none. */
    private record Step(OutboundSums partial, long watermarkMs) {}

    /** Partials of a bucket with some of the next, and watermarks between; all of them come in time. */
    private static List<Step> steps(List<OutboundSums> partials, SplittableRandom random) {
        List<Step> steps = new ArrayList<>();
        List<OutboundSums> waiting = new ArrayList<>(partials);
        for (long endMs = Flows.T + BUCKET; !waiting.isEmpty(); endMs += BUCKET) {
            long now = endMs;
            waiting.removeIf(partial -> {
                boolean sent = partial.endMs() <= now || partial.endMs() <= now + BUCKET && random.nextBoolean();
                return sent && steps.add(new Step(partial, 0));
            });
            steps.add(new Step(null, now - 1 + random.nextLong(BUCKET)));
        }
        return steps;
    }

    /** What is found when the operator is restored in front of a step, or behind the last. */
    private static Set<String> windows(List<Step> steps, int cut) throws Exception {
        Set<String> windows = new TreeSet<>();
        OperatorSubtaskState state;
        try (var harness = harness(SPREADER)) {
            harness.open();
            run(steps.subList(0, cut), harness, windows);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(SPREADER)) {
            harness.initializeState(state);
            harness.open();
            run(steps.subList(cut, steps.size()), harness, windows);
            harness.processWatermark(Watermark.MAX_WATERMARK);
            take(harness, windows);
            assertThat(held(harness)).isZero();
        }
        return windows;
    }

    private static void run(
            List<Step> steps, KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness, Set<String> windows)
            throws Exception {
        for (Step step : steps) {
            if (step.partial == null) {
                harness.processWatermark(step.watermarkMs);
            } else {
                harness.processElement(step.partial.copy(), step.partial.endMs() - 1);
            }
        }
        take(harness, windows);
        assertThat(Counted.by(harness, Tally.LATE_OUTBOUND)).isZero();
    }

    private static void take(
            KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness, Set<String> windows) {
        for (Candidate candidate : harness.extractOutputValues()) {
            Finding finding = candidate.finding;
            assertThat(windows.add(finding.src + " " + finding.timeMs + " " + finding.severity + " " + finding.distinctTargets))
                    .isTrue();
        }
        harness.getOutput().clear();
    }

    private static int held(KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness) {
        return ((OutboundOperator) harness.getOperator()).held();
    }

    private static Set<String> exact(List<Flow> flows) {
        Set<String> windows = new TreeSet<>();
        for (int host = 0; host < 2; host++) {
            for (long endMs = Flows.T + BUCKET; endMs <= Flows.T + 12 * BUCKET; endMs += BUCKET) {
                int latest = destinations(flows, host, endMs - BUCKET, endMs).size();
                int all = destinations(flows, host, endMs - 4 * BUCKET, endMs).size();
                if (latest == 0) {
                    continue; // nothing new to judge
                }
                if (all >= 12) {
                    windows.add(address(host) + " " + endMs + " HIGH " + all);
                } else if (latest >= 6) {
                    windows.add(address(host) + " " + endMs + " MEDIUM " + latest);
                }
            }
        }
        return windows;
    }

    private static String address(int host) {
        Flow flow = Flows.outbound(host, 0, 22, 0);
        return io.botwatch.flow.Address.format(flow.srcHi, flow.srcLo);
    }

    private static Set<Long> destinations(List<Flow> flows, int host, long fromMs, long toMs) {
        Set<Long> destinations = new HashSet<>();
        long src = Flows.outbound(host, 0, 22, 0).srcLo;
        for (Flow flow : flows) {
            if (flow.srcLo == src && flow.startMs >= fromMs && flow.startMs < toMs) {
                destinations.add(flow.dstLo);
            }
        }
        return destinations;
    }

    /** What three first phases send that flush at random. */
    private static List<OutboundSums> partials(OutboundRule rule, List<Flow> flows, SplittableRandom random) {
        OutboundCombining combining = new OutboundCombining(rule, Roles.NONE, SECRET);
        List<OutboundSums> sent = new ArrayList<>();
        List<Map<OutboundSums, OutboundSums>> phases = List.of(new HashMap<>(), new HashMap<>(), new HashMap<>());
        for (Flow flow : flows) {
            var phase = phases.get(random.nextInt(3));
            add(flow, phase, combining);
            if (random.nextInt(20) == 0) {
                sent.addAll(phase.values());
                phase.clear();
            }
        }
        phases.forEach(phase -> sent.addAll(phase.values()));
        Flows.shuffle(sent, random);
        return sent;
    }

    private static void add(Flow flow, Map<OutboundSums, OutboundSums> phase, OutboundCombining combining) {
        assertThat(combining.wants(flow)).isTrue();
        OutboundSums probe = combining.probe(flow);
        OutboundSums sums = phase.get(probe);
        if (sums == null) {
            sums = combining.start(probe);
            phase.put(sums, sums);
        }
        combining.add(sums, flow);
    }

    @Test
    void aHostThatScansTheInternetMakesNoMoreEntriesThanThereAreSlots() {
        OutboundRule irc = rule(
                Finding.Type.IRC, OutboundRule.Scope.SERVICE, condition(List.of(6667), BUCKET, 0, 1, Severity.HIGH));
        OutboundCombining combining = new OutboundCombining(irc, Roles.NONE, SECRET);
        Set<OutboundSums> keys = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            keys.add(combining.start(combining.probe(Flows.outbound(1, i, 6667, Flows.T))));
        }
        assertThat(keys).hasSize(4_096);
    }

    @Test
    void aHostThatTriesAllPortsFillsItsQuotaAndHidesNeitherWhatItSpreadsByNorOtherHosts() throws Exception {
        List<Flow> scan = new ArrayList<>();
        int ports = 60_000;
        for (int i = 0; i < ports; i++) {
            scan.add(Flows.outbound(1, i % 200, 1_000 + i, Flows.T));
        }
        List<Flow> spread = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            spread.add(Flows.outbound(1, i, 445, Flows.T + 1));
            spread.add(Flows.outbound(2, i, 22, Flows.T + 1));
        }
        try (var harness = harness(ANY_PORT)) {
            harness.open();
            send(ANY_PORT, scan, harness);
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS);
            assertThat(Counted.by(harness, Tally.REFUSED_OUTBOUND)).isEqualTo(ports - HostQuota.LIGHT_KEYS);
            send(ANY_PORT, spread, harness);
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS + 2);
            harness.processWatermark(Flows.T + 2 * BUCKET);
            assertThat(harness.extractOutputValues())
                    .extracting(candidate -> candidate.finding.src + " " + candidate.finding.dstPort)
                    .containsExactlyInAnyOrder(address(1) + " 445", address(2) + " 22");
            harness.processWatermark(Flows.T + 100 * BUCKET);
            assertThat(held(harness)).isZero();

            // What has left makes room.
            scan.forEach(flow -> flow.startMs += 100 * BUCKET);
            send(ANY_PORT, scan, harness);
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS);
        }
    }

    @Test
    void aHostThatHasFilledItsQuotaHasFilledItAlsoAfterARestart() throws Exception {
        List<Flow> scan = new ArrayList<>();
        for (int port = 1; port <= HostQuota.LIGHT_KEYS; port++) {
            scan.add(Flows.outbound(1, 1, port, Flows.T));
        }
        OperatorSubtaskState state;
        try (var harness = harness(ANY_PORT)) {
            harness.open();
            send(ANY_PORT, scan, harness);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(ANY_PORT)) {
            harness.initializeState(state);
            harness.open();
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS);
            send(ANY_PORT, List.of(Flows.outbound(1, 1, HostQuota.LIGHT_KEYS + 1, Flows.T)), harness);
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS);
            send(ANY_PORT, List.of(Flows.outbound(2, 1, HostQuota.LIGHT_KEYS + 1, Flows.T)), harness);
            assertThat(held(harness)).isEqualTo(HostQuota.LIGHT_KEYS + 1);
        }
    }

    @Test
    void whereAllIsFullWhatIsNewIsRefusedAndCountedAndWhatIsKnownGoesOn() throws Exception {
        List<Flow> flows = new ArrayList<>();
        int hosts = 50;
        for (int host = 0; host < hosts; host++) {
            flows.add(Flows.outbound(host, 0, 22, Flows.T));
        }
        int room = 20;
        try (var harness = harness(ANY_PORT, room - 1)) {
            harness.open();
            send(ANY_PORT, flows.subList(0, room), harness);
            send(ANY_PORT, flows.subList(room, hosts), harness);
            assertThat(held(harness)).isEqualTo(room);
            assertThat(Counted.by(harness, Tally.REFUSED_OUTBOUND)).isEqualTo(hosts - room);
            List<Flow> more = new ArrayList<>();
            for (int i = 1; i < 10; i++) {
                more.add(Flows.outbound(3, i, 22, Flows.T + 1));
            }
            send(ANY_PORT, more, harness);
            harness.processWatermark(Flows.T + 2 * BUCKET);
            assertThat(harness.extractOutputValues()).extracting(candidate -> candidate.finding.src.toString()).containsExactly(address(3));
            assertThat(held(harness)).isZero();
        }
    }

    @Test
    void aPartialOfAWindowThatWasJudgedIsLateAlsoAfterARestart() throws Exception {
        OutboundSums late = partials(SPREADER, List.of(Flows.outbound(1, 1, 22, Flows.T)), new SplittableRandom(1)).get(0);
        OutboundSums ahead =
                partials(SPREADER, List.of(Flows.outbound(1, 1, 22, Flows.T + 2 * BUCKET)), new SplittableRandom(1)).get(0);
        OperatorSubtaskState state;
        try (var harness = harness(SPREADER)) {
            harness.open();
            harness.processElement(ahead.copy(), 0);
            harness.processWatermark(late.endMs() - 1);
            harness.processElement(late.copy(), 0);
            assertThat(Counted.by(harness, Tally.LATE_OUTBOUND)).isEqualTo(1);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(SPREADER)) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(late.copy(), 0);
            assertThat(Counted.by(harness, Tally.LATE_OUTBOUND)).isEqualTo(1);
            assertThat(held(harness)).isEqualTo(1);
        }
    }

    /** As one first phase does that flushes once. */
    private static void send(
            OutboundRule rule,
            List<Flow> flows,
            KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness)
            throws Exception {
        OutboundCombining combining = new OutboundCombining(rule, Roles.NONE, SECRET);
        Map<OutboundSums, OutboundSums> phase = new HashMap<>();
        for (Flow flow : flows) {
            flow.direction = Direction.OUTBOUND;
            flow.biflow = true;
            add(flow, phase, combining);
        }
        for (OutboundSums partial : phase.values()) {
            harness.processElement(partial, partial.endMs() - 1);
        }
    }

    /** As of a traceroute that somebody leaves running. */
    @Test
    void echoesAreNoFloodUnlessTheyAreMany() throws Exception {
        OutboundCondition flows = new OutboundCondition(
                List.of(), List.of(6, 17), BUCKET, 0, 501, 0, 0, 0, 3, 0.5, Double.POSITIVE_INFINITY, Severity.HIGH);
        OutboundCondition packets = new OutboundCondition(
                List.of(), List.of(), BUCKET, 0, 0, 0, 100_000, 0, Double.POSITIVE_INFINITY, 0.5, 0.01, Severity.HIGH);
        OutboundRule flood = rule(Finding.Type.OUTBOUND_FLOOD, OutboundRule.Scope.PEER, flows, packets);
        assertThat(floods(flood, 6, 501, 1)).hasSize(1);
        assertThat(floods(flood, 6, 500, 1)).isEmpty();
        assertThat(floods(flood, 1, 5_000, 1)).isEmpty();
        assertThat(floods(flood, 1, 5_000, 20)).hasSize(1);
    }

    private static List<Candidate> floods(OutboundRule rule, int protocol, int flows, int packets) throws Exception {
        List<Flow> all = new ArrayList<>();
        for (int i = 0; i < flows; i++) {
            Flow flow = Flows.outbound(1, 1, protocol == 6 ? 80 : 0, Flows.T + i);
            flow.protocol = protocol;
            flow.biflow = true;
            flow.packets = packets;
            all.add(flow);
        }
        try (var harness = harness(rule)) {
            harness.open();
            for (OutboundSums partial : partials(rule, all, new SplittableRandom(1))) {
                harness.processElement(partial, partial.endMs() - 1);
            }
            harness.processWatermark(Flows.T + 10 * BUCKET);
            return harness.extractOutputValues();
        }
    }

    @Test
    void mailAndIrcAreTcps() {
        OutboundRule irc = rule(
                Finding.Type.IRC, OutboundRule.Scope.SERVICE, condition(List.of(6667), BUCKET, 0, 1, Severity.HIGH));
        Flow flow = Flows.outbound(1, 1, 6667, Flows.T);
        flow.direction = Direction.OUTBOUND;
        flow.biflow = true;
        OutboundTraffic traffic = new OutboundTraffic(irc, Roles.NONE);
        flow.protocol = 6;
        assertThat(traffic.wants(flow)).isTrue();
        flow.protocol = 17;
        assertThat(traffic.wants(flow)).isFalse();
    }

    private static OutboundCondition condition(
            List<Integer> ports, long windowMs, long destinations, long answered, Severity level) {
        return new OutboundCondition(
                ports, List.of(), windowMs, destinations, 0, answered, 0, 0, Double.POSITIVE_INFINITY, 0, Double.POSITIVE_INFINITY, level);
    }

    private static OutboundRule rule(Finding.Type type, OutboundRule.Scope scope, OutboundCondition... conditions) {
        RuleInfo info = new RuleInfo("O", "Outbound", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of(), 0, "");
        return new OutboundRule(
                info, type, scope, List.of(conditions), List.of(), NetworkSet.NONE, List.of(), List.of());
    }

    private static KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness(OutboundRule rule)
            throws Exception {
        return harness(rule, 1_000_000);
    }

    private static KeyedOneInputStreamOperatorTestHarness<RuleSubject, OutboundSums, Candidate> harness(
            OutboundRule rule, long maxSums) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new OutboundOperator(RuleSets.always(rule), maxSums), OutboundSums::subject, RuleSubject.Serializer.TYPE);
        harness.setup(CandidateSerializer.INSTANCE);
        return harness;
    }
}
