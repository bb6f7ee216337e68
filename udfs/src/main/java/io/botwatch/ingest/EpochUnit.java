package io.botwatch.ingest;

/** What an epoch number counts. */
enum EpochUnit {
    /** By magnitude: up to 1e11 seconds, 1e14 milliseconds, 1e17 microseconds, above that nanoseconds. */
    GUESS(0),
    SECONDS(3),
    MILLIS(0),
    MICROS(-3),
    NANOS(-6);

    /** Digits to append (positive) or drop (negative) to get milliseconds. */
    final int digitsToMillis;

    /** How many of it a millisecond is; 1 when it is no less. */
    final long perMilli;

    EpochUnit(int digitsToMillis) {
        this.digitsToMillis = digitsToMillis;
        this.perMilli = (long) Math.pow(10, Math.max(0, -digitsToMillis));
    }

    /** Seconds up to the year 5138, and so on: exporters' clocks stay far from the borders. */
    static EpochUnit byMagnitude(long value) {
        if (value < 100_000_000_000L) {
            return SECONDS;
        }
        if (value < 100_000_000_000_000L) {
            return MILLIS;
        }
        return value < 100_000_000_000_000_000L ? MICROS : NANOS;
    }
}
