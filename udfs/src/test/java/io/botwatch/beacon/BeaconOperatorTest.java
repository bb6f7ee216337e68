package io.botwatch.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.rule.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.flow.Flows;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.rule.RuleSets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

/** Slices against Flink's own sliding windows, which copy every record into every window. */
class BeaconOperatorTest {
    private static final OutputTag<Flow> LATE = new OutputTag<>("late", FlowSerializer.TYPE);
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final ConnectionKeySelector KEY = ConnectionKeySelector.asRecorded();

    private static final BeaconRule HOURLY = rule(HOUR, 5 * MINUTE, 6, 15, 8, 40);
    private static final BeaconRule DAILY = rule(24 * HOUR, 5 * MINUTE, 12, 30, 4, 120);

    /** What a window ending at {@code toMs} says of one destination port. */
    private record Standing(int port, long toMs, long count, long firstMs, long lastMs) {}

    /** A record, or a watermark when there is none. */
    private record Step(Flow flow, long watermarkMs) {}

    @Test
    void theRuleHoldsExactlyWhereTheTextbookWindowSaysSo() throws Exception {
        int held = 0;
        for (long seed = 0; seed < 60; seed++) {
            held += assertEqualsTextbook(HOURLY, steps(HOURLY, seed, 500), seed);
        }
        assertThat(held).as("windows that hold").isGreaterThan(1_000);
    }

    @Test
    void theRuleHoldsExactlyWhereTheTextbookWindowOfADaySaysSo() throws Exception {
        int held = 0;
        for (long seed = 100; seed < 112; seed++) {
            held += assertEqualsTextbook(DAILY, steps(DAILY, seed, 400), seed);
        }
        assertThat(held).as("windows that hold").isGreaterThan(100);
    }

    private static int assertEqualsTextbook(BeaconRule rule, List<Step> steps, long seed) throws Exception {
        List<Flow> onTime = new ArrayList<>();
        List<Flow> late = new ArrayList<>();
        List<Step> stepsOnTime = new ArrayList<>();
        split(rule, steps, onTime, late, stepsOnTime);
        Set<Standing> expected = textbook(rule, stepsOnTime);
        try (var harness = harness(rule)) {
            applyAll(steps, harness);
            assertSame(standings(rule, harness.extractOutputValues()), expected, seed);
            assertThat(lateOf(harness)).as("seed %d: late", seed).isEqualTo(late);
            assertThat(Counted.by(harness, Tally.LATE_BEACON)).as("seed %d", seed).isEqualTo(late.size());
            assertThat(held(harness)).as("seed %d: state", seed).isZero();
        }
        return expected.size();
    }

    /** Reports what is missing and what is too much, rather than two long lists. */
    private static void assertSame(Set<Standing> actual, Set<Standing> expected, long seed) {
        Set<Standing> missing = new HashSet<>(expected);
        missing.removeAll(actual);
        Set<Standing> extra = new HashSet<>(actual);
        extra.removeAll(expected);
        assertThat(missing).as("seed %d: missing; too much: %s", seed, extra).isEmpty();
        assertThat(extra).as("seed %d: too much", seed).isEmpty();
    }

    @Test
    void aSnapshotInTheMiddleChangesNothing() throws Exception {
        for (long seed = 200; seed < 220; seed++) {
            List<Step> steps = steps(HOURLY, seed, 300);
            List<Candidate> whole;
            try (var harness = harness(HOURLY)) {
                applyAll(steps, harness);
                whole = harness.extractOutputValues();
            }
            int cut = new SplittableRandom(seed).nextInt(steps.size());
            assertThat(said(restoredAt(cut, steps, HOURLY))).as("seed %d, cut at %d", seed, cut).isEqualTo(said(whole));
        }
    }

