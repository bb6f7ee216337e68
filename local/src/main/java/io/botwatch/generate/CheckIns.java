package io.botwatch.generate;

/**
 * What one host sent to one service in a day, as a cadence sees it.
 *
 * @param condition what it was made by, e.g. {@code missed 30 %, jitter 20 %}
 * @param periodMs what lies between two check-ins, ms; 0 where there is no cadence
 * @param startsMs ascending, ms since the day's start
 * @param bytes of each, from the host
 */
public record CheckIns(String condition, long periodMs, long[] startsMs, long[] bytes) {
    /** A day, ms: no check-in starts later. */
    public static final long DAY_MS = 86_400_000;
}
