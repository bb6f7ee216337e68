package io.botwatch.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Endpoint;
import io.botwatch.flow.Flows;
import io.botwatch.relay.HostGate.Verdict;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class HostGateTest {
    private static final int BUCKETS = 60;

    @Test
    void outboundIsJoinedOnlyWithinTheWindowAfterInbound() {
        HostGate gate = new HostGate();
        assertThat(gate.take(0, null, targets(0, 1), BUCKETS, 10)).isEqualTo(Verdict.NOTHING_TO_JOIN);
        assertThat(gate.take(1, sources(1, 1), null, BUCKETS, 10)).isEqualTo(Verdict.NOTHING_TO_JOIN);
        assertThat(gate.take(2, null, targets(2, 1), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
        assertThat(gate.take(61, null, targets(61, 1), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
        assertThat(gate.take(62, null, targets(62, 1), BUCKETS, 10)).isEqualTo(Verdict.NOTHING_TO_JOIN);
        assertThat(gate.take(63, sources(63, 1), targets(63, 1), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
    }

    @Test
    void moreSourcesTimesTargetsThanTheCapHoldTheHostForAnHour() {
        HostGate gate = new HostGate();
        assertThat(gate.take(0, sources(0, 5), targets(0, 2), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
        gate.joined(targets(0, 2).peers.keySet(), 0);
        assertThat(gate.take(1, null, targets(1, 3), BUCKETS, 10)).isEqualTo(Verdict.OVERFLOW);
        for (long bucket = 2; bucket <= 1 + HostGate.HOLD_BUCKETS; bucket++) {
            assertThat(gate.take(bucket, sources(bucket, 1), targets(bucket, 1), BUCKETS, 10)).isEqualTo(Verdict.OVERFLOW);
            assertThat(gate.isEmpty(bucket)).isFalse();
        }
        long after = 2 + HostGate.HOLD_BUCKETS;
        assertThat(gate.take(after, sources(after, 1), targets(after, 1), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
    }

    @Test
    void targetsOfTheWholeWindowCountTowardsTheCap() {
        HostGate gate = new HostGate();
        for (int bucket = 0; bucket < 10; bucket++) {
            RelayPartial reached = new RelayPartial();
            reached.bucket = bucket;
            reached.add(new Endpoint(0, Flows.external(900 + bucket), 22), new long[] {0});
            assertThat(gate.take(bucket, sources(bucket, 1), reached, BUCKETS, 10)).isEqualTo(Verdict.JOIN);
            gate.joined(reached.peers.keySet(), bucket);
        }
        RelayPartial eleventh = new RelayPartial();
        eleventh.add(new Endpoint(0, Flows.external(999), 22), new long[] {0});
        assertThat(gate.take(10, null, eleventh, BUCKETS, 10)).isEqualTo(Verdict.OVERFLOW);
    }

    @Test
    void anAttackWithFreshSourcesInEveryBucketDoesNotGrowTheGate() {
        HostGate gate = new HostGate();
        int perBucket = RelayPartial.MAX_PEERS / 4;
        for (int bucket = 0; bucket < 12; bucket++) {
            RelayPartial in = new RelayPartial();
            in.bucket = bucket;
            for (int i = 0; i < perBucket; i++) {
                in.add(new Endpoint(1, bucket * perBucket + i, 0), new long[] {0});
            }
            Verdict verdict = gate.take(bucket, in, targets(bucket, 1), BUCKETS, 10_000_000);
            assertThat(gate.sources).hasSizeLessThanOrEqualTo(RelayPartial.MAX_PEERS);
            assertThat(verdict).as("bucket %d", bucket).isEqualTo(bucket < 4 ? Verdict.JOIN : Verdict.OVERFLOW);
        }
        // What it forgot has left the window when it joins again.
        assertThat(gate.take(11 + BUCKETS, null, targets(0, 1), BUCKETS, 10_000_000)).isEqualTo(Verdict.OVERFLOW);
        assertThat(gate.take(12 + BUCKETS, null, targets(0, 1), BUCKETS, 10_000_000)).isEqualTo(Verdict.NOTHING_TO_JOIN);
        assertThat(gate.sources).isEmpty();
    }

    @Test
    void aBucketWithMoreSourcesThanAreToldApartHoldsTheHostForAWindow() {
        HostGate gate = new HostGate();
        RelayPartial in = sources(0, 3);
        in.truncated = true;
        assertThat(gate.take(0, in, targets(0, 1), BUCKETS, 10)).isEqualTo(Verdict.OVERFLOW);
        assertThat(gate.take(60, null, targets(60, 1), BUCKETS, 10)).isEqualTo(Verdict.OVERFLOW);
        assertThat(gate.take(61, sources(61, 1), targets(61, 1), BUCKETS, 10)).isEqualTo(Verdict.JOIN);
    }

    @Test
    void aSilentHostIsForgottenWhenItSaysSo() {
        HostGate gate = new HostGate();
        gate.take(0, sources(0, 5), targets(0, 1), BUCKETS, 10);
        gate.joined(targets(0, 1).peers.keySet(), 0);
        assertThat(gate.emptyFromMs(0, BUCKETS)).isEqualTo(62 * RelayPartial.BUCKET_MS - 1);
        gate.take(60, null, null, BUCKETS, 10);
        assertThat(gate.isEmpty(60)).isFalse();
        gate.take(61, null, null, BUCKETS, 10);
        assertThat(gate.isEmpty(61)).isTrue();

        gate.take(70, sources(70, 5), targets(70, 5), BUCKETS, 10);
        assertThat(gate.emptyFromMs(70, BUCKETS))
                .isEqualTo((72 + HostGate.HOLD_BUCKETS) * RelayPartial.BUCKET_MS - 1);
        gate.take(70 + HostGate.HOLD_BUCKETS, null, null, BUCKETS, 10);
        assertThat(gate.isEmpty(70 + HostGate.HOLD_BUCKETS)).isFalse();
        assertThat(gate.isEmpty(71 + HostGate.HOLD_BUCKETS)).isTrue();
    }

    @Test
    void whatIsWrittenIsReadAndACopyIsItsOwn() throws IOException {
        HostGate gate = new HostGate();
        gate.take(7, sources(7, 5), targets(7, 2), BUCKETS, 10);
        gate.joined(targets(7, 2).peers.keySet(), 7);
        gate.take(8, null, targets(8, 3), BUCKETS, 10);
        DataOutputSerializer out = new DataOutputSerializer(64);
        HostGate.Serializer.INSTANCE.serialize(gate, out);
        HostGate read = HostGate.Serializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        HostGate copy = HostGate.Serializer.INSTANCE.copy(gate);
        assertThat(read).usingRecursiveComparison().isEqualTo(gate);
        gate.take(100, sources(100, 9), null, BUCKETS, 10);
        assertThat(copy).usingRecursiveComparison().isEqualTo(read);
    }

    private static RelayPartial sources(long bucket, int n) {
        RelayPartial partial = new RelayPartial();
        partial.bucket = bucket;
        for (int i = 0; i < n; i++) {
            partial.add(new Endpoint(0, Flows.external(i), 0), new long[] {bucket * RelayPartial.BUCKET_MS});
        }
        return partial;
    }

    private static RelayPartial targets(long bucket, int n) {
        RelayPartial partial = new RelayPartial();
        partial.bucket = bucket;
        partial.outbound = true;
        for (int i = 0; i < n; i++) {
            partial.add(new Endpoint(0, Flows.external(100 + i), 22), new long[] {bucket * RelayPartial.BUCKET_MS});
        }
        return partial;
    }
}
