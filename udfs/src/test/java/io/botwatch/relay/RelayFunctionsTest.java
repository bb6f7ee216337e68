package io.botwatch.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.network.Roles;
import io.botwatch.rule.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.RelayRule.Engine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

/** What the relay's functions keep, forget and count; what they find is tested through the whole pattern. */
class RelayFunctionsTest {
    private static final OutputTag<RelayPair> OVERFLOW = new OutputTag<>("overflow", RelayPair.Serializer.TYPE);
    private static final long W = 300_000;
    private static final long BUCKET = RelayPartial.BUCKET_MS;
    private static final long HOUR = 3_600_000;
    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    @Test
    void aSilentHostIsForgottenByTheDigests() throws Exception {
        try (var digests = digests(10); var combiner = combiner()) {
            feed(combiner, digests, Flows.inbound(1, 5, 1, 80, Flows.T));
            feed(combiner, digests, Flows.outbound(1, 2, 22, Flows.T + 50_000));
            digests.processWatermark(Flows.T + 100_000);
            assertThat(digests.extractOutputValues()).hasSize(2);
            assertThat(digests.numKeyedStateEntries()).isPositive();
            digests.processWatermark(Flows.T + 50_000 + W + 2 * BUCKET);
            assertForgotten(digests);
        }
    }

    @Test
    void aSilentHostIsForgottenByTheJoin() throws Exception {
        try (var join = join(10)) {
            send(join, Flows.inbound(1, 5, 1, 80, Flows.T), Flows.outbound(1, 2, 22, Flows.T + 50_000));
            join.processWatermark(Flows.T + 100_000);
            assertThat(join.extractOutputValues()).hasSize(1);
            join.processWatermark(Flows.T + 50_000 + W + 2 * BUCKET);
            assertForgotten(join);
        }
    }

    @Test
    void aHostThatOverflowedAndFellSilentIsForgottenAfterItsHold() throws Exception {
        try (var digests = digests(3); var combiner = combiner(); var join = join(3)) {
            for (int i = 0; i < 2; i++) {
                for (Flow flow : List.of(
                        Flows.inbound(i, 5, 1, 80, Flows.T + i), Flows.outbound(1, 50 + i, 22, Flows.T + 10 + i))) {
                    feed(combiner, digests, flow);
                    send(join, flow);
                }
            }
            for (var harness : List.of(digests, join)) {
                harness.processWatermark(Flows.T + BUCKET);
                assertThat(harness.extractOutputValues()).isEmpty();
                assertThat(harness.getSideOutput(OVERFLOW)).hasSize(1);
                harness.processWatermark(Flows.T + HOUR);
                assertThat(harness.numKeyedStateEntries()).isPositive();
                harness.processWatermark(Flows.T + HOUR + 2 * BUCKET);
                assertForgotten(harness);
                assertThat(Counted.by(harness, Tally.RELAY_OVERFLOW))
                        .as("buckets without traffic leave nothing out")
                        .isEqualTo(1);
            }
            assertThat(digests.getSideOutput(OVERFLOW).peek().getValue())
                    .isEqualTo(join.getSideOutput(OVERFLOW).peek().getValue())
                    .isEqualTo(new RelayPair(
                            new Address(0, Flows.internal(1)),
                            new Address(0, Flows.external(0)),
                            new Address(0, Flows.external(50)),
                            22,
                            Flows.T,
                            Flows.T + 10,
                            Flows.T + BUCKET,
                            2,
                            2));
        }
    }

    @Test
    void latePartialsAndLateFlowsAreCounted() throws Exception {
        try (var digests = digests(10); var combiner = combiner(); var join = join(10)) {
            for (var harness : List.of(digests, join)) {
                harness.processWatermark(Flows.T + BUCKET - 1);
            }
            for (int i = 0; i < 3; i++) {
                Flow flow = Flows.inbound(i, 5, 1, 80, Flows.T + i);
                feed(combiner, digests, flow);
                send(join, flow);
            }
            assertThat(Counted.by(digests, Tally.LATE_RELAY)).isEqualTo(3);
            assertThat(Counted.by(join, Tally.LATE_RELAY)).isEqualTo(3);
            assertForgotten(digests);
            assertForgotten(join);
        }
    }

    @Test
    void digestsSurviveARestoreBetweenInboundAndOutbound() throws Exception {
        OperatorSubtaskState state;
        try (var digests = digests(10); var combiner = combiner()) {
            feed(combiner, digests, Flows.inbound(1, 5, 1, 80, Flows.T));
            digests.processWatermark(Flows.T + BUCKET);
            feed(combiner, digests, Flows.inbound(2, 5, 1, 80, Flows.T + BUCKET + 1));
            state = digests.snapshot(1, 1);
        }
        try (var digests = closedDigests(10); var combiner = combiner()) {
            digests.initializeState(state);
            digests.open();
            feed(combiner, digests, Flows.outbound(1, 9, 22, Flows.T + BUCKET + 2));
            digests.processWatermark(Flows.T + 2 * BUCKET);
            assertThat(digests.extractOutputValues()).extracting(RelayDigest::outbound).containsExactly(false, false, true);
        }
    }