    /** What is said over all steps, with a snapshot and a restore before one of them; nothing is held behind the last. */
    private static List<Candidate> restoredAt(int cut, List<Step> steps, BeaconRule rule) throws Exception {
        List<Candidate> said = new ArrayList<>();
        OperatorSubtaskState state;
        try (var harness = harness(rule)) {
            applyAll(steps.subList(0, cut), harness);
            said.addAll(harness.extractOutputValues());
            state = harness.snapshot(1, 1);
        }
        try (var harness = restored(rule, state)) {
            repeatWatermark(steps.subList(0, cut), harness);
            applyAll(steps.subList(cut, steps.size()), harness);
            said.addAll(harness.extractOutputValues());
            assertThat(held(harness)).as("cut at %d: state", cut).isZero();
        }
        return said;
    }

    /** Rules beside each other do not see each other, and what is kept for one that is gone is let go of. */
    @Test
    void oneOperatorOfTwoRulesSaysWhatOneOfEachSaysAlsoAfterARestoreWithoutOneOfThem() throws Exception {
        BeaconRule other = named("OTHER", rule(2 * HOUR, 10 * MINUTE, 9, 20, 4, 30));
        for (long seed = 250; seed < 260; seed++) {
            List<Step> steps = steps(HOURLY, seed, 300);
            List<String> alone = new ArrayList<>(said(steps, HOURLY));
            List<String> ofOther = said(steps, other);
            alone.addAll(ofOther);
            assertThat(said(steps, HOURLY, other)).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(alone);

            OperatorSubtaskState state;
            List<String> told = new ArrayList<>();
            try (var harness = opened(null, HOURLY, other)) {
                applyAll(steps.subList(0, 150), harness);
                told.addAll(texts(harness, "OTHER"));
                state = harness.snapshot(1, 1);
            }
            try (var harness = opened(state, other)) {
                repeatWatermark(steps.subList(0, 150), harness);
                applyAll(steps.subList(150, steps.size()), harness);
                told.addAll(texts(harness, "OTHER"));
            }
            assertThat(told).as("seed %d, restored without the first rule", seed).containsExactlyInAnyOrderElementsOf(ofOther);
        }
    }

    /** As a source does after a restore; without it, nothing is late for a while. */
    private static void repeatWatermark(
            List<Step> before, KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness) throws Exception {
        for (int i = before.size() - 1; i >= 0; i--) {
            if (before.get(i).flow == null) {
                harness.processWatermark(before.get(i).watermarkMs);
                return;
            }
        }
    }

    private static List<String> said(List<Step> steps, BeaconRule... rules) throws Exception {
        try (var harness = opened(null, rules)) {
            applyAll(steps, harness);
            return texts(harness, "");
        }
    }

