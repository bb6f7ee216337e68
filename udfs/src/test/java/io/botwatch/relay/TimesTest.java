package io.botwatch.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TimesTest {

    @Test
    void theEarliestAndTheLatestAreKeptWhateverTheOrder() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int range = random.nextInt(1, 60);
            TreeSet<Long> all = new TreeSet<>();
            long[] times = new long[0];
            for (int i = random.nextInt(1, 60); i > 0; i--) {
                long ms = random.nextInt(range);
                all.add(ms);
                times = times.length == 0 ? new long[] {ms} : Times.add(times, ms);
            }
            assertThat(times).as("seed %d", seed).containsExactly(expected(all));
            assertThat(Times.first(times)).isEqualTo(all.first());
            assertThat(Times.last(times)).isEqualTo(all.last());
        }
    }

    @Test
    void mergingPartsGivesWhatAddingAllGives() {
        for (long seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeSet<Long> all = new TreeSet<>();
            long[] merged = null;
            for (int part = random.nextInt(1, 6); part > 0; part--) {
                long[] times = null;
                for (int i = random.nextInt(1, 20); i > 0; i--) {
                    long ms = random.nextInt(80);
                    all.add(ms);
                    times = times == null ? new long[] {ms} : Times.add(times, ms);
                }
                merged = merged == null ? times : random.nextBoolean() ? Times.merge(merged, times) : Times.merge(times, merged);
            }
            assertThat(merged).as("seed %d", seed).containsExactly(expected(all));
        }
    }

    @Test
    void theFirstFromATimeIsTheEarliestKeptThatIsNotBefore() {
        long[] times = {10, 20, 30};
        assertThat(Times.firstFrom(times, Long.MIN_VALUE)).isEqualTo(10);
        assertThat(Times.firstFrom(times, 10)).isEqualTo(10);
        assertThat(Times.firstFrom(times, 11)).isEqualTo(20);
        assertThat(Times.firstFrom(times, 30)).isEqualTo(30);
    }

    private static long[] expected(TreeSet<Long> all) {
        long[] sorted = all.stream().mapToLong(t -> t).toArray();
        if (sorted.length <= Times.KEPT) {
            return sorted;
        }
        long[] kept = Arrays.copyOf(sorted, Times.KEPT);
        kept[Times.KEPT - 1] = sorted[sorted.length - 1];
        return kept;
    }
}
