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

    /** As {@link #evaluate(IntervalHistogram, long[], int, double)}, of any score. */
    public Cadence evaluate(IntervalHistogram intervals, long[] startsMs, int count) {
        return evaluate(intervals, startsMs, count, 0);
    }

    /**
     * @param intervals between check-ins that follow each other
     * @param startsMs of the check-ins, ascending, ms; only the first {@code count} matter
     * @param least a score that does not matter, nor any below it: 0 is then as good, and sooner known
     */
    public Cadence evaluate(IntervalHistogram intervals, long[] startsMs, int count, double least) {
        Cadence found = byInterval.evaluate(intervals, Math.min(least, ENOUGH) - ROUNDING);
        if (found.score() >= ENOUGH) {
            return found;
        }
        Cadence recurrent = byRecurrence.evaluate(startsMs, count, Math.max(least - ROUNDING, found.score()));
        return recurrent.score() > found.score() ? recurrent : found;
    }
}