    @Test
    void inboundTrafficWaitsUntilTheHostReachesOut() throws Exception {
        try (var digests = digests(10); var combiner = combiner()) {
            for (int i = 0; i < 3; i++) {
                feed(combiner, digests, Flows.inbound(i, 5, 1, 80, Flows.T + i * BUCKET));
            }
            digests.processWatermark(Flows.T + 3 * BUCKET);
            assertThat(digests.extractOutputValues()).isEmpty();
            feed(combiner, digests, Flows.outbound(1, 9, 22, Flows.T + BUCKET + W));
            digests.processWatermark(Flows.T + 2 * BUCKET + W);
            assertThat(digests.extractOutputValues())
                    .as("the first is out of the window")
                    .extracting(RelayDigest::outbound)
                    .containsExactly(false, false, true);
            digests.processWatermark(Flows.T + 3 * BUCKET + 2 * W);
            assertForgotten(digests);
        }
    }

    @Test
    void aHostThatNeverReachesOutIsForgotten() throws Exception {
        try (var digests = digests(10); var combiner = combiner()) {
            for (int i = 0; i < 200; i++) {
                feed(combiner, digests, Flows.inbound(i, 5, 1, 80, Flows.T + i * BUCKET));
                digests.processWatermark(Flows.T + i * BUCKET);
            }
            // Pending buckets, the gate, and which of them wait.
            assertThat(digests.numKeyedStateEntries()).isLessThanOrEqualTo((int) (W / BUCKET) + 5);
            digests.processWatermark(Flows.T + 202 * BUCKET + W);
            assertThat(digests.extractOutputValues()).isEmpty();
            assertForgotten(digests);
        }
    }

    @Test
    void aPairIsOneFindingUntilItWasNotSeenForADay() throws Exception {
        try (var pairs = pairs()) {
            long known = Flows.T + BUCKET;
            send(pairs, pair(1, 2, 22, known));
            send(pairs, pair(1, 2, 22, known + BUCKET));
            send(pairs, pair(1, 2, 23, known + BUCKET));
            send(pairs, pair(1, 2, 22, known + 20 * HOUR));
            send(pairs, pair(1, 2, 22, known + 40 * HOUR));
            assertThat(pairs.extractOutputValues()).hasSize(2)
                    .allMatch(candidate -> candidate.signal == Candidate.Signal.ONCE);
            send(pairs, pair(1, 2, 22, known + 64 * HOUR));
            assertThat(pairs.extractOutputValues()).hasSize(3);
            pairs.processWatermark(known + 64 * HOUR + DAY + 3 * HOUR);
            assertForgotten(pairs);
        }
    }

    @Test
    void sweepingDoesNotForgetAPairThatIsStillSeen() throws Exception {
        try (var pairs = pairs()) {
            long known = Flows.T + BUCKET;
            for (int hour = 0; hour < 200; hour += 5) {
                send(pairs, pair(1, 2, 22, known + hour * HOUR));
                pairs.processWatermark(known + hour * HOUR);
            }
            assertThat(pairs.extractOutputValues()).hasSize(1);
            pairs.processWatermark(known + 300 * HOUR);
            assertForgotten(pairs);
        }
    }

    @Test
    void anOverflowIsOneStoryOfItsHost() throws Exception {
        try (var pairs = pairs()) {
            Address host = new Address(0, Flows.internal(1));
            Address peer = new Address(0, Flows.external(1));
            send(pairs, new RelayPair(host, peer, peer, 22, Flows.T, Flows.T, Flows.T + BUCKET, 600, 100));
            Candidate candidate = pairs.extractOutputValues().get(0);
            assertThat(candidate.signal).isEqualTo(Candidate.Signal.RAISED);
            assertThat(candidate.finding.connections).isEqualTo(60_000);
            assertThat(candidate.finding.message).contains("600 external sources", "100 targets");
        }
    }

