package io.botwatch.generate;

/** A Poisson process whose rate follows a {@link DayShape}, by thinning (Lewis and Shedler, 1979). */
final class ArrivalClock {
    private final Dice dice;
    private final DayShape shape;
    private final double meanGapMs;
    private final long endMs;

    /**
     * @param endMs no arrival at or after this, epoch ms
     * @param perDay arrivals on a working day of 24 h, on average
     */
    ArrivalClock(Dice dice, long endMs, DayShape shape, double perDay) {
        this.dice = dice;
        this.shape = shape;
        this.endMs = endMs;
        meanGapMs = shape.hours() * 3_600_000 / perDay;
    }

    /** The next arrival at or after {@code fromMs}, or {@link Actor#NEVER}. */
    long after(long fromMs) {
        double at = fromMs;
        while (true) {
            at += dice.exponential(meanGapMs);
            if (at >= endMs) {
                return Actor.NEVER;
            }
            if (shape == DayShape.FLAT || dice.unit() < shape.at((long) at)) {
                return (long) at;
            }
        }
    }
}
