package io.botwatch.cadence;

/**
 * The cadence that is looked for; another is as good as none, and sooner known.
 *
 * @param least a score that does not matter, nor any below it
 * @param fromMs shortest period, ms
 * @param toMs above the longest period, ms
 */
public record Sought(double least, long fromMs, long toMs) {
    /** Any at all. */
    public static final Sought ANY = new Sought(0, 0, Long.MAX_VALUE);

    /** The first window of intervals, of up to so many bins, that a period looked for may lie in. */
    int firstStart(int widest) {
        return IntervalHistogram.bin(fromMs) + 1 - widest;
    }

    /** The last one. */
    int lastStart() {
        return IntervalHistogram.bin(toMs);
    }
}
