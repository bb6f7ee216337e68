package io.botwatch.cadence;

/**
 * How regular check-ins are: by their intervals, and where those alone show no cadence, by times that come back although other
 * connections lie in between. Not for use by several threads.
 */
public final class CheckInCadence {
    /** From here on intervals alone say it, and nothing else is looked at. */
    private static final double ENOUGH = 0.5;

    private final CadenceScore byInterval = new CadenceScore();
    private final RecurrenceScore byRecurrence = new RecurrenceScore();

    /**
     * @param intervals between check-ins that follow each other
     * @param startsMs of the check-ins, ascending, ms; only the first {@code count} matter
     */
    public Cadence evaluate(IntervalHistogram intervals, long[] startsMs, int count) {
        Cadence found = byInterval.evaluate(intervals);
        if (found.score() >= ENOUGH) {
            return found;
        }
        Cadence recurrent = byRecurrence.evaluate(startsMs, count);
        return recurrent.score() > found.score() ? recurrent : found;
    }
}
