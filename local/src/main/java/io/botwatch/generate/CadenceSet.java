package io.botwatch.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A labelled set of one day's check-ins to measure a cadence score by: beacons of four periods under conditions that are hard
 * in practice, and traffic without any cadence. The same seed gives the same set.
 */
public final class CadenceSet {
    /** The condition of a beacon whose check-ins are the only thing that is hard about it. */
    public static final String EXACT = "interval in [T(1-0.1), T]";

    public static final String WIDE_JITTER = "interval in T ± 50 %";
    public static final String MISSED_30 = "missed 30 %, jitter 20 %";
    public static final String SCHEDULE = "active 8 h of the day";
    public static final String ONE_RANDOM = "1 random connection a period besides";

    private static final long HOUR_MS = 3_600_000;
    private static final long[] PERIODS_MS = {60_000, 300_000, 900_000, HOUR_MS};
    private static final long LONGEST_OF_HALF_A_DAY_MS = 900_000;

    /** What most conditions leave the intervals: uniform in [T(1 - 0.2), T]. */
    private static final double JITTER = 0.2;

    private final long seed;
    private final List<CheckIns> made = new ArrayList<>();

    private CadenceSet(long seed) {
        this.seed = seed;
    }

    /** @param each how many of each period and condition; there are 75 of those */
    public static List<CheckIns> beacons(long seed, int each) {
        CadenceSet set = new CadenceSet(seed);
        for (int i = 0; i < each; i++) {
            for (long periodMs : PERIODS_MS) {
                set.addBeacons(periodMs, i);
            }
        }
        return set.made;
    }

    /** @param each how many of each of five kinds */
    public static List<CheckIns> others(long seed, int each) {
        CadenceSet set = new CadenceSet(seed);
        for (int i = 0; i < each; i++) {
            set.addOthers(i);
        }
        return set.made;
    }

    private void addBeacons(long periodMs, int i) {
        for (double jitter : new double[] {0.1, 0.3, 0.5, 0.9}) {
            beacon("interval in [T(1-" + jitter + "), T]", periodMs, i, series -> walk(series, periodMs, 1 - jitter, 1, 0));
        }
        beacon("interval in T ± 30 %", periodMs, i, series -> walk(series, periodMs, 0.7, 1.3, 0));
        beacon(WIDE_JITTER, periodMs, i, series -> walk(series, periodMs, 0.5, 1.5, 0));
        beacon(MISSED_30, periodMs, i, series -> walk(series, periodMs, 0.8, 1, 0.3));
        beacon("missed 30 %, jitter 30 %", periodMs, i, series -> walk(series, periodMs, 0.7, 1, 0.3));
        beacon("missed 50 %, jitter 20 %", periodMs, i, series -> walk(series, periodMs, 0.8, 1, 0.5));
        beacon("missed 70 %, jitter 20 %", periodMs, i, series -> walk(series, periodMs, 0.8, 1, 0.7));
        beacon(SCHEDULE, periodMs, i, series -> {
            double fromMs = series.dice.between(0.0, 16.0 * HOUR_MS);
            walk(series, periodMs, 1 - JITTER, 1, 0, fromMs, fromMs + 8 * HOUR_MS);
        });
        if (periodMs <= LONGEST_OF_HALF_A_DAY_MS) {
            beacon("active the first 4 h", periodMs, i, series -> walk(series, periodMs, 1 - JITTER, 1, 0, 0, 4 * HOUR_MS));
        }
        beacon("4 connections a check-in", periodMs, i, series -> {
            Dice dice = series.dice;
            for (double t = dice.between(0.0, periodMs); t < CheckIns.DAY_MS; t += step(dice, periodMs)) {
                double at = t;
                for (int k = 0; k < 4; k++) {
                    series.times.add(at);
                    at += dice.exponential(1_000);
                }
            }
        });
        beacon("0.3 random connections a period besides", periodMs, i, series -> {
            walk(series, periodMs, 1 - JITTER, 1, 0);
            series.times.addPoisson(periodMs / 0.3);
        });
        beacon(ONE_RANDOM, periodMs, i, series -> {
            walk(series, periodMs, 1 - JITTER, 1, 0);
            series.times.addPoisson(periodMs);
        });
        beacon("two periods, T and 5 T", periodMs, i, series -> {
            walk(series, periodMs, 1 - JITTER, 1, 0);
            walk(series, 5 * periodMs, 1 - JITTER, 1, 0);
        });
        for (int percent : new int[] {10, 20, 30}) {
            beacon("fixed clock, normal error " + percent + " %", periodMs, i, series -> {
                double phaseMs = series.dice.between(0.0, periodMs);
                for (double t = phaseMs; t < CheckIns.DAY_MS; t += periodMs) {
                    series.times.add(t + percent / 100.0 * periodMs * series.dice.gaussian());
                }
            });
        }
    }

