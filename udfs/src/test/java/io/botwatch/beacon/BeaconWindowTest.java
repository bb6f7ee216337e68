package io.botwatch.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.cadence.Cadence;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.flow.Trait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BeaconWindowTest {
    private static final CadenceCondition ANY = new CadenceCondition(0, 0, Long.MAX_VALUE);

    /** Of most check-ins, ms. */
    private static final long BEAT = 30_000;
    private static final long SLIDE = 300_000;

    @Test
    void whateverTheArrivalOrderItSumsWhatTheRawTimesSum() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = new BeaconWindow(true);
            List<Long> times = new ArrayList<>();
            for (int i = random.nextInt(1, 120); i > 0; i--) {
                long ms = Flows.T + random.nextLong(-20 * SLIDE, 20 * SLIDE);
                boolean opens = times.stream().noneMatch(t -> Math.floorDiv(t, SLIDE) == Math.floorDiv(ms, SLIDE));
                assertThat(window.add(ms, SLIDE, 1, 1, 7, true)).as("seed %d", seed).isEqualTo(opens);
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
        BeaconWindow window = new BeaconWindow(true);
        window.add(Flows.T + 7, SLIDE, 1, 1, 7, true);
        window.add(Flows.T - 1, SLIDE, 1, 1, 7, true);
        window.add(Flows.T - 10 * SLIDE, SLIDE, 1, 1, 7, true);
        assertThat(window.oldestSliceMs(SLIDE)).isEqualTo(Flows.T - 10 * SLIDE);
        assertThat(window.sliceCount()).isEqualTo(3);
    }

    @Test
    void theEndsOfItsSlicesAreFoundInOrder() {
        BeaconWindow window = new BeaconWindow(true);
        for (int slice : new int[] {5, 0, 2}) {
            window.add(Flows.T + slice * SLIDE, SLIDE, 1, 1, 7, true);
        }
        long afterMs = Long.MIN_VALUE;
        for (int slice : new int[] {0, 2, 5}) {
            afterMs = window.sliceEndAfter(afterMs, SLIDE);
            assertThat(afterMs).isEqualTo(Flows.T + (slice + 1) * SLIDE);
        }
        assertThat(window.sliceEndAfter(afterMs, SLIDE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theWorstQualityOfItsConnectionsIsTheWindows() {
        BeaconWindow window = new BeaconWindow(true);
        Flow flow = Flows.outbound(1, 1, 443, Flows.T);
        flow.mayBePiece = true;
        window.add(flow.startMs, SLIDE, BeaconWindow.quality(flow), BeaconWindow.packets(flow), 7, true);
        flow.traits = Trait.GUESSED_INITIATOR | Trait.STITCHED;
        flow.samplingRate = 100;
        flow.packets = Long.MAX_VALUE;
        window.add(flow.startMs + SLIDE, SLIDE, BeaconWindow.quality(flow), BeaconWindow.packets(flow), 7, true);

        BeaconWindow.Summary all = window.summary(Flows.T, Flows.T + 2 * SLIDE, SLIDE);
        assertThat(all.traits()).isEqualTo(Trait.GUESSED_INITIATOR | Trait.STITCHED);
        assertThat(all.samplingRate()).isEqualTo(100);
        assertThat(all.packets()).isEqualTo(1L + Integer.MAX_VALUE);
        assertThat(window.summary(Flows.T, Flows.T + SLIDE, SLIDE).traits()).as("of the first slice").isZero();
    }

    @Test
    void whatIsWrittenIsReadAlsoBeforeTheEpoch() throws IOException {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = random(random, seed % 3 == 0 ? -50 * SLIDE : Flows.T);
            BeaconWindow read = BeaconWindow.read(true, new DataInputDeserializer(bytes(window)));
            assertSame(read, window, seed);
            assertThat(bytes(read)).as("seed %d", seed).isEqualTo(bytes(window));
        }
    }

    @Test
    void aTupleSeenOnceTakesFewBytes() throws IOException {
        BeaconWindow window = new BeaconWindow(true);
        window.add(Flows.T + 250_000, SLIDE, 1, 1, 7, true);
        assertThat(bytes(window)).hasSizeLessThanOrEqualTo(20);
    }

    private static BeaconWindow random(SplittableRandom random, long aroundMs) {
        BeaconWindow window = new BeaconWindow(true);
        for (int i = random.nextInt(300); i > 0; i--) {
            window.add(aroundMs + random.nextLong(-100 * SLIDE, 100 * SLIDE), SLIDE, 1, 1, 7, true);
        }
        return window;
    }

    private static void assertSame(BeaconWindow read, BeaconWindow window, long seed) {
        assertThat(read.total()).as("seed %d", seed).isEqualTo(window.total());
        assertThat(read.sliceCount()).isEqualTo(window.sliceCount());
        long endMs = window.sliceEndAfter(Long.MIN_VALUE, SLIDE);
        while (endMs != Long.MAX_VALUE) {
            assertThat(read.sliceEndAfter(endMs - SLIDE, SLIDE)).as("seed %d", seed).isEqualTo(endMs);
            assertThat(read.summary(endMs - SLIDE, endMs, SLIDE))
                    .as("seed %d", seed)
                    .isEqualTo(window.summary(endMs - SLIDE, endMs, SLIDE));
            endMs = window.sliceEndAfter(endMs, SLIDE);
        }
    }

    private static byte[] bytes(BeaconWindow window) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(256);
        window.write(out);
        return out.getCopyOfBuffer();
    }

    /** The earliest of each slice, in order, and where the rest of a slice is not known, no interval to what follows. */
    @Test
    void theIntervalsAreThoseOfTheEarliestCheckInsOfEachSlice() throws IOException {
        int regular = 0;
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            BeaconWindow window = new BeaconWindow(true);
            java.util.TreeMap<Long, List<Long>> slices = new java.util.TreeMap<>();
            for (int i = random.nextInt(2, 400); i > 0; i--) {
                // Few slices, so that some hold more than are kept.
                long ms = Flows.T + (random.nextInt(4) > 0 ? random.nextLong(8 * SLIDE / BEAT) * BEAT : random.nextLong(8 * SLIDE));
                window.add(ms, SLIDE, 1, 1, random.nextInt(512), true);
                slices.computeIfAbsent(Math.floorDiv(ms, SLIDE), slice -> new ArrayList<>()).add(ms);
            }
            long fromMs = Flows.T + random.nextInt(3) * SLIDE;
            long toMs = fromMs + random.nextInt(1, 6) * SLIDE;
            Rhythm expected = new Rhythm(ANY);
            slices.forEach((slice, times) -> {
                times.sort(null);
                if (slice * SLIDE >= fromMs && slice * SLIDE < toMs) {
                    times.stream().limit(CheckIns.PER_SLICE).forEach(ms -> expected.add(ms, 7));
                    if (times.size() > CheckIns.PER_SLICE) {
                        expected.skip();
                    }
                }
            });
            BeaconWindow read = BeaconWindow.read(true, new DataInputDeserializer(bytes(window)));
            for (BeaconWindow each : List.of(window, read)) {
                Rhythm rhythm = new Rhythm(ANY);
                each.addTo(rhythm, fromMs, toMs, SLIDE);
                Cadence found = cadence(rhythm);
                assertThat(found).as("seed %d", seed).isEqualTo(cadence(expected));
                regular += found == null ? 0 : 1;
                assertThat(rhythm.ritaScore(fromMs, toMs) >= 0).isTrue();
            }
            assertThat(read.size()).as("seed %d", seed).isEqualTo(window.size());
        }
        assertThat(regular).as("windows with a cadence, of 200").isGreaterThan(40);
    }

    private static Cadence cadence(Rhythm rhythm) {
        Regularity found = rhythm.regularity(1);
        return found == null ? null : found.cadence();
    }
}