    @Test
    void aHostIsToldOncePerBucketWhateverTheOrderOfItsPairs() throws Exception {
        List<RelayPair> all = new java.util.ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(pair(i % 3, 10 + i / 3 % 3, 22, Flows.T + BUCKET + BUCKET * (i % 3)));
        }
        List<String> first = null;
        for (long seed = 0; seed < 10; seed++) {
            Flows.shuffle(all, new java.util.SplittableRandom(seed));
            try (var host = host()) {
                for (RelayPair pair : all) {
                    host.processElement1(pair, pair.knownAtMs() - 1);
                }
                host.processBothWatermarks(new Watermark(Flows.T + 10 * BUCKET));
                List<String> said = host.extractOutputValues().stream()
                        .map(c -> c.finding.timeMs + " " + c.finding.message + c.finding.samples)
                        .toList();
                assertThat(said).as("seed %d", seed).hasSize(3);
                assertThat(said).as("seed %d", seed).isEqualTo(first == null ? said : first);
                first = said;
                host.processBothWatermarks(new Watermark(Flows.T + 3 * DAY));
                assertForgotten(host);
            }
        }
    }

    @Test
    void aHostToldOfEveryBucketHasOneTimerToForgetIt() throws Exception {
        try (var host = host()) {
            for (int i = 0; i < 500; i++) {
                host.processElement1(pair(1, 2, 22, Flows.T + BUCKET * i), Flows.T + BUCKET * i - 1);
                host.processBothWatermarks(new Watermark(Flows.T + BUCKET * i));
                assertThat(host.numEventTimeTimers()).isEqualTo(1);
            }
            host.processBothWatermarks(new Watermark(Flows.T + BUCKET * 500 + DAY));
            assertForgotten(host);
        }
    }

    private static RelayPair pair(int source, int target, int port, long knownAtMs) {
        return new RelayPair(
                new Address(0, Flows.internal(1)),
                new Address(0, Flows.external(source)),
                new Address(0, Flows.external(target)),
                port,
                knownAtMs - BUCKET,
                knownAtMs - BUCKET + 1,
                knownAtMs,
                0,
                0);
    }

    private static void assertForgotten(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
        assertThat(harness.numKeyedStateEntries()).as("state").isZero();
        assertThat(harness.numEventTimeTimers()).as("timers").isZero();
    }

    private static void assertForgotten(KeyedTwoInputStreamOperatorTestHarness<?, ?, ?, ?> harness) {
        assertThat(harness.numKeyedStateEntries()).as("state").isZero();
        assertThat(harness.numEventTimeTimers()).as("timers").isZero();
    }

    private static void feed(
            OneInputStreamOperatorTestHarness<Flow, RelayPartial> combiner,
            KeyedOneInputStreamOperatorTestHarness<Address, RelayPartial, RelayDigest> digests,
            Flow flow)
            throws Exception {
        combiner.processElement(flow, flow.startMs);
        combiner.prepareSnapshotPreBarrier(1);
        for (RelayPartial partial : combiner.extractOutputValues()) {
            digests.processElement(partial, partial.bucketEndMs() - 1);
        }
        combiner.getOutput().clear();
    }

    private static void send(KeyedOneInputStreamOperatorTestHarness<Address, Flow, ?> harness, Flow... flows)
            throws Exception {
        for (Flow flow : flows) {
            harness.processElement(flow, flow.startMs);
        }
    }

    private static void send(KeyedOneInputStreamOperatorTestHarness<Address, RelayPair, ?> harness, RelayPair pair)
            throws Exception {
        harness.processElement(pair, pair.knownAtMs() - 1);
    }

    private static OneInputStreamOperatorTestHarness<Flow, RelayPartial> combiner() throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<Flow, RelayPartial>(
                new LocalCombiner<>(new RelayCombining(rule(10))));
        harness.setup(RelayPartial.Serializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, RelayPartial, RelayDigest> digests(int maxPairs)
            throws Exception {
        var harness = closedDigests(maxPairs);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, RelayPartial, RelayDigest> closedDigests(int maxPairs)
            throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new RelayDigestFunction(rule(maxPairs), OVERFLOW)),
                RelayPartial::host,
                AddressSerializer.TYPE);
        harness.setup(RelayDigest.Serializer.INSTANCE);
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, Flow, RelayPair> join(int maxPairs) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new IntervalRelayFunction(rule(maxPairs), OVERFLOW)),
                RelayTraffic::host,
                AddressSerializer.TYPE);
        harness.setup(RelayPair.Serializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, RelayPair, Candidate> pairs() throws Exception {
        return candidates(new RelayPairFunction(rule(10), "test"));
    }

    private static KeyedTwoInputStreamOperatorTestHarness<Address, RelayPair, RelayedSession, Candidate> host()
            throws Exception {
        var harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new RelayHostFunction(rule(10), Roles.NONE, "test", 42)),
                RelayPair::host,
                RelayedSession::host,
                AddressSerializer.TYPE);
        harness.setup(CandidateSerializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, RelayPair, Candidate> candidates(
            org.apache.flink.streaming.api.functions.KeyedProcessFunction<Address, RelayPair, Candidate> function)
            throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(function), RelayPair::host, AddressSerializer.TYPE);
        harness.setup(CandidateSerializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static RelayRule rule(int maxPairs) {
        RuleInfo info = new RuleInfo("R", "Relay", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of(), DAY, "");
        return new RelayRule(info, W, List.of(80, 443, 53), NetworkSet.NONE, maxPairs, false, Engine.CEP, List.of());
    }
}
