package io.botwatch.cadence;

import java.util.Arrays;

/**
 * The period of a cadence, from the intervals of its winning window.
 *
 * @param ms their median, ms; -1 where there is none
 * @param jitter half the range from their tenth to their ninetieth percentile, as a share of the median; NaN where there is none
 */
public record Period(double ms, double jitter) {
    static final Period NONE = new Period(-1, Double.NaN);

    /** @param intervalsMs in any order; the first {@code count} count, and are put in another order */
    public static Period of(Cadence cadence, long[] intervalsMs, int count) {
        int inside = 0;
        for (int i = 0; i < count; i++) {
            long interval = intervalsMs[i];
            if (interval >= cadence.fromMs() && interval < cadence.toMs()) {
                intervalsMs[i] = intervalsMs[inside];
                intervalsMs[inside++] = interval;
            }
        }
        if (inside == 0) {
            return NONE;
        }
        Arrays.sort(intervalsMs, 0, inside);
        double median = (intervalsMs[(inside - 1) / 2] + intervalsMs[inside / 2]) / 2.0;
        long tenth = intervalsMs[(inside - 1) / 10];
        long ninetieth = intervalsMs[inside - 1 - (inside - 1) / 10];
        return new Period(median, (ninetieth - tenth) / (2 * median));
    }
}
