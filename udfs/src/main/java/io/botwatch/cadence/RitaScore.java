package io.botwatch.cadence;

import java.util.Arrays;

/**
 * The beacon score of RITA v5 (Active Countermeasures), for those who know it: of times, of sizes, of the spread over the data set
 * and of its length, a quarter each. Formulas after its description and its own test vectors; it takes whole seconds.
 *
 * @param time how symmetric and narrow the intervals are, 0 to 1
 * @param size how symmetric and narrow the source's bytes are, 0 to 1
 * @param histogram how even 24 bars over the data set's span are, or how well two heights describe them, 0 to 1
 * @param duration how much of the span there are connections, 0 to 1
 * @param total their mean, 0 to 1
 */
public record RitaScore(double time, double size, double histogram, double duration, double total) {
    /** What RITA does not score. */
    public static final RitaScore NONE = new RitaScore(0, 0, 0, 0, 0);

    private static final int MIN_TIMES = 4;
    private static final int MIN_INTERVALS = 3;
    private static final int BARS = 24;
    private static final int MIN_BARS_FOR_TWO_LEVELS = 11;
    private static final int MIN_BARS_FOR_DURATION = 6;

    /**
     * @param times when connections began, s; in any order
     * @param bytes of each connection from its source; in any order, as many
     * @param from start of the data set, s
     * @param to its end, s; after its start
     * @return {@link #NONE} with fewer than four times or three intervals of a second and more
     */
    public static RitaScore of(long[] times, long[] bytes, long from, long to) {
        long[] sorted = ascending(times);
        double[] intervals = intervals(sorted);
        if (sorted.length < MIN_TIMES || intervals.length < MIN_INTERVALS) {
            return NONE;
        }
        RitaHistogram histogram = RitaHistogram.of(sorted, RitaHistogram.edges(from, to, BARS));
        double time = RitaStatistics.score(intervals, 1);
        double size = RitaStatistics.score(sizes(bytes), 0);
        double spread = histogram.score(MIN_BARS_FOR_TWO_LEVELS);
        double duration = RitaHistogram.durationScore(
                RitaHistogram.coverage(sorted[0], sorted[sorted.length - 1], from, to),
                RitaHistogram.consistency(histogram.longestRun()),
                histogram.barsInUse(),
                MIN_BARS_FOR_DURATION);
        double total = weighted(new double[] {time, size, spread, duration}, new double[] {0.25, 0.25, 0.25, 0.25});
        return new RitaScore(time, size, spread, duration, total);
    }

    /** Ascending, without those of 0 s. */
    static double[] intervals(long[] sortedTimes) {
        double[] intervals = new double[Math.max(0, sortedTimes.length - 1)];
        int count = 0;
        for (int i = 1; i < sortedTimes.length; i++) {
            if (sortedTimes[i] > sortedTimes[i - 1]) {
                intervals[count++] = sortedTimes[i] - sortedTimes[i - 1];
            }
        }
        Arrays.sort(intervals, 0, count);
        return count == intervals.length ? intervals : Arrays.copyOf(intervals, count);
    }

    /** The array itself, where it is in order. */
    private static long[] ascending(long[] times) {
        for (int i = 1; i < times.length; i++) {
            if (times[i] < times[i - 1]) {
                long[] sorted = times.clone();
                Arrays.sort(sorted);
                return sorted;
            }
        }
        return times;
    }

    private static double[] sizes(long[] bytes) {
        double[] ascending = new double[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ascending[i] = bytes[i];
        }
        Arrays.sort(ascending);
        return ascending;
    }

    /** To three decimals. @param weights that sum to at most 1 */
    static double weighted(double[] scores, double[] weights) {
        double sum = 0;
        double all = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < 0 || weights[i] < 0) {
                throw new IllegalArgumentException("score " + scores[i] + " of weight " + weights[i]);
            }
            sum += scores[i] * weights[i];
            all += weights[i];
        }
        if (all > 1 + 1e-9) {
            throw new IllegalArgumentException("weights sum to " + all);
        }
        return RitaStatistics.rounded(sum);
    }
}
