package io.botwatch.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate.Signal;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.exception.Exceptions;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSet;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding.Activity;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.FindingUid;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flows;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.RecordSerializer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LifecycleFunctionTest {
    private static final long T = Flows.T;
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long STEP = 5 * MINUTE;

    @Test
    void aStoryIsCreatedOnceAndUpdatedWhenItMatters() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, DAY);
            say(lifecycle, Signal.HOLDS, STEP, 13, Severity.LOW, DAY);
            assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0");
            say(lifecycle, Signal.HOLDS, 2 * STEP, 21, Severity.MEDIUM, DAY);
            assertThat(told(lifecycle)).containsExactly("UPDATE medium 21 at 10");
            say(lifecycle, Signal.HOLDS, 3 * STEP, 41, Severity.MEDIUM, DAY);
            assertThat(told(lifecycle)).isEmpty();
            say(lifecycle, Signal.HOLDS, 4 * STEP, 42, Severity.MEDIUM, DAY);
            assertThat(told(lifecycle)).containsExactly("UPDATE medium 42 at 20");
            say(lifecycle, Signal.HOLDS, 4 * STEP + DAY - 1, 30, Severity.LOW, DAY);
            assertThat(told(lifecycle)).isEmpty();
            say(lifecycle, Signal.HOLDS, 4 * STEP + DAY, 30, Severity.LOW, DAY);
            assertThat(told(lifecycle)).containsExactly("UPDATE medium 42 at 1460");
            assertThat(Counted.by(lifecycle, Tally.FINDINGS)).isEqualTo(1);
        }
    }

    @Test
    void aChangedScoreIsAnUpdate() throws Exception {
        try (var lifecycle = lifecycle()) {
            for (double score : new double[] {0.5, 0.54, 0.56, 0.50}) {
                Candidate candidate = candidate(Signal.HOLDS, 1, T, 12, Severity.LOW, DAY);
                candidate.finding.score = score;
                send(lifecycle, candidate);
            }
            assertThat(lifecycle.extractOutputValues()).extracting(f -> f.score).containsExactly(0.5, 0.56, 0.50);
        }
    }

    @Test
    void aStoryThatHoldsNeverClosesUntilItHasEndedAndBeenQuiet() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, HOUR);
            lifecycle.processWatermark(T + 30 * DAY);
            assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0");
            say(lifecycle, Signal.ENDED, 30 * DAY + 1, 0, Severity.LOW, HOUR);
            lifecycle.processWatermark(T + 30 * DAY + HOUR);
            assertThat(told(lifecycle)).isEmpty();
            lifecycle.processWatermark(T + 30 * DAY + 1 + HOUR);
            assertThat(told(lifecycle)).containsExactly("CLOSE low 12 at " + (30 * 24 * 60 + 60));
            assertForgotten(lifecycle);
        }
    }

    @Test
    void whatIsRaisedIsCountedByRuleAndSeverityAtItsCreationAndAtEachStep() throws Exception {
        Map<String, Counter> raised = new TreeMap<>();
        try (var lifecycle = lifecycle(raised)) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, HOUR);
            assertRaised(raised, 0, 1, 0, 0, 0);
            say(lifecycle, Signal.HOLDS, STEP, 30, Severity.LOW, HOUR);
            assertRaised(raised, 0, 1, 0, 0, 0); // an update
            say(lifecycle, Signal.HOLDS, 2 * STEP, 30, Severity.HIGH, HOUR);
            assertRaised(raised, 0, 1, 0, 1, 0);
            say(lifecycle, Signal.HOLDS, 3 * STEP, 70, Severity.MEDIUM, HOUR);
            say(lifecycle, Signal.ENDED, 4 * STEP, 0, Severity.LOW, HOUR);
            lifecycle.processWatermark(T + DAY);
            assertThat(told(lifecycle)).endsWith("CLOSE high 70 at 80");
            assertRaised(raised, 0, 1, 0, 1, 0);
            say(lifecycle, Signal.ONCE, 2 * DAY, 1, Severity.HIGH, 0);
            assertRaised(raised, 0, 1, 0, 2, 0);
        }
    }

    /** Of the one rule there is, lowest severity first. */
    private static void assertRaised(Map<String, Counter> raised, long... bySeverity) {
        Map<String, Long> expected = new TreeMap<>();
        for (Severity severity : Severity.values()) {
            expected.put("R " + severity.label(), bySeverity[severity.ordinal()]);
        }
        Map<String, Long> counted = new TreeMap<>();
        raised.forEach((labels, counter) -> counted.put(labels, counter.getCount()));
        assertThat(counted).isEqualTo(expected);
    }

    /** @param raised is given the counters of findings by rule and severity */
    private static KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle(
            Map<String, Counter> raised) throws Exception {
        TestingMetricRegistry registry = TestingMetricRegistry.builder()
                .setRegisterConsumer((metric, name, group) -> {
                    if (name.equals(RaisedFindings.NAME)) {
                        Map<String, String> labels = group.getAllVariables();
                        raised.put(labels.get("<rule>") + " " + labels.get("<severity>"), (Counter) metric);
                    }
                })
                .build();
        TaskMetricGroup task = TaskManagerMetricGroup.createTaskManagerMetricGroup(
                        registry, "host", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new WithoutChanges(new LifecycleFunction(RuleTimeline.always(RuleSets.of()), "tenant", false)),
                (Candidate candidate) -> candidate.storyKey,
                Types.STRING,
                MockEnvironment.builder().setMetricGroup(task).build());
        harness.setup(FindingSerializer.INSTANCE);
        harness.open();
        return harness;
    }

    @Test
    void aStoryThatHoldsAgainBeforeTheQuietTimeIsOverGoesOn() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, HOUR);
            say(lifecycle, Signal.ENDED, STEP, 0, Severity.LOW, HOUR);
            say(lifecycle, Signal.HOLDS, STEP + HOUR, 24, Severity.LOW, HOUR);
            lifecycle.processWatermark(T + 5 * DAY);
            assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0", "UPDATE low 24 at 65");
        }
    }

    @Test
    void withoutSuppressionAnEndClosesAtOnce() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, 0);
            say(lifecycle, Signal.ENDED, STEP, 0, Severity.LOW, 0);
            assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0", "CLOSE low 12 at 5");
            assertForgotten(lifecycle);
            say(lifecycle, Signal.HOLDS, 2 * STEP, 15, Severity.LOW, 0);
            assertThat(lifecycle.extractOutputValues().get(0).activity).isEqualTo(Activity.CREATE);
        }
    }

    @Test
    void aStoryToldOfEveryFewSecondsHasTwoTimers() throws Exception {
        try (var lifecycle = lifecycle()) {
            for (int i = 0; i < 1_000; i++) {
                say(lifecycle, i % 10 == 9 ? Signal.HOLDS : Signal.RAISED, 5_000L * i, i, Severity.LOW, DAY);
                assertThat(lifecycle.numEventTimeTimers()).isLessThanOrEqualTo(2);
            }
            lifecycle.processWatermark(T + 1_000 * 5_000);
            assertThat(lifecycle.numEventTimeTimers()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void anEndOfNothingIsNothing() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.ENDED, 0, 0, Severity.LOW, HOUR);
            assertThat(told(lifecycle)).isEmpty();
            assertForgotten(lifecycle);
        }
    }

    @Test
    void oneWatermarkOverAQuietPeriodGivesTwoStories() throws Exception {
        for (boolean fine : new boolean[] {true, false}) {
            try (var lifecycle = lifecycle()) {
                say(lifecycle, Signal.RAISED, 0, 5, Severity.LOW, HOUR);
                if (fine) {
                    lifecycle.processWatermark(T + HOUR);
                }
                say(lifecycle, Signal.RAISED, HOUR + 1, 6, Severity.LOW, HOUR);
                lifecycle.processWatermark(T + 3 * HOUR);
                List<Finding> all = lifecycle.extractOutputValues();
                assertThat(all).extracting(f -> f.uid).doesNotContainNull();
                assertThat(all.stream().map(f -> f.uid).distinct()).hasSize(2);
                assertThat(told(lifecycle))
                        .containsExactly("CREATE low 5 at 0", "CLOSE low 5 at 60", "CREATE low 6 at 60", "CLOSE low 6 at 120");
            }
        }
    }

    @Test
    void theEndOfInputIsALastUpdateAndNoClose() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, HOUR);
            say(lifecycle, Signal.HOLDS, STEP, 13, Severity.LOW, HOUR);
            lifecycle.processWatermark(Long.MAX_VALUE);
            assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0", "UPDATE low 13 at 5");
        }
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.RAISED, 0, 12, Severity.LOW, HOUR);
            lifecycle.processWatermark(Long.MAX_VALUE);
            assertThat(told(lifecycle)).as("nothing to add").containsExactly("CREATE low 12 at 0");
        }
    }

    @Test
    void whatIsToldAtTheEndOfInputBearsItsTimestamp() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.RAISED, 0, 12, Severity.LOW, HOUR);
            say(lifecycle, Signal.RAISED, STEP, 13, Severity.LOW, HOUR);
            lifecycle.processWatermark(Long.MAX_VALUE);
            assertThat(lifecycle.extractOutputStreamRecords())
                    .extracting(StreamRecord::getTimestamp)
                    .as("not that of the timer which would have closed the story")
                    .containsExactly(T - 1, LifecycleFunction.END_OF_INPUT);
        }
    }

    @Test
    void aFactCompleteInItselfKeepsNoState() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.ONCE, 0, 501, Severity.HIGH, 0);
            say(lifecycle, Signal.ONCE, STEP, 502, Severity.HIGH, 0);
            assertForgotten(lifecycle);
            assertThat(told(lifecycle)).containsExactly("CREATE high 501 at 0", "CREATE high 502 at 5");
            assertThat(Counted.by(lifecycle, Tally.FINDINGS)).isEqualTo(2);
        }
    }

    @Test
    void theUidIsThatOfRuleTenantStoryAndEpisodeAndStaysWithIt() throws Exception {
        try (var lifecycle = lifecycle()) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, 0);
            say(lifecycle, Signal.HOLDS, STEP, 30, Severity.MEDIUM, 0);
            say(lifecycle, Signal.ENDED, 2 * STEP, 0, Severity.LOW, 0);
            UUID uid = FindingUid.of("R", "tenant", "story 1", T);
            assertThat(lifecycle.extractOutputValues()).extracting(f -> f.uid).containsExactly(uid, uid, uid);
            assertThat(lifecycle.extractOutputValues()).extracting(f -> f.episodeMs).containsOnly(T);
        }
    }

    @Test
    void whatWasToldDoesNotChangeAfterwards() throws Exception {
        var lifecycle = closed(new HandedOver());
        lifecycle.open();
        say(lifecycle, Signal.HOLDS, 0, 12, Severity.LOW, 0);
        say(lifecycle, Signal.HOLDS, STEP, 10, Severity.HIGH, 0);
        say(lifecycle, Signal.ENDED, 2 * STEP, 0, Severity.LOW, 0);
        assertThat(told(lifecycle)).containsExactly("CREATE low 12 at 0", "UPDATE high 12 at 5", "CLOSE high 12 at 10");
        lifecycle.close();
    }

    /** Hands objects on as they are, as a chain of operators does. */
    private static final class HandedOver extends RecordSerializer<Finding> {
        @Override
        public Finding copy(Finding from) {
            return from;
        }

        @Override
        public Finding copy(Finding from, Finding reuse) {
            return from;
        }

        @Override
        public Finding createInstance() {
            return new Finding();
        }

        @Override
        protected int version() {
            return 1;
        }

        @Override
        protected void write(Finding finding, DataOutputView out) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected Finding read(int version, Finding reuse, DataInputView in) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TypeSerializerSnapshot<Finding> snapshotConfiguration() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void howFarApartWatermarksAreDoesNotMatter() throws Exception {
        for (long seed = 0; seed < 40; seed++) {
            List<Candidate> stream = stream(seed);
            Map<Integer, List<String>> fine = run(stream, seed, STEP, -1);
            for (long coarse : new long[] {3 * STEP, 7 * HOUR, 3 * DAY, 30 * DAY}) {
                assertThat(run(stream, seed, coarse, -1)).as("seed %d, watermarks %d ms apart", seed, coarse).isEqualTo(fine);
            }
            int cut = new SplittableRandom(seed).nextInt(stream.size() + 1);
            assertThat(run(stream, seed, STEP, cut)).as("seed %d, restored after %d", seed, cut).isEqualTo(fine);
        }
    }

    @Test
    void anEarlyReportChangesNoFinalRecord() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Candidate> settled = new ArrayList<>();
            List<Candidate> both = new ArrayList<>();
            long ms = T;
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                ms += STEP * (random.nextInt(4) == 0 ? random.nextInt(1, 40) : 1);
                int connections = random.nextInt(501, 2_000);
                settled.add(window(Signal.SETTLED, ms, connections));
                both.add(window(Signal.EARLY, ms, random.nextInt(501, connections + 1)));
                both.add(window(Signal.SETTLED, ms, connections));
            }
            for (boolean closes : new boolean[] {true, false}) {
                assertThat(lastOfEach(both, closes)).as("seed %d", seed).isEqualTo(lastOfEach(settled, closes));
            }
        }
    }

    @Test
    void theFinalNumbersFollowAnEarlyReportAtOnce() throws Exception {
        try (var lifecycle = lifecycle()) {
            send(lifecycle, window(Signal.EARLY, T + STEP, 501));
            send(lifecycle, window(Signal.SETTLED, T + STEP, 700));
            assertThat(lifecycle.extractOutputValues())
                    .extracting(finding -> finding.activity + " " + finding.connections)
                    .containsExactly("CREATE 501", "UPDATE 700");
        }
    }

    private static Candidate window(Signal signal, long endMs, long connections) {
        Candidate candidate = candidate(signal, 1, endMs, connections, Severity.HIGH, HOUR);
        candidate.finding.episodeMs = endMs - STEP;
        candidate.finding.firstSeenMs = endMs - STEP;
        // Early, the last connection is one of the first.
        candidate.finding.lastSeenMs = endMs - STEP + connections;
        return candidate;
    }

    /** The last record of each uid. */
    private static Map<UUID, String> lastOfEach(List<Candidate> candidates, boolean closes) throws Exception {
        try (var lifecycle = lifecycle()) {
            for (Candidate candidate : candidates) {
                send(lifecycle, CandidateSerializer.INSTANCE.copy(candidate));
                if (candidate.signal == Signal.SETTLED) {
                    lifecycle.processWatermark(candidate.finding.timeMs - 1);
                }
            }
            lifecycle.processWatermark(closes ? T + 30 * DAY : Long.MAX_VALUE);
            Map<UUID, String> last = new HashMap<>();
            lifecycle.extractOutputValues().forEach(f -> last.put(f.uid, f.activity + " " + text(f)));
            return last;
        }
    }

    /** What several detectors might say of several stories, in the order of time. */
    private static List<Candidate> stream(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Candidate> stream = new ArrayList<>();
        for (int story = 0; story < 4; story++) {
            long suppression = List.of(0L, HOUR, DAY).get(random.nextInt(3));
            Signal kind = List.of(Signal.HOLDS, Signal.RAISED, Signal.SETTLED, Signal.ONCE).get(random.nextInt(4));
            boolean holds = false;
            long ms = T + STEP * random.nextInt(10);
            for (int i = random.nextInt(1, 30); i > 0; i--) {
                Signal signal = kind;
                if (kind == Signal.HOLDS && holds && random.nextInt(3) == 0) {
                    signal = Signal.ENDED;
                }
                holds = signal == Signal.HOLDS;
                Severity severity = Severity.values()[random.nextInt(1, 5)];
                Candidate candidate = candidate(signal, story, ms, random.nextInt(12, 200), severity, suppression);
                candidate.finding.firstSeenMs = ms - random.nextLong(DAY);
                candidate.finding.score = random.nextBoolean() ? Double.NaN : random.nextInt(20) / 20.0;
                stream.add(candidate);
                ms += STEP * (random.nextInt(5) == 0 ? random.nextInt(1, 600) : random.nextInt(1, 15));
            }
        }
        stream.sort(Comparator.comparingLong(candidate -> candidate.finding.timeMs));
        return stream;
    }

    /** What was told of each story, with a watermark every so often; restored from a snapshot after {@code cut}, if any. */
    private static Map<Integer, List<String>> run(List<Candidate> stream, long seed, long everyMs, int cut)
            throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        long end = stream.get(stream.size() - 1).finding.timeMs + DAY / 2;
        var lifecycle = lifecycle();
        List<Finding> told = new ArrayList<>();
        long watermark = T + (everyMs == STEP ? 0 : random.nextLong(everyMs));
        for (int i = 0; i < stream.size(); i++) {
            Candidate candidate = stream.get(i);
            // A detector's timer fires, and its candidate leaves, when the watermark reaches the window's last ms.
            while (watermark < candidate.finding.timeMs - 1) {
                lifecycle.processWatermark(watermark);
                watermark += everyMs;
            }
            if (i == cut) {
                told.addAll(lifecycle.extractOutputValues());
                OperatorSubtaskState state = lifecycle.snapshot(1, 1);
                lifecycle.close();
                lifecycle = closed();
                lifecycle.initializeState(state);
                lifecycle.open();
            }
            send(lifecycle, CandidateSerializer.INSTANCE.copy(candidate));
        }
        lifecycle.processWatermark(end);
        lifecycle.processWatermark(Long.MAX_VALUE);
        told.addAll(lifecycle.extractOutputValues());
        lifecycle.close();
        Map<Integer, List<String>> byStory = new TreeMap<>();
        told.forEach(finding -> byStory.computeIfAbsent(finding.dstPort, port -> new ArrayList<>())
                .add(finding.activity + " " + text(finding)));
        return byStory;
    }

    private static String text(Finding finding) {
        return finding.uid + " " + finding.severity.label() + " " + finding.connections + " at "
                + (finding.timeMs - T) / MINUTE + " seen " + (finding.firstSeenMs - T) + " to " + (finding.lastSeenMs - T)
                + " score " + finding.score + " " + finding.message;
    }

    private static Candidate candidate(
            Signal signal, int story, long timeMs, long connections, Severity severity, long suppressionMs) {
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = "R";
        finding.severity = severity;
        finding.timeMs = timeMs;
        finding.episodeMs = timeMs;
        finding.firstSeenMs = timeMs - HOUR;
        finding.lastSeenMs = timeMs - 1;
        finding.dstPort = story;
        finding.connections = connections;
        finding.message = connections + " connections by " + timeMs;
        return new Candidate(signal, "story " + story, new Address(0, 1), suppressionMs, finding);
    }

    private static void say(
            KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle,
            Signal signal,
            long afterMs,
            long connections,
            Severity severity,
            long suppressionMs)
            throws Exception {
        send(lifecycle, candidate(signal, 1, T + afterMs, connections, severity, suppressionMs));
    }

    private static void send(
            KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle, Candidate candidate)
            throws Exception {
        lifecycle.processElement(candidate, candidate.finding.timeMs - 1);
    }

    private static List<String> told(KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle) {
        List<String> texts = lifecycle.extractOutputValues().stream()
                .map(f -> f.activity + " " + f.severity.label() + " " + f.connections + " at " + (f.timeMs - T) / MINUTE)
                .toList();
        lifecycle.getOutput().clear();
        return texts;
    }

    /** Until it expires the exception keeps the finding back; from then on it is a finding of its own. */
    @Test
    void anExceptionCountsUpToTheEventTimeOfItsExpiryAndNoLonger() throws Exception {
        ExceptionEntry exception = exception(ExceptionEntry.Action.DROP, T + 3 * STEP);
        try (var lifecycle = lifecycle(exceptions(exception))) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.HIGH, DAY);
            say(lifecycle, Signal.HOLDS, 2 * STEP, 14, Severity.HIGH, DAY);
            assertThat(told(lifecycle)).isEmpty();
            assertThat(quiet(lifecycle)).containsExactly("CREATE high 12 at 0 SUPPRESSED EX");
            say(lifecycle, Signal.HOLDS, 3 * STEP, 15, Severity.HIGH, DAY);
            assertThat(told(lifecycle)).containsExactly("CREATE high 15 at 15");
            assertThat(quiet(lifecycle))
                    .containsExactly("CREATE high 12 at 0 SUPPRESSED EX", "CLOSE high 14 at 15 SUPPRESSED EX");
            assertThat(Counted.by(lifecycle, Tally.FINDINGS)).isEqualTo(1);
            assertThat(Counted.by(lifecycle, Tally.EXPIRED_EXCEPTIONS)).isEqualTo(1);
            lifecycle.processWatermark(T + 10 * DAY);
            say(lifecycle, Signal.ENDED, 4 * STEP, 0, Severity.HIGH, 0);
            assertForgotten(lifecycle);
        }
    }

    @Test
    void anExceptionMayLowerTheSeverityOrSayWhatIsKnown() throws Exception {
        for (ExceptionEntry.Action action : List.of(ExceptionEntry.Action.LOWER, ExceptionEntry.Action.TAG)) {
            try (var lifecycle = lifecycle(exceptions(exception(action, ExceptionEntry.NEVER)))) {
                say(lifecycle, Signal.HOLDS, 0, 12, Severity.HIGH, DAY);
                Finding finding = lifecycle.extractOutputValues().get(0);
                boolean lowered = action == ExceptionEntry.Action.LOWER;
                assertThat(finding.severity).isEqualTo(lowered ? Severity.LOW : Severity.HIGH);
                assertThat(finding.notes)
                        .containsExactly((lowered ? "low at most: " : "") + "exception EX: Patch servers (SEC-42)");
                assertThat(finding.exception).isEqualTo("EX");
            }
        }
    }

    @Test
    void whatAShadowRuleFindsIsNotForAll() throws Exception {
        RuleInfo info = new RuleInfo("R", "Beacon", RuleInfo.Mode.SHADOW, Severity.HIGH, List.of(), 0, "");
        Rule shadow = new Rule() {
            @Override
            public RuleInfo info() {
                return info;
            }

            @Override
            public long windowMs() {
                return 0;
            }

            @Override
            public String structure() {
                return "";
            }
        };
        try (var lifecycle = lifecycle(RuleSets.of(shadow))) {
            say(lifecycle, Signal.HOLDS, 0, 12, Severity.HIGH, DAY);
            say(lifecycle, Signal.HOLDS, STEP, 30, Severity.HIGH, DAY);
            assertThat(told(lifecycle)).isEmpty();
            assertThat(quiet(lifecycle)).containsExactly("CREATE high 12 at 0 SHADOW ", "UPDATE high 30 at 5 SHADOW ");
            assertThat(Counted.by(lifecycle, Tally.FINDINGS)).isZero();
        }
    }

    private static RuleSet exceptions(ExceptionEntry... entries) {
        RuleSet none = RuleSets.of();
        return new RuleSet(
                none.preset(), none.version(), none.internal(), none.roles(), none.rules(), new Exceptions(List.of(entries)), List.of());
    }

    private static ExceptionEntry exception(ExceptionEntry.Action action, long expiresMs) {
        return new ExceptionEntry(
                "EX", "Patch servers", List.of("R"), List.of(), List.of(), List.of(), List.of(1), null, action, Severity.LOW, "secops", "SEC-42",
                expiresMs);
    }

    private static List<String> quiet(KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle) {
        return lifecycle.getSideOutput(LifecycleFunction.QUIET).stream()
                .map(StreamRecord::getValue)
                .map(f -> f.activity + " " + f.severity.label() + " " + f.connections + " at " + (f.timeMs - T) / MINUTE + " "
                        + f.audience + " " + f.exception)
                .toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle(RuleSet rules) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new WithoutChanges(new LifecycleFunction(RuleTimeline.always(rules), "tenant", false)), (Candidate candidate) -> candidate.storyKey, Types.STRING);
        harness.setup(FindingSerializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static void assertForgotten(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
        assertThat(harness.numKeyedStateEntries()).as("state").isZero();
        assertThat(harness.numEventTimeTimers()).as("timers").isZero();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> lifecycle() throws Exception {
        var harness = closed();
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> closed() throws Exception {
        return closed(FindingSerializer.INSTANCE);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding> closed(
            RecordSerializer<Finding> output) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new WithoutChanges(new LifecycleFunction(RuleTimeline.always(RuleSets.of()), "tenant", false)), candidate -> candidate.storyKey, Types.STRING);
        harness.setup(output);
        return harness;
    }
}