    private record Series(Dice dice, CheckInSeries times) {}

    private void beacon(String condition, long periodMs, int i, Consumer<Series> make) {
        Dice dice = new Dice(seed, "cadence " + condition + " " + periodMs + " " + i);
        CheckInSeries times = new CheckInSeries(dice);
        make.accept(new Series(dice, times));
        made.add(times.asBeacon(condition, periodMs));
    }

    private static double step(Dice dice, long periodMs) {
        return periodMs * dice.between(1 - JITTER, 1.0);
    }

    private static void walk(Series series, long periodMs, double least, double most, double missed) {
        walk(series, periodMs, least, most, missed, 0, CheckIns.DAY_MS);
    }

    /** Each interval anew from least to most times the period. */
    private static void walk(
            Series series, long periodMs, double least, double most, double missed, double fromMs, double toMs) {
        Dice dice = series.dice;
        for (double t = fromMs + dice.between(0.0, Math.min(periodMs, (toMs - fromMs) / 2)); t < toMs; t += periodMs * dice.between(least, most)) {
            if (!dice.chance(missed)) {
                series.times.add(t);
            }
        }
    }

    private void addOthers(int i) {
        other("memoryless", i, (dice, times) -> times.addPoisson(CheckIns.DAY_MS / perDay(dice)));
        other("memoryless, by the hour of the day", i, (dice, times) -> {
            double rate = perDay(dice);
            // Thinned: at night a tenth of what noon has.
            for (double t = dice.exponential(CheckIns.DAY_MS / (2 * rate)); t < CheckIns.DAY_MS; t += dice.exponential(CheckIns.DAY_MS / (2 * rate))) {
                double shape = 0.55 - 0.45 * StrictMath.cos(2 * Math.PI * t / CheckIns.DAY_MS);
                if (dice.chance(shape)) {
                    times.add(t);
                }
            }
        });
        other("log-normal gaps", i, (dice, times) -> {
            double sigma = dice.between(0.8, 1.5);
            double median = CheckIns.DAY_MS / perDay(dice) / StrictMath.exp(sigma * sigma / 2);
            for (double t = dice.logNormal(median, sigma); t < CheckIns.DAY_MS; t += dice.logNormal(median, sigma)) {
                times.add(t);
            }
        });
        other("browsing", i, (dice, times) -> browse(dice, times, 1.2));
        other("browsing, few pages", i, (dice, times) -> browse(dice, times, 0.9));
    }

    private interface Traffic {
        void make(Dice dice, CheckInSeries times);
    }

    private void other(String condition, int i, Traffic traffic) {
        Dice dice = new Dice(seed, "other " + condition + " " + i);
        CheckInSeries times = new CheckInSeries(dice);
        traffic.make(dice, times);
        made.add(times.asOther(condition));
    }

    /** 20 to 3 000, each magnitude as likely. */
    private static double perDay(Dice dice) {
        return 20 * StrictMath.exp(dice.unit() * StrictMath.log(150));
    }

    /** From 8 to 18 h: pages of some connections each, and think times of Pareto's distribution from 10 s. */
    private static void browse(Dice dice, CheckInSeries times, double shape) {
        double toMs = 18 * HOUR_MS;
        for (double t = 8 * HOUR_MS + dice.exponential(HOUR_MS); t < toMs; ) {
            double at = t;
            for (int k = dice.between(1, 8); k > 0; k--) {
                times.add(at);
                at += dice.exponential(400);
            }
            t += Math.min(4 * HOUR_MS, 10_000 * StrictMath.pow(1 - dice.unit(), -1 / shape));
        }
    }
}
