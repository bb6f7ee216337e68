package io.botwatch.cadence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class CadenceScoreTest {
    private static final double ALERT = 0.5;
    private static final long MINUTE = 60_000;

    private final IntervalHistogram histogram = new IntervalHistogram();
    private final CadenceScore score = new CadenceScore();

    /** Of so many intervals, each made of a number that is uniform in [0, 1). */
    private Cadence of(SplittableRandom random, int intervals, DoubleUnaryOperator intervalMs) {
        histogram.clear();
        for (int i = 0; i < intervals; i++) {
            histogram.add(Math.round(intervalMs.applyAsDouble(random.nextDouble())));
        }
        return score.evaluate(histogram);
    }

    @Test
    void anExactCadenceIsAsRegularAsCanBe() {
        for (long period : new long[] {1_000, 60_000, 3_600_000, 86_400_000}) {
            Cadence found = of(new SplittableRandom(1), 50, u -> period);
            assertThat(found.score()).as("%d ms", period).isGreaterThan(0.99);
            assertThat(found.fromMs()).isLessThanOrEqualTo(period);
            assertThat(found.toMs()).isGreaterThan(period);
            assertThat(found.missedShare()).isZero();
        }
    }

    @Test
    void jitterOfHalfAPeriodIsACadence() {
        for (long seed = 0; seed < 200; seed++) {
            assertThat(of(new SplittableRandom(seed), 100, u -> (0.5 + u) * 5 * MINUTE).score())
                    .as("seed %d", seed)
                    .isGreaterThan(ALERT);
        }
    }

    @Test
    void missedCheckInsAreCounted() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            histogram.clear();
            int beats = 0;
            int kept = 0;
            for (int i = 0; i < 300; i++) {
                int gap = 1;
                while (random.nextDouble() < 0.3) {
                    gap++;
                }
                beats += gap;
                kept++;
                histogram.add(gap * MINUTE);
            }
            Cadence found = score.evaluate(histogram);
            assertThat(found.score()).as("seed %d", seed).isGreaterThan(ALERT);
            // Gaps of five beats and more are not taken for missed check-ins.
            assertThat(found.missedShare()).as("seed %d", seed).isCloseTo(1 - (double) kept / beats, within(0.06));
        }
    }

    @Test
    void severalConnectionsOfOneCheckInHideNoCadence() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            histogram.clear();
            for (int i = 0; i < 100; i++) {
                long burst = 0;
                for (int k = 0; k < 3; k++) {
                    long gap = 50 + random.nextLong(400);
                    burst += gap;
                    histogram.add(gap);
                }
                histogram.add(5 * MINUTE - burst);
            }
            Cadence found = score.evaluate(histogram);
            assertThat(found.score()).as("seed %d", seed).isGreaterThan(0.9);
            assertThat(found.burstCutMs()).as("seed %d", seed).isGreaterThan(0);
        }
    }

    @Test
    void memorylessTrafficOfAnyRateIsNoCadence() {
        for (long seed = 0; seed < 3_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double meanMs = Math.exp(Math.log(1_000) + random.nextDouble() * Math.log(3_600));
            int intervals = random.nextInt(5, 2_000);
            assertThat(of(random, intervals, u -> -meanMs * Math.log(1 - u)).score())
                    .as("seed %d, %d intervals of %.0f ms on average", seed, intervals, meanMs)
                    .isLessThan(ALERT);
        }
    }

    @Test
    void noMemorylessTrafficPutsMoreIntoAWindowThanTheLargestShare() {
        for (double ratio : new double[] {1.02, 1.1, 1.5, 2, 3}) {
            double largest = 0;
            for (double lower = 0.001; lower < 20; lower += 0.001) {
                largest = Math.max(largest, Math.exp(-lower) - Math.exp(-lower * ratio));
            }
            assertThat(CadenceScore.largestShare(ratio)).as("ratio %s", ratio).isCloseTo(largest, within(1e-5));
        }
    }

    @Test
    void fewerThanFourIntervalsSayNothing() {
        assertThat(of(new SplittableRandom(1), 3, u -> MINUTE)).isEqualTo(Cadence.NONE);
        histogram.clear();
        assertThat(score.evaluate(histogram)).isEqualTo(Cadence.NONE);
    }

    @Test
    void anIntervalLiesBetweenTheEdgesOfItsBin() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            long interval = Math.round(Math.exp(random.nextDouble() * Math.log(1e9)));
            int bin = IntervalHistogram.bin(interval);
            if (interval > 250) {
                assertThat((double) interval).isGreaterThanOrEqualTo(IntervalHistogram.edgeMs(bin));
                if (bin < IntervalHistogram.BINS - 1) {
                    assertThat((double) interval).isLessThan(IntervalHistogram.edgeMs(bin + 1));
                }
            }
        }
        assertThat(IntervalHistogram.bin(0)).isZero();
        assertThat(IntervalHistogram.bin(Long.MAX_VALUE)).isEqualTo(IntervalHistogram.BINS - 1);
    }

    @Test
    void aHistogramThatWasClearedIsAsNew() {
        of(new SplittableRandom(1), 500, u -> 1_000 + u * 100_000);
        histogram.clear();
        assertThat(histogram.total()).isZero();
        assertThat(Arrays.stream(histogram.counts).sum()).isZero();
    }

    @Test
    void thePeriodIsTheMedianOfTheIntervalsInTheWindow() {
        Cadence window = new Cadence(1, 50_000, 70_000, 0, 7, 10, 0, false);
        Period period = Period.of(window, new long[] {10, 60_000, 61_000, 59_000, 200_000, 58_000, 62_000, 1, 2}, 7);
        assertThat(period.ms()).isEqualTo(60_000);
        assertThat(period.jitter()).isCloseTo(4_000 / 120_000.0, within(1e-9));
        assertThat(Period.of(window, new long[] {1, 2}, 2)).isEqualTo(Period.NONE);
    }

    @Test
    void constancyIsTheLargestShareOfSizesWithinASixth() {
        SizeConstancy sizes = new SizeConstancy();
        assertThat(sizes.largestShare()).isZero();
        for (long bytes : new long[] {1_000, 1_010, 1_020, 5_000}) {
            sizes.add(SizeConstancy.encode(bytes));
        }
        assertThat(sizes.largestShare()).isEqualTo(0.75);
        sizes.clear();
        assertThat(sizes.largestShare()).isZero();
        for (long bytes : new long[] {2, 40, 1_500, 1_000_000, 10_000_000_000L}) {
            assertThat(SizeConstancy.decode(SizeConstancy.encode(bytes)) / bytes).isCloseTo(1, within(0.05));
        }
        assertThat(SizeConstancy.encode(Long.MAX_VALUE)).isEqualTo(SizeConstancy.CODES - 1);
    }
}