    private static List<String> texts(KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness, String ruleId) {
        return harness.extractOutputValues().stream()
                .filter(candidate -> candidate.storyKey.startsWith(ruleId))
                .map(candidate -> candidate.signal + " " + candidate.storyKey + " " + candidate.finding.timeMs + " "
                        + candidate.finding.connections)
                .toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> opened(
            OperatorSubtaskState state, BeaconRule... rules) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new BeaconOperator(RuleSets.always(rules), KEY, true, LATE), KEY, ConnectionKey.Serializer.TYPE);
        harness.setup(CandidateSerializer.INSTANCE);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    private static BeaconRule named(String id, BeaconRule rule) {
        RuleInfo info = new RuleInfo(id, "Beacon", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), 0, "");
        return new BeaconRule(
                info, rule.windowMs(), rule.slideMs(), rule.minConnections(), rule.minDurationMinutes(), rule.minPerHour(),
                rule.maxPerHour(), null, NetworkSet.NONE, List.of(), NetworkSet.NONE, List.of(), List.of());
    }

    @Test
    void oneWatermarkAtTheEndOfInputJudgesAllWindowsUpToTheLastConnection() throws Exception {
        int held = 0;
        for (long seed = 300; seed < 360; seed++) {
            List<Step> steps = steps(HOURLY, seed, 300);
            steps.removeIf(step -> step.flow == null);
            Map<Integer, Long> lastSliceEnd = new HashMap<>();
            for (Step step : steps) {
                long end = sliceStart(HOURLY, step.flow) + HOURLY.slideMs();
                lastSliceEnd.merge(step.flow.dstPort, end, Math::max);
            }
            List<Step> observed = new ArrayList<>(steps);
            observed.add(new Step(null, Flows.T + 100 * HOUR));
            Set<Standing> expected = textbook(HOURLY, observed);
            expected.removeIf(standing -> standing.toMs > lastSliceEnd.get(standing.port));
            held += expected.size();
            try (var harness = harness(HOURLY)) {
                applyAll(steps, harness);
                harness.processWatermark(Long.MAX_VALUE);
                Set<Standing> actual = standings(HOURLY, harness.extractOutputValues());
                actual.removeIf(standing -> standing.toMs > lastSliceEnd.get(standing.port));
                assertSame(actual, expected, seed);
                assertThat(harness.extractOutputValues())
                        .as("seed %d: nothing is said of times that were not observed", seed)
                        .allMatch(c -> c.finding.timeMs <= lastSliceEnd.get(port(c)));
            }
        }
        assertThat(held).isGreaterThan(1_000);
    }

    @Test
    void theThresholdCountsInAnyOrderOfArrival() throws Exception {
        for (long seed = 400; seed < 430; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int connections : new int[] {11, 12}) {
                List<Flow> flows = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    flows.add(Flows.outbound(1, 1, 4444, Flows.T + i * 10 * MINUTE));
                }
                Flows.shuffle(flows, random);
                try (var harness = harness(DAILY)) {
                    for (Flow flow : flows) {
                        harness.processElement(flow, flow.startMs);
                    }
                    harness.processWatermark(Flows.T + 100 * HOUR);
                    assertThat(said(harness.extractOutputValues()))
                            .as("seed %d, %d connections", seed, connections)
                            .isEqualTo(
                                    connections == 11
                                            ? List.of()
                                            : List.of(
                                                    "HOLDS 4444 at " + (Flows.T + 115 * MINUTE) + ": 12",
                                                    "ENDED 4444 at " + (Flows.T + 24 * HOUR + 5 * MINUTE)));
                }
            }
        }
    }

    @Test
    void aRuleOfACadenceHoldsForWhatIsRegularWhateverItsPortAndOrderOfArrival() throws Exception {
        BeaconRule rule = cadence(24 * HOUR, 5 * MINUTE);
        for (long seed = 500; seed < 520; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Flow> flows = new ArrayList<>();
            double poissonMs = 0;
            for (int i = 0; i < 200; i++) {
                flows.add(Flows.outbound(1, 1, 443, Flows.T + i * 2 * MINUTE + random.nextLong(20_000)));
                poissonMs += -2 * MINUTE * Math.log(1 - random.nextDouble());
                flows.add(Flows.outbound(1, 1, 4444, Flows.T + (long) poissonMs));
            }
            Flows.shuffle(flows, random);
            int cut = random.nextInt(flows.size());
            OperatorSubtaskState state;
            try (var harness = harness(rule)) {
                for (Flow flow : flows.subList(0, cut)) {
                    harness.processElement(flow, flow.startMs);
                }
                state = harness.snapshot(1, 1);
            }
            try (var harness = restored(rule, state)) {
                for (Flow flow : flows.subList(cut, flows.size())) {
                    harness.processElement(flow, flow.startMs);
                }
                harness.processWatermark(Flows.T + 100 * HOUR);
                List<Candidate> holds = harness.extractOutputValues().stream()
                        .filter(candidate -> candidate.signal == Candidate.Signal.HOLDS)
                        .toList();
                assertThat(holds).as("seed %d", seed).isNotEmpty().allSatisfy(candidate -> {
                    assertThat(candidate.finding.dstPort).isEqualTo(443);
                    assertThat(candidate.finding.score).isGreaterThanOrEqualTo(0.45);
                });
                Finding fullest = holds.stream()
                        .map(candidate -> candidate.finding)
                        .max(Comparator.comparingLong(finding -> finding.connections))
                        .orElseThrow();
                assertThat(fullest.connections).isEqualTo(200);
                assertThat(fullest.periodSeconds).as("seed %d", seed).isBetween(110.0, 130.0);
                assertThat(held(harness)).as("seed %d: state", seed).isZero();
            }
        }
    }

    /** Until it has settled it is judged whenever connections came, then at every rest only: whatever the order of arrival, and over a restore. */
    @Test
    void aCadenceIsFoundInTheFirstWindowThatHasItAndOnceSettledLookedAtAtRestsOnly() throws Exception {
        BeaconRule rule = cadence(8 * HOUR, 10 * MINUTE);
        assertThat(rule.settledMs()).isEqualTo(6 * HOUR);
        assertThat(rule.restMs()).isEqualTo(9 * 10 * MINUTE);
        int begun = 0;
        int ended = 0;
        for (long seed = 600; seed < 660; seed++) {
            List<Step> steps = changingCadences(rule, seed);
            int cut = new SplittableRandom(seed).nextInt(steps.size());
            List<String> expected = byBruteForce(rule, onTime(rule, steps));
            assertThat(withoutRepetitions(restoredAt(cut, steps, rule))).as("seed %d, cut at %d", seed, cut).isEqualTo(expected);
            begun += expected.stream().filter(said -> said.contains("HOLDS")).count();
            ended += expected.stream().filter(said -> said.contains("ENDED")).count();
        }
        assertThat(begun).as("changes while it holds").isGreaterThan(500);
        assertThat(ended).as("ends").isGreaterThan(50);
    }

    @Test
    void theEndOfInputIsToldOfWhatBelongsToNoRestAnyMore() throws Exception {
        BeaconRule rule = cadence(24 * HOUR, 5 * MINUTE);
        for (int connections = 30; connections < 60; connections++) {
            try (var harness = harness(rule)) {
                for (int i = 0; i < connections; i++) {
                    Flow flow = Flows.outbound(1, 1, 4444, Flows.T + i * 5 * MINUTE);
                    harness.processElement(flow, flow.startMs);
                }
                harness.processWatermark(Long.MAX_VALUE);
                assertThat(harness.extractOutputValues())
                        .last()
                        .satisfies(last -> assertThat(last.finding.timeMs).isEqualTo(last.finding.lastSeenMs + 5 * MINUTE))
                        .extracting(last -> last.finding.connections)
                        .isEqualTo((long) connections);
            }
        }
    }

    private static BeaconRule cadence(long windowMs, long slideMs) {
        return new BeaconRule(
                DAILY.info(), windowMs, slideMs, 6, 10, 0, Double.POSITIVE_INFINITY,
                new CadenceCondition(0.45, 15_000, 3 * HOUR), NetworkSet.NONE, List.of(), NetworkSet.NONE, List.of(), List.of());
    }

    /** Tuples that are regular for a while, then not, then silent, out of order. */
    private static List<Step> changingCadences(BeaconRule rule, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Flow> flows = new ArrayList<>();
        for (int port = 1; port <= 3; port++) {
            long ms = Flows.T + random.nextLong(rule.windowMs());
            for (int phase = 0; phase < 4; phase++) {
                long period = random.nextLong(2 * MINUTE, 20 * MINUTE);
                boolean regular = random.nextInt(3) > 0;
                for (int i = 0; i < 40; i++) {
                    flows.add(Flows.outbound(1, 1, port, ms));
                    ms += regular ? period + random.nextLong(period / 10) : (long) (-period * Math.log(1 - random.nextDouble()));
                }
                ms += random.nextInt(3) == 0 ? random.nextLong(2 * rule.windowMs()) : 0;
            }
        }
        return outOfOrder(rule, flows, random);
    }

    private static List<Flow> onTime(BeaconRule rule, List<Step> steps) {
        List<Flow> onTime = new ArrayList<>();
        split(rule, steps, onTime, new ArrayList<>(), new ArrayList<>());
        return onTime;
    }

    /** Goes through all windows of each port, with all of its connections at hand. */
    private static List<String> byBruteForce(BeaconRule rule, List<Flow> flows) {
        List<Candidate> told = new ArrayList<>();
        BeaconJudge judge = new BeaconJudge(rule, null, "", true);
        flows.stream().collect(Collectors.groupingBy(flow -> flow.dstPort)).forEach((port, ofPort) -> {
            Flow any = ofPort.get(0);
            BeaconTuple tuple = new BeaconTuple(
                    null, any.srcHi, any.srcLo, any.dstHi, any.dstLo, port, BeaconTuple.ANY_PROTOCOL, 0);
            tuple.window = new BeaconWindow(true);
            Set<Long> sliceEnds = new HashSet<>();
            for (Flow flow : ofPort) {
                tuple.window.add(flow, rule.slideMs());
                sliceEnds.add(sliceStart(rule, flow) + rule.slideMs());
            }
            long lastMs = Collections.max(sliceEnds) + rule.windowMs() + rule.restMs();
            long oldestMs = Collections.min(sliceEnds) - rule.slideMs();
            for (long toMs = Collections.min(sliceEnds); toMs <= lastMs; toMs += rule.slideMs()) {
                boolean settled = toMs >= oldestMs + rule.settledMs();
                if (toMs % rule.restMs() == 0 || !(tuple.holds && settled) && sliceEnds.contains(toMs)) {
                    long fromMs = toMs - rule.windowMs();
                    oldestMs = sliceEnds.stream()
                            .map(endMs -> endMs - rule.slideMs())
                            .filter(startMs -> startMs >= fromMs)
                            .min(Comparator.naturalOrder())
                            .orElse(Long.MAX_VALUE / 2);
                    Candidate candidate = judge.judge(tuple, toMs);
                    if (candidate != null) {
                        told.add(candidate);
                    }
                }
            }
        });
        return withoutRepetitions(told);
    }

    /** The same connections told of once more, later, say nothing new. */
    private static List<String> withoutRepetitions(List<Candidate> candidates) {
        Map<Integer, String> lastOfPort = new HashMap<>();
        List<String> said = new ArrayList<>();
        candidates.stream()
                .sorted(Comparator.<Candidate>comparingInt(candidate -> port(candidate)).thenComparing(c -> c.finding.timeMs))
                .forEach(candidate -> {
                    Finding finding = candidate.finding;
                    String what = candidate.signal == Candidate.Signal.ENDED
                            ? "ENDED"
                            : "HOLDS " + finding.connections + " from " + finding.firstSeenMs + " to " + finding.lastSeenMs
                                    + " score " + finding.score + " every " + finding.periodSeconds;
                    if (!what.equals(lastOfPort.put(port(candidate), what))) {
                        said.add(port(candidate) + " at " + finding.timeMs + " " + what);
                    }
                });
        return said;
    }

    @Test
    void aTupleSeenOnceIsForgottenWhenItLeavesTheWindow() throws Exception {
        try (var harness = harness(DAILY)) {
            for (int port = 1000; port < 1100; port++) {
                harness.processElement(Flows.outbound(1, 1, port, Flows.T + port), Flows.T + port);
            }
            assertThat(held(harness)).isEqualTo(100);
            harness.processWatermark(Flows.T + 24 * HOUR + 5 * MINUTE - 2);
            assertThat(held(harness)).isEqualTo(100);
            harness.processWatermark(Flows.T + 24 * HOUR + 5 * MINUTE - 1);
            assertThat(held(harness)).isZero();
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void whatTheRuleLeavesOutMakesNoState() throws Exception {
        BeaconRule rule = new BeaconRule(
                DAILY.info(), 24 * HOUR, 5 * MINUTE, 12, 30, 4, 120, null, NetworkSet.NONE, List.of(443),
                NetworkSet.of(List.of(Network.parse("198.18.0.0/24"))), List.of(), List.of());
        try (var harness = harness(rule)) {
            harness.processElement(Flows.outbound(1, 300, 443, Flows.T), Flows.T);
            harness.processElement(Flows.outbound(1, 255, 80, Flows.T), Flows.T);
            harness.processElement(Flows.inbound(300, 1, 1, 80, Flows.T), Flows.T);
            assertThat(held(harness)).isZero();
            harness.processElement(Flows.outbound(1, 256, 80, Flows.T), Flows.T);
            assertThat(held(harness)).isEqualTo(1);
        }
    }

    @Test
    void sourceAndDestinationAreTheFlowsWhicheverComesFirstInTheKey() throws Exception {
        for (boolean sourceFirst : new boolean[] {true, false}) {
            try (var harness = harness(DAILY, ConnectionKeySelector.byConnection())) {
                for (int i = 0; i < 12; i++) {
                    Flow flow = Flows.outbound(1, 1, 4444, Flows.T + i * 10 * MINUTE);
                    if (!sourceFirst) {
                        long src = flow.dstLo;
                        flow.dstLo = flow.srcLo;
                        flow.srcLo = src;
                    }
                    harness.processElement(flow, flow.startMs);
                }
                harness.processWatermark(Flows.T + 3 * HOUR);
                Finding finding = harness.extractOutputValues().get(0).finding;
                assertThat(finding.src + " > " + finding.dst + " " + finding.protocol)
                        .isEqualTo(sourceFirst ? "10.0.0.1 > 198.18.0.1 6" : "198.18.0.1 > 10.0.0.1 6");
            }
        }
    }

    @Test
    void servicesOnPortsThatNoListKnowsAreToldApartThoughTheyShareAKey() throws Exception {
        try (var harness = harness(DAILY, ConnectionKeySelector.byConnection())) {
            for (int i = 0; i < 12; i++) {
                for (int port : new int[] {4444, 50_050}) {
                    Flow flow = Flows.outbound(1, 1, port, Flows.T + i * 10 * MINUTE + port);
                    flow.mayBePiece = true;
                    harness.processElement(flow, flow.startMs);
                }
            }
            harness.processWatermark(Flows.T + 3 * HOUR);
            assertThat(harness.extractOutputValues()).extracting(c -> port(c) + " " + c.finding.connections)
                    .containsExactlyInAnyOrder("4444 12", "50050 12");
        }
    }

    @Test
    void aFloodOfNewTuplesPushesOutNewOnesOnlyAndIsCounted() throws Exception {
        int flood = BeaconOperator.MAX_NEW + 200_000;
        try (var harness = harness(DAILY)) {
            for (int i = 0; i < 11; i++) {
                Flow flow = Flows.outbound(1, 1, 4444, Flows.T + i * 10 * MINUTE);
                harness.processElement(flow, flow.startMs);
            }
            Flow flow = new Flow();
            for (int i = 0; i < flood; i++) {
                flow.copyFrom(Flows.outbound(2, 1_000 + i, 8080, Flows.T + HOUR));
                harness.processElement(flow, flow.startMs);
            }
            // Key groups fill up unevenly.
            assertThat(held(harness)).isBetween(BeaconOperator.MAX_NEW * 9 / 10, BeaconOperator.MAX_NEW + 1_000);
            assertThat(Counted.by(harness, Tally.EVICTED_BEACON)).isEqualTo(flood + 1 - held(harness));

            Flow last = Flows.outbound(1, 1, 4444, Flows.T + 110 * MINUTE);
            harness.processElement(last, last.startMs);
            harness.processWatermark(Flows.T + 3 * HOUR);
            assertThat(said(harness.extractOutputValues())).containsExactly("HOLDS 4444 at " + (Flows.T + 115 * MINUTE) + ": 12");
        }
    }

    /** Several tuples whose rates cross the thresholds now and then, out of order, with watermarks that leave some late. */
    private static List<Step> steps(BeaconRule rule, long seed, int records) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Flow> flows = new ArrayList<>();
        int tuples = 5;
        for (int port = 1; port <= tuples; port++) {
            long ms = Flows.T + random.nextLong(rule.windowMs());
            for (int i = 0; i < records / tuples; i++) {
                flows.add(Flows.outbound(1, 1, port, ms));
                long typical = rule.windowMs() / random.nextInt(4, 60);
                ms += switch (random.nextInt(30)) {
                    case 0 -> random.nextLong(2 * rule.windowMs()); // silence, perhaps longer than the window
                    case 1, 2 -> rule.slideMs();
                    case 3 -> 0;
                    default -> random.nextLong(typical);
                };
            }
        }
        return outOfOrder(rule, flows, random);
    }

    /** As they arrive, with watermarks that leave some late, and one behind all windows. */
    private static List<Step> outOfOrder(BeaconRule rule, List<Flow> flows, SplittableRandom random) {
        long disorder = rule.slideMs() * random.nextInt(1, 12);
        Map<Flow, Long> arrival = new IdentityHashMap<>();
        flows.forEach(flow -> arrival.put(flow, flow.startMs + random.nextLong(disorder)));
        flows.sort(Comparator.comparing(arrival::get));
        List<Step> steps = new ArrayList<>();
        long watermark = Long.MIN_VALUE;
        int every = random.nextInt(1, 40);
        for (Flow flow : flows) {
            steps.add(new Step(flow, 0));
            if (random.nextInt(every) == 0) {
                // Most of the disorder is waited for, not all.
                watermark = Math.max(watermark, arrival.get(flow) - disorder * 8 / 10);
                steps.add(new Step(null, watermark));
            }
        }
        steps.add(new Step(null, flows.stream().mapToLong(f -> f.startMs).max().orElseThrow() + 2 * rule.windowMs()));
        return steps;
    }

    private static void split(
            BeaconRule rule, List<Step> steps, List<Flow> onTime, List<Flow> late, List<Step> stepsOnTime) {
        long watermark = Long.MIN_VALUE;
        for (Step step : steps) {
            if (step.flow == null) {
                watermark = step.watermarkMs;
            } else if (sliceStart(rule, step.flow) + rule.slideMs() - 1 <= watermark) {
                late.add(step.flow);
                continue;
            } else {
                onTime.add(step.flow);
            }
            stepsOnTime.add(step);
        }
    }

    private static long sliceStart(BeaconRule rule, Flow flow) {
        return Math.floorDiv(flow.startMs, rule.slideMs()) * rule.slideMs();
    }

    private static Set<Standing> textbook(BeaconRule rule, List<Step> steps) throws Exception {
        try (var windows = new KeyedOneInputStreamOperatorTestHarness<>(
                slidingWindows(rule), KEY, ConnectionKey.Serializer.TYPE)) {
            windows.setup(Types.LIST(Types.LONG).createSerializer(windows.getExecutionConfig().getSerializerConfig()));
            windows.open();
            for (Step step : steps) {
                if (step.flow == null) {
                    windows.processWatermark(step.watermarkMs);
                } else {
                    windows.processElement(step.flow, step.flow.startMs);
                }
            }
            Set<Standing> holding = new HashSet<>();
            for (List<Long> window : windows.extractOutputValues()) {
                long count = window.get(2);
                long minutes = (window.get(4) - window.get(3)) / MINUTE;
                double perHour = (double) count / minutes * 60;
                if (count >= rule.minConnections()
                        && minutes >= rule.minDurationMinutes()
                        && perHour >= rule.minPerHour()
                        && perHour <= rule.maxPerHour()) {
                    holding.add(new Standing(
                            window.get(0).intValue(), window.get(1), count, window.get(3), window.get(4)));
                }
            }
            return holding;
        }
    }

    /** Flink's operator, as a job would have it. */
    private static StreamOperatorFactory<List<Long>> slidingWindows(BeaconRule rule) {
        var windowed = StreamExecutionEnvironment.getExecutionEnvironment()
                .fromData(FlowSerializer.TYPE, new Flow())
                .keyBy(KEY, ConnectionKey.Serializer.TYPE)
                .window(SlidingEventTimeWindows.of(
                        Duration.ofMillis(rule.windowMs()), Duration.ofMillis(rule.slideMs())))
                .process(new Textbook(), Types.LIST(Types.LONG));
        return ((OneInputTransformation<Flow, List<Long>>) windowed.getTransformation()).getOperatorFactory();
    }

    /** Port, window end, count, first, last. */
    private static final class Textbook extends ProcessWindowFunction<Flow, List<Long>, ConnectionKey, TimeWindow> {
        @Override
        public void process(ConnectionKey key, Context context, Iterable<Flow> flows, Collector<List<Long>> out) {
            long count = 0;
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
            for (Flow flow : flows) {
                count++;
                first = Math.min(first, flow.startMs);
                last = Math.max(last, flow.startMs);
            }
            out.collect(List.of((long) key.port, context.window().getEnd(), count, first, last));
        }
    }

    /** Spreads what was said over the windows for which it stands. */
    private static Set<Standing> standings(BeaconRule rule, List<Candidate> candidates) {
        Map<Integer, TreeMap<Long, Candidate>> byPort = new HashMap<>();
        for (Candidate candidate : candidates) {
            Candidate before = byPort.computeIfAbsent(port(candidate), port -> new TreeMap<>())
                    .put(candidate.finding.timeMs, candidate);
            assertThat(before).as("one answer a window").isNull();
        }
        Set<Standing> standings = new HashSet<>();
        byPort.forEach((port, said) -> {
            for (Map.Entry<Long, Candidate> each : said.entrySet()) {
                if (each.getValue().signal != Candidate.Signal.HOLDS) {
                    continue;
                }
                Finding finding = each.getValue().finding;
                // Without a further word nothing enters; it stands at most until the last connection has left.
                Long next = said.higherKey(each.getKey());
                long until = next != null ? next : finding.lastSeenMs + rule.windowMs();
                for (long toMs = each.getKey(); toMs < until; toMs += rule.slideMs()) {
                    standings.add(new Standing(
                            port, toMs, finding.connections, finding.firstSeenMs, finding.lastSeenMs));
                }
            }
        });
        return standings;
    }

    private static int port(Candidate candidate) {
        return Integer.parseInt(candidate.storyKey.split("\\|")[3]);
    }

    private static List<String> said(List<Candidate> candidates) {
        return candidates.stream()
                .map(c -> c.signal + " " + port(c) + " at " + c.finding.timeMs
                        + (c.signal == Candidate.Signal.HOLDS ? ": " + c.finding.connections : ""))
                .sorted()
                .sorted(Comparator.comparing(text -> text.substring(text.indexOf(" at "))))
                .toList();
    }

    private static void applyAll(
            List<Step> steps, KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness)
            throws Exception {
        for (Step step : steps) {
            apply(step, harness);
        }
    }

    private static void apply(
            Step step, KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness) throws Exception {
        if (step.flow == null) {
            harness.processWatermark(step.watermarkMs);
        } else {
            harness.processElement(step.flow, step.flow.startMs);
        }
    }

    private static List<Flow> lateOf(KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness) {
        var late = harness.getSideOutput(LATE);
        return late == null ? List.of() : late.stream().map(record -> record.getValue()).toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness(BeaconRule rule)
            throws Exception {
        return harness(rule, KEY);
    }

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness(
            BeaconRule rule, ConnectionKeySelector key) throws Exception {
        var harness = closed(rule, key);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> restored(
            BeaconRule rule, OperatorSubtaskState state) throws Exception {
        var harness = closed(rule, KEY);
        harness.initializeState(state);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> closed(
            BeaconRule rule, ConnectionKeySelector key) throws Exception {
        TypeInformation<ConnectionKey> type = ConnectionKey.Serializer.TYPE;
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new BeaconOperator(RuleSets.always(rule), key, key == KEY, LATE), key, type);
        harness.setup(CandidateSerializer.INSTANCE);
        return harness;
    }

    private static int held(KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Candidate> harness) {
        return ((BeaconOperator) harness.getOneInputOperator()).held();
    }

    private static BeaconRule rule(
            long windowMs, long slideMs, int connections, int minutes, double minPerHour, double maxPerHour) {
        RuleInfo info = new RuleInfo("B", "Beacon", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), 0, "");
        return new BeaconRule(
                info, windowMs, slideMs, connections, minutes, minPerHour, maxPerHour, null, NetworkSet.NONE, List.of(), NetworkSet.NONE, List.of(), List.of());
    }
}
