package io.botwatch.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Endpoint;
import io.botwatch.flow.Flows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class RelayPartialTest {
    private static final long BUCKET = Math.floorDiv(Flows.T, RelayPartial.BUCKET_MS);

    @Test
    void morePeersThanAreToldApartTakeNoMoreMemoryWhateverTheirOrder() {
        for (int step : new int[] {1, -1}) {
            RelayPartial partial = new RelayPartial();
            for (int i = 0; i < RelayPartial.MAX_PEERS + 1_000; i++) {
                partial.add(source(1_000_000 + step * i), new long[] {Flows.T});
            }
            assertThat(partial.peers).hasSize(RelayPartial.MAX_PEERS);
            assertThat(partial.truncated).isTrue();
        }
    }

    @Test
    void whichPeersAreKeptDoesNotDependOnArrivalOrMerges() {
        for (long seed = 0; seed < 3; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int peers = RelayPartial.MAX_PEERS + 5_000;
            List<RelayPartial> parts = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                parts.add(new RelayPartial());
            }
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                order.add(i);
            }
            Flows.shuffle(order, random);
            order.forEach(i -> parts.get(random.nextInt(parts.size())).add(source(i), new long[] {Flows.T}));
            RelayPartial whole = parts.get(0);
            parts.subList(1, parts.size()).forEach(whole::merge);
            Set<Endpoint> smallest = new HashSet<>();
            for (int i = 0; i < RelayPartial.MAX_PEERS; i++) {
                smallest.add(source(i));
            }
            assertThat(whole.truncated).isTrue();
            assertThat(whole.peers.keySet().equals(smallest)).as("seed %d: the smallest are kept", seed).isTrue();
        }
    }

    @Test
    void asManyPeersAsAreToldApartAreAllKept() {
        RelayPartial partial = new RelayPartial();
        for (int i = RelayPartial.MAX_PEERS; i > 0; i--) {
            partial.add(source(i), new long[] {Flows.T});
        }
        partial.add(source(5), new long[] {Flows.T + 1});
        assertThat(partial.truncated).isFalse();
        assertThat(partial.peers).hasSize(RelayPartial.MAX_PEERS);
    }

    @Test
    void whatIsWrittenIsReadAndACopyIsItsOwn() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            RelayPartial partial = new RelayPartial();
            partial.hostLo = Flows.internal(random.nextInt(1000));
            partial.bucket = BUCKET;
            partial.outbound = random.nextBoolean();
            partial.truncated = random.nextBoolean();
            for (int i = random.nextInt(100); i > 0; i--) {
                partial.add(
                        new Endpoint(random.nextInt(2), random.nextInt(20), random.nextInt(65_536)),
                        new long[] {BUCKET * RelayPartial.BUCKET_MS + random.nextLong(RelayPartial.BUCKET_MS)});
            }
            DataOutputSerializer out = new DataOutputSerializer(64);
            RelayPartial.Serializer.INSTANCE.serialize(partial, out);
            RelayPartial read =
                    RelayPartial.Serializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
            RelayPartial copy = RelayPartial.Serializer.INSTANCE.copy(partial);
            assertSame(read, partial, seed);
            for (Endpoint peer : List.copyOf(partial.peers.keySet())) {
                partial.add(peer, new long[] {BUCKET * RelayPartial.BUCKET_MS + random.nextLong(RelayPartial.BUCKET_MS)});
            }
            assertSame(copy, read, seed);
        }
    }

    private static void assertSame(RelayPartial actual, RelayPartial expected, long seed) {
        assertThat(actual).as("seed %d", seed).isEqualTo(expected).hasSameHashCodeAs(expected);
        assertThat(actual.truncated).isEqualTo(expected.truncated);
        assertThat(actual.peers.keySet()).isEqualTo(expected.peers.keySet());
        expected.peers.forEach((peer, times) -> assertThat(actual.peers.get(peer)).containsExactly(times));
    }

    private static Endpoint source(int n) {
        return new Endpoint(0, Flows.external(n), 0);
    }
}
