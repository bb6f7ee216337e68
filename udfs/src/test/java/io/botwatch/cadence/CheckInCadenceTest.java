package io.botwatch.cadence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CheckInCadenceTest {
    private static final double ALERT = 0.5;
    private static final long PERIOD = 300_000;
    private static final long DAY = 86_400_000;

    private final CheckInCadence cadence = new CheckInCadence();

    private Cadence of(long... startsMs) {
        Arrays.sort(startsMs);
        IntervalHistogram intervals = new IntervalHistogram();
        for (int i = 1; i < startsMs.length; i++) {
            intervals.add(startsMs[i] - startsMs[i - 1]);
        }
        return cadence.evaluate(intervals, startsMs, startsMs.length);
    }

    /** Intervals from four fifths of the period to all of it. */
    private static LongStream beats(SplittableRandom random, long fromMs, long toMs) {
        LongStream.Builder beats = LongStream.builder();
        for (double t = fromMs; t < toMs; t += PERIOD * random.nextDouble(0.8, 1)) {
            beats.add((long) t);
        }
        return beats.build();
    }

    private static LongStream memoryless(SplittableRandom random, double meanMs, long toMs) {
        LongStream.Builder times = LongStream.builder();
        for (double t = 0; t < toMs; t -= meanMs * Math.log(1 - random.nextDouble())) {
            times.add((long) t);
        }
        return times.build();
    }

    @Test
    void asManyRandomConnectionsAsBeatsHideNoCadence() {
        int found = 0;
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Cadence both = of(LongStream.concat(beats(random, 0, DAY), memoryless(random, PERIOD, DAY)).toArray());
            found += both.score() >= ALERT ? 1 : 0;
            if (both.interleaved()) {
                assertThat(both.toMs()).as("seed %d", seed).isGreaterThan(0.8 * PERIOD);
                assertThat(both.fromMs()).as("seed %d", seed).isLessThan(PERIOD);
            }
        }
        assertThat(found).as("of 100").isGreaterThan(95);
    }

    @Test
    void memorylessTrafficOfAnyRateHasNoCadence() {
        for (long seed = 0; seed < 40_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double meanMs = DAY / Math.exp(random.nextDouble(Math.log(20), Math.log(3_000)));
            assertThat(of(memoryless(random, meanMs, DAY).toArray()).score()).as("seed %d", seed).isLessThan(ALERT);
        }
    }

    @Test
    void whatIntervalsShowIsNotLookedForBetweenThem() {
        SplittableRandom random = new SplittableRandom(1);
        Cadence exact = of(beats(random, 0, DAY).toArray());
        assertThat(exact.score()).isGreaterThan(0.7);
        assertThat(exact.interleaved()).isFalse();
    }

    @Test
    void whatComesBackForAWhileOnlyIsNoCadence() {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LongStream some = beats(random, 0, DAY / 8);
            Cadence found = of(LongStream.concat(some, memoryless(random, PERIOD, DAY)).toArray());
            assertThat(found.score()).as("seed %d", seed).isLessThan(ALERT);
        }
    }

    /** What is asked for is found just as without asking, and nothing else is. */
    @Test
    void aLeastScoreLeavesOutWhatDoesNotReachItAndNothingElse() {
        int found = 0;
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LongStream noise = memoryless(random, PERIOD * random.nextDouble(0.5, 20), DAY);
            long[] starts = LongStream.concat(beats(random, 0, random.nextLong(DAY)), noise).sorted().toArray();
            IntervalHistogram intervals = new IntervalHistogram();
            for (int i = 1; i < starts.length; i++) {
                intervals.add(starts[i] - starts[i - 1]);
            }
            Cadence any = cadence.evaluate(intervals, starts, starts.length);
            for (double least : new double[] {0.3, 0.53, any.score()}) {
                Cadence asked = cadence.evaluate(intervals, starts, starts.length, least);
                if (any.score() >= least) {
                    assertThat(asked).as("seed %d, least %s", seed, least).isEqualTo(any);
                    found++;
                } else {
                    assertThat(asked.score()).as("seed %d, least %s", seed, least).isLessThan(least);
                }
            }
        }
        assertThat(found).isGreaterThan(400);
    }

    @Test
    void fewCheckInsHaveNone() {
        assertThat(of()).isEqualTo(Cadence.NONE);
        assertThat(of(1)).isEqualTo(Cadence.NONE);
        assertThat(of(1, 2, 3, 4)).isEqualTo(Cadence.NONE);
    }
}
