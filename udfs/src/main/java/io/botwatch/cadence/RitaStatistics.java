package io.botwatch.cadence;

/** What RITA v5 makes of a list of intervals or sizes: how symmetric it is, and how narrow. */
final class RitaStatistics {
    /** Narrower than this between the quartiles, skewness says nothing. */
    private static final double LEAST_SPREAD = 10;

    private static final int MIN_VALUES = 3;

    private RitaStatistics() {}

    /**
     * Mean of the scores of skewness and of deviation, to three decimals.
     *
     * @param sorted ascending, at least three
     * @param ofZero the deviation's score where the median is below 1
     */
    static double score(double[] sorted, double ofZero) {
        return rounded((skewnessScore(sorted) + deviationScore(sorted, ofZero)) / 2);
    }

    static double skewnessScore(double[] sorted) {
        return 1 - Math.abs(skewness(sorted));
    }

    /** Bowley's skewness, -1 to 1; 0 where the quartiles are too close to say. */
    static double skewness(double[] sorted) {
        if (sorted.length < MIN_VALUES) {
            throw new IllegalArgumentException("skewness of " + sorted.length + " values");
        }
        int half = sorted.length / 2;
        double lower = median(sorted, 0, half);
        double middle = median(sorted, 0, sorted.length);
        double upper = median(sorted, sorted.length - half, sorted.length);
        double spread = upper - lower;
        if (spread < LEAST_SPREAD || middle == lower || middle == upper) {
            return 0;
        }
        return (upper + lower - 2 * middle) / spread;
    }

    /** Share of the median that the median absolute deviation leaves of it. */
    static double deviationScore(double[] sorted, double ofZero) {
        double deviation = medianAbsoluteDeviation(sorted);
        double median = median(sorted, 0, sorted.length);
        return median < 1 ? ofZero : Math.max(0, (median - deviation) / median);
    }

    static double medianAbsoluteDeviation(double[] sorted) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("deviation of no values");
        }
        double median = median(sorted, 0, sorted.length);
        // Deviations rise from the median to both ends: the larger one of the two is the next, from the largest down.
        int low = 0;
        int high = sorted.length - 1;
        double last = 0;
        double before = 0;
        for (int i = sorted.length - 1; i >= (sorted.length - 1) / 2; i--) {
            before = last;
            last = Math.max(Math.abs(sorted[low] - median), Math.abs(sorted[high] - median));
            if (last == Math.abs(sorted[low] - median)) {
                low++;
            } else {
                high--;
            }
        }
        return sorted.length % 2 == 1 ? last : (last + before) / 2;
    }

    private static double median(double[] sorted, int from, int to) {
        int middle = (from + to) / 2;
        return (to - from) % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** To three decimals, half away from zero. */
    static double rounded(double score) {
        return Math.signum(score) * Math.floor(Math.abs(score) * 1000 + 0.5) / 1000;
    }

    /** To three decimals, up. */
    static double roundedUp(double score) {
        return Math.ceil(score * 1000) / 1000;
    }
}
