package io.botwatch.cadence;

/**
 * How regular check-ins are: by their intervals, and where those alone show no cadence, by times that come back although other
 * connections lie in between. Not for use by several threads.
 */
public final class CheckInCadence {
    /** From here on intervals alone say it, and nothing else is looked at. */
    private static final double ENOUGH = 0.5;

    /** A score that is just as high as asked for must not be missed. */
    private static final double ROUNDING = 1e-9;

    private final CadenceScore byInterval = new CadenceScore();
    private final RecurrenceScore byRecurrence = new RecurrenceScore();

    /** As {@link #evaluate(IntervalHistogram, long[], int, Sought)}, of any score and period. */
    public Cadence evaluate(IntervalHistogram intervals, long[] startsMs, int count) {
        return evaluate(intervals, startsMs, count, Sought.ANY);
    }

    /**
     * @param intervals between check-ins that follow each other
     * @param startsMs of the check-ins, ascending, ms; only the first {@code count} matter
     * @return a score of 0 where nothing of what is sought is regular
     */
    public Cadence evaluate(IntervalHistogram intervals, long[] startsMs, int count, Sought sought) {
        double least = sought.least() - ROUNDING;
        double leastByInterval = Math.min(least, ENOUGH - ROUNDING);
        double within = byInterval.bestOf(intervals, leastByInterval, sought);
        if (within == 0 && !byRecurrence.finds(startsMs, count, least, sought)) {
            return Cadence.NONE;
        }
        // What is best of all periods decides, not what is best of those that are sought.
        Cadence found = byInterval.evaluate(intervals, Math.max(leastByInterval, Math.nextDown(within)));
        if (found.score() >= ENOUGH) {
            return found;
        }
        Cadence recurrent = byRecurrence.evaluate(startsMs, count, Math.max(least, found.score()));
        return recurrent.score() > found.score() ? recurrent : found;
    }
}
