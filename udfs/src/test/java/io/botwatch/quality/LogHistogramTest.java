package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogHistogramTest {

    @Test
    void aQuantileIsAtMostSixPerCentAboveTheOneOfTheSortedValues() {
        for (long seed = 1; seed <= 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long[] values = new long[random.nextInt(1, 2_000)];
            LogHistogram histogram = new LogHistogram();
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextLong(1L << random.nextInt(1, 37));
                histogram.add(values[i]);
            }
            Arrays.sort(values);
            assertThat(histogram.count()).isEqualTo(values.length);
            assertThat(histogram.max()).isEqualTo(values[values.length - 1]);
            for (double share : new double[] {0, 0.01, 0.5, 0.9, 0.99, 0.999, 1}) {
                long exact = values[Math.max(1, (int) Math.ceil(share * values.length)) - 1];
                assertThat(histogram.quantile(share))
                        .as("seed %d, %.3f of %d values", seed, share, values.length)
                        .isBetween(exact, exact + exact / 16 + 1);
            }
        }
    }

    @Test
    void absurdValuesLieInTheFirstAndTheLastBucket() {
        LogHistogram histogram = new LogHistogram();
        histogram.add(Long.MIN_VALUE);
        histogram.add(-1);
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(3);
        assertThat(histogram.max()).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.quantile(0.5)).isZero();
        assertThat(histogram.quantile(1)).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.above(1_000)).isEqualTo(1);
        assertThat(histogram.pile(10_000)).isZero();
    }

    @Test
    void ofNothingAllIsZero() {
        LogHistogram none = new LogHistogram();
        assertThat(none.count()).isZero();
        assertThat(none.max()).isZero();
        assertThat(none.quantile(0.5)).isZero();
        assertThat(none.above(0)).isZero();
        assertThat(none.pile(10_000)).isZero();
    }

    @Test
    void whatIsAboveAValueIsCountedToWithinItsBucket() {
        LogHistogram histogram = new LogHistogram();
        for (long value = 0; value < 100_000; value++) {
            histogram.add(value);
        }
        for (long value : new long[] {0, 10, 100, 5_000, 80_000, 99_999, 1L << 50}) {
            long exact = Math.max(0, 99_999 - value);
            assertThat(histogram.above(value)).isBetween(Math.max(0, exact - value / 16 - 1), exact);
        }
    }

    @Test
    void durationsThatAreCutAtATimeoutPileUpThere() {
        for (long timeoutMs : new long[] {15_000, 30_000, 60_000, 120_000, 300_000, 1_800_000}) {
            SplittableRandom random = new SplittableRandom(timeoutMs);
            LogHistogram histogram = new LogHistogram();
            for (int i = 0; i < 10_000; i++) {
                // heavy-tailed lives, of which an exporter reports pieces
                long life = (long) (100 / Math.pow(random.nextDouble(), 1.3));
                for (long left = Math.min(life, 100 * timeoutMs); left > 0; left -= timeoutMs) {
                    histogram.add(left > timeoutMs ? timeoutMs - random.nextLong(timeoutMs / 50) : left);
                }
            }
            assertThat(histogram.pile(10_000))
                    .as("timeout %d", timeoutMs)
                    .isBetween(timeoutMs - timeoutMs / 12, timeoutMs + timeoutMs / 16);
        }
    }

    @Test
    void durationsThatNothingCutsDoNotPileUp() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LogHistogram heavyTail = new LogHistogram();
            LogHistogram even = new LogHistogram();
            for (int i = 0; i < 20_000; i++) {
                heavyTail.add((long) (100 / Math.pow(random.nextDouble(), 1.3)));
                even.add(random.nextLong(3_600_000));
            }
            assertThat(heavyTail.pile(10_000)).as("heavy tail, seed %d", seed).isZero();
            assertThat(even.pile(10_000)).as("even, seed %d", seed).isZero();
        }
    }
}
