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
                Cadence asked = cadence.evaluate(intervals, starts, starts.length, new Sought(least, 0, Long.MAX_VALUE));
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

    /** Beats that are missed, with other connections and bursts among them; of any length and share. */
    private static long[] mixture(SplittableRandom random) {
        LongStream.Builder times = LongStream.builder();
        double period = Math.exp(random.nextDouble(Math.log(500), Math.log(6 * 3_600_000)));
        double jitter = random.nextDouble() * random.nextDouble();
        double missed = random.nextDouble() * random.nextDouble();
        double others = random.nextInt(3) == 0 ? 0 : random.nextDouble(2);
        double t = 0;
        for (int i = random.nextInt(8, 300); i > 0; i--) {
            t += period * (1 - jitter * random.nextDouble());
            if (random.nextDouble() >= missed) {
                times.add((long) t);
                for (int burst = random.nextInt(5) == 0 ? random.nextInt(4) : 0; burst > 0; burst--) {
                    times.add((long) (t + random.nextDouble(3_000)));
                }
            }
            if (random.nextDouble(2) < others) {
                times.add((long) (t * random.nextDouble()));
            }
        }
        return times.build().sorted().toArray();
    }

    @Test
    void whatIsSoughtIsFoundAsIfAllWereSought() {
        int found = 0;
        int passedOver = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            long[] startsMs = mixture(random);
            IntervalHistogram intervals = new IntervalHistogram();
            long[] intervalsMs = new long[Math.max(0, startsMs.length - 1)];
            for (int i = 1; i < startsMs.length; i++) {
                intervalsMs[i - 1] = startsMs[i] - startsMs[i - 1];
                intervals.add(intervalsMs[i - 1]);
            }
            long fromMs = (long) Math.exp(random.nextDouble(Math.log(500), Math.log(DAY)));
            Sought sought = new Sought(random.nextDouble(0.3, 0.9), fromMs, (long) (fromMs * random.nextDouble(1.1, 300)));
            Cadence any = cadence.evaluate(intervals, startsMs, startsMs.length);
            Cadence one = cadence.evaluate(intervals, startsMs, startsMs.length, sought);
            if (isSought(any, sought, intervalsMs)) {
                assertThat(one).as("seed %d", seed).isEqualTo(any);
                found++;
            } else {
                assertThat(isSought(one, sought, intervalsMs)).as("seed %d: %s, sought %s", seed, one, sought).isFalse();
                passedOver += one.equals(any) ? 0 : 1;
            }
        }
        assertThat(found).as("found").isGreaterThan(2_000);
        assertThat(passedOver).as("passed over").isGreaterThan(2_000);
    }

    private static boolean isSought(Cadence cadence, Sought sought, long[] intervalsMs) {
        double periodMs = Period.of(cadence, intervalsMs, intervalsMs.length).ms();
        return cadence.score() >= sought.least() && periodMs >= sought.fromMs() && periodMs < sought.toMs();
    }
}
