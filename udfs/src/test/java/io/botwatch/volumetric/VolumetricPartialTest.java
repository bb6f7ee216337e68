package io.botwatch.volumetric;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flows;
import io.botwatch.sketch.HashedSample;
import io.botwatch.sketch.DistinctCount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class VolumetricPartialTest {

    @Test
    void theSampleIsTheSourcesOfTheSmallestHashesHoweverPartsAreMerged() {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int sources = random.nextInt(1, 100);
            TreeMap<Long, Long> bottom = new TreeMap<>(Long::compareUnsigned);
            List<VolumetricPartial> parts = new ArrayList<>();
            for (int i = random.nextInt(1, 9); i > 0; i--) {
                parts.add(new VolumetricPartial());
            }
            for (int i = 0; i < 3 * sources; i++) {
                long source = Flows.external(random.nextInt(sources));
                long hash = DistinctCount.hash(seed, 0, source);
                bottom.put(hash, source);
                parts.get(random.nextInt(parts.size())).sample.add(hash, 0, source);
            }
            while (parts.size() > 1) {
                VolumetricPartial into = parts.remove(random.nextInt(parts.size()));
                into.merge(parts.remove(random.nextInt(parts.size())));
                parts.add(into);
            }
            List<Long> expected = bottom.values().stream().limit(VolumetricPartial.SAMPLES).toList();
            HashedSample sample = parts.get(0).sample;
            assertThat(IntStream.range(0, sample.size()).mapToObj(k -> sample.address(k).lo))
                    .as("seed %d", seed)
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            VolumetricPartial partial = random(new SplittableRandom(seed));
            VolumetricPartial read = VolumetricPartial.Serializer.INSTANCE.deserialize(
                    new DataInputDeserializer(bytes(partial)));
            assertThat(read).isEqualTo(partial);
            assertSame(read, partial, seed);
        }
    }

    @Test
    void aCopyDoesNotChangeWithTheOriginal() throws IOException {
        for (long seed = 0; seed < 50; seed++) {
            VolumetricPartial partial = random(new SplittableRandom(seed));
            VolumetricPartial copy = VolumetricPartial.Serializer.INSTANCE.copy(partial);
            byte[] before = bytes(copy);
            assertSame(copy, partial, seed);
            VolumetricPartial more = random(new SplittableRandom(seed + 1000));
            if (more.connections == null) {
                more.connections = new DistinctCount();
            }
            if (more.ports == null) {
                more.ports = new HashedSample(VolumetricPartial.SAMPLES);
                more.targets = new DistinctCount();
            }
            partial.merge(more);
            assertThat(bytes(copy)).as("seed %d", seed).isEqualTo(before);
        }
    }

    /** In content: a sketch's own order of its values may differ. */
    private static void assertSame(VolumetricPartial actual, VolumetricPartial expected, long seed) {
        assertThat(actual).as("seed %d", seed).usingRecursiveComparison()
                .ignoringFields("sources", "connections", "targets")
                .isEqualTo(expected);
        assertThat(actual.sources.estimate()).as("seed %d", seed).isEqualTo(expected.sources.estimate());
        assertThat(actual.targetCount()).as("seed %d", seed).isEqualTo(expected.targetCount());
        assertThat(actual.count()).as("seed %d", seed).isEqualTo(expected.count());
        assertThat(actual.connections == null).as("seed %d", seed).isEqualTo(expected.connections == null);
    }

    @Test
    void equalityCoversTargetAndWindowOnly() {
        VolumetricPartial a = random(new SplittableRandom(1));
        VolumetricPartial b = random(new SplittableRandom(2));
        assertThat(a).isNotEqualTo(b);
        b.windowStartMs = a.windowStartMs;
        b.dstHi = a.dstHi;
        b.dstLo = a.dstLo;
        b.port = a.port;
        assertThat(a).isEqualTo(b).hasSameHashCodeAs(b);
    }

    private static VolumetricPartial random(SplittableRandom random) {
        VolumetricPartial partial = new VolumetricPartial();
        partial.windowStartMs = Flows.T + 300_000 * random.nextInt(100);
        partial.dstLo = Flows.internal(random.nextInt(1000));
        partial.port = random.nextInt(65_536);
        partial.fired = random.nextBoolean();
        partial.connections = random.nextBoolean() ? new DistinctCount() : null;
        if (random.nextBoolean()) {
            partial.ports = new HashedSample(VolumetricPartial.SAMPLES);
            partial.targets = new DistinctCount();
        }
        for (int i = random.nextInt(2_000); i > 0; i--) {
            long source = Flows.external(random.nextInt(700));
            long hash = DistinctCount.hash(9, 0, source);
            partial.records++;
            partial.firstMs = Math.min(partial.firstMs, partial.windowStartMs + i);
            partial.lastMs = Math.max(partial.lastMs, partial.windowStartMs + i);
            partial.sources.add(hash);
            partial.sample.add(hash, 0, source);
            partial.spread.add(hash);
            partial.asked += random.nextInt(2);
            partial.packets += random.nextInt(9);
            partial.bytes += random.nextInt(9_000);
            partial.tcp += random.nextInt(2);
            partial.beginnings += random.nextInt(2);
            partial.udp += random.nextInt(2);
            if (partial.ports != null) {
                partial.ports.add(DistinctCount.hash(9, 0, i), random.nextInt(65_536));
                partial.targets.add(DistinctCount.hash(9, 0, random.nextInt(256)));
            }
            if (partial.connections != null) {
                partial.connections.add(DistinctCount.hash(9, 0, source, i));
            }
        }
        return partial;
    }

    private static byte[] bytes(VolumetricPartial partial) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        VolumetricPartial.Serializer.INSTANCE.serialize(partial, out);
        return out.getCopyOfBuffer();
    }
}
