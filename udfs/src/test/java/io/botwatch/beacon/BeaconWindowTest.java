package io.botwatch.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BeaconWindowTest {
    private static final long SLIDE = 300_000;

    @Test
    void whateverTheArrivalOrderItSumsWhatTheRawTimesSum() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = new BeaconWindow();
            List<Long> times = new ArrayList<>();
            for (int i = random.nextInt(1, 120); i > 0; i--) {
                long ms = Flows.T + random.nextLong(-20 * SLIDE, 20 * SLIDE);
                boolean opens = times.stream().noneMatch(t -> Math.floorDiv(t, SLIDE) == Math.floorDiv(ms, SLIDE));
                assertThat(window.add(ms, SLIDE)).as("seed %d", seed).isEqualTo(opens);
                times.add(ms);
                if (random.nextInt(20) == 0) {
                    long before = Flows.T + random.nextLong(-20, 20) * SLIDE;
                    window.evictBefore(before, SLIDE);
                    times.removeIf(t -> t < before);
                }
                assertSums(window, times, random, seed);
            }
        }
    }

    private static void assertSums(BeaconWindow window, List<Long> times, SplittableRandom random, long seed) {
        assertThat(window.total()).as("seed %d", seed).isEqualTo(times.size());
        assertThat(window.isEmpty()).isEqualTo(times.isEmpty());
        long from = Flows.T + random.nextLong(-20, 20) * SLIDE;
        long to = from + random.nextLong(1, 20) * SLIDE;
        long[] inside = times.stream().mapToLong(t -> t).filter(t -> t >= from && t < to).sorted().toArray();
        BeaconWindow.Summary summary = window.summary(from, to, SLIDE);
        assertThat(summary.count()).as("seed %d", seed).isEqualTo(inside.length);
        if (inside.length > 0) {
            assertThat(summary.firstMs()).as("seed %d", seed).isEqualTo(inside[0]);
            assertThat(summary.lastMs()).as("seed %d", seed).isEqualTo(inside[inside.length - 1]);
        }
        if (!times.isEmpty()) {
            long oldest = times.stream().min(Long::compare).orElseThrow();
            long newest = times.stream().max(Long::compare).orElseThrow();
            assertThat(window.oldestSliceMs(SLIDE)).as("seed %d", seed).isEqualTo(Math.floorDiv(oldest, SLIDE) * SLIDE);
            assertThat(window.newestSliceMs(SLIDE)).as("seed %d", seed).isEqualTo(Math.floorDiv(newest, SLIDE) * SLIDE);
        }
    }

    @Test
    void aSliceOlderThanTheOldestBecomesTheOldest() {
        BeaconWindow window = new BeaconWindow();
        window.add(Flows.T + 7, SLIDE);
        window.add(Flows.T - 1, SLIDE);
        window.add(Flows.T - 10 * SLIDE, SLIDE);
        assertThat(window.oldestSliceMs(SLIDE)).isEqualTo(Flows.T - 10 * SLIDE);
        assertThat(window.sliceCount()).isEqualTo(3);
        assertThat(window.sliceMs(1, SLIDE)).isEqualTo(Flows.T - SLIDE);
        assertThat(window.sliceMs(2, SLIDE)).isEqualTo(Flows.T);
    }

    @Test
    void whatIsWrittenIsReadAlsoBeforeTheEpoch() throws IOException {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = random(random, seed % 3 == 0 ? -50 * SLIDE : Flows.T);
            BeaconWindow read = BeaconWindow.Serializer.INSTANCE.deserialize(new DataInputDeserializer(bytes(window)));
            assertSame(read, window, seed);
            assertThat(bytes(read)).as("seed %d", seed).isEqualTo(bytes(window));
        }
    }

    @Test
    void aCopyDoesNotChangeWithTheOriginal() throws IOException {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = random(random, Flows.T);
            byte[] before = bytes(window);
            BeaconWindow copy = BeaconWindow.Serializer.INSTANCE.copy(window);
            for (int i = 0; i < 10; i++) {
                window.add(Flows.T + random.nextLong(-20 * SLIDE, 20 * SLIDE), SLIDE);
            }
            window.evictBefore(Flows.T, SLIDE);
            window.holds = !window.holds;
            assertThat(bytes(copy)).as("seed %d", seed).isEqualTo(before);
            byte[] after = bytes(window);
            copy.add(Flows.T + 3, SLIDE);
            assertThat(bytes(window)).as("seed %d", seed).isEqualTo(after);
        }
    }

    @Test
    void aTupleSeenOnceTakesFewBytes() throws IOException {
        BeaconWindow window = new BeaconWindow();
        window.add(Flows.T + 250_000, SLIDE);
        assertThat(bytes(window)).hasSizeLessThanOrEqualTo(20);
    }

    private static BeaconWindow random(SplittableRandom random, long aroundMs) {
        BeaconWindow window = new BeaconWindow();
        window.srcFirst = random.nextBoolean();
        window.holds = random.nextBoolean();
        window.dstPort = random.nextInt(65_536);
        window.protocol = random.nextInt(256);
        for (int i = random.nextInt(300); i > 0; i--) {
            window.add(aroundMs + random.nextLong(-100 * SLIDE, 100 * SLIDE), SLIDE);
        }
        return window;
    }

    private static void assertSame(BeaconWindow read, BeaconWindow window, long seed) {
        assertThat(read.total()).as("seed %d", seed).isEqualTo(window.total());
        assertThat(read.holds).isEqualTo(window.holds);
        assertThat(read.srcFirst).isEqualTo(window.srcFirst);
        assertThat(read.dstPort).isEqualTo(window.dstPort);
        assertThat(read.protocol).isEqualTo(window.protocol);
        assertThat(read.sliceCount()).isEqualTo(window.sliceCount());
        for (int i = 0; i < window.sliceCount(); i++) {
            long start = window.sliceMs(i, SLIDE);
            assertThat(read.sliceMs(i, SLIDE)).as("seed %d", seed).isEqualTo(start);
            assertThat(read.summary(start, start + SLIDE, SLIDE))
                    .as("seed %d", seed)
                    .isEqualTo(window.summary(start, start + SLIDE, SLIDE));
        }
    }

    private static byte[] bytes(BeaconWindow window) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        BeaconWindow.Serializer.INSTANCE.serialize(window, out);
        return out.getCopyOfBuffer();
    }
}
