package io.botwatch.generate;

import java.util.Arrays;

/** Times in a day, put together step by step; then a {@link CheckIns}. Times outside the day are left out. */
final class CheckInSeries {
    private final Dice dice;
    private long[] timesMs = new long[64];
    private int count;

    CheckInSeries(Dice dice) {
        this.dice = dice;
    }

    void add(double timeMs) {
        if (timeMs < 0 || timeMs >= CheckIns.DAY_MS) {
            return;
        }
        if (count == timesMs.length) {
            timesMs = Arrays.copyOf(timesMs, 2 * count);
        }
        timesMs[count++] = (long) timeMs;
    }

    /** Memoryless, over the whole day. */
    void addPoisson(double meanMs) {
        for (double timeMs = dice.exponential(meanMs); timeMs < CheckIns.DAY_MS; timeMs += dice.exponential(meanMs)) {
            add(timeMs);
        }
    }

    /** Half of the beacons have sizes within 2 %, the others any of 300 to 900 bytes. */
    CheckIns asBeacon(String condition, long periodMs) {
        boolean constant = dice.chance(0.5);
        double size = dice.between(300.0, 900.0);
        return finish(condition, periodMs, constant ? size : 0, 0.02);
    }

    /** A third each of constant, uniform and log-normal sizes. */
    CheckIns asOther(String condition) {
        int kind = dice.between(0, 2);
        return finish(condition, 0, kind == 0 ? dice.between(300.0, 900.0) : kind == 1 ? 0 : -1, 0);
    }

    /** @param size the constant one; 0 for uniform, below for log-normal */
    private CheckIns finish(String condition, long periodMs, double size, double error) {
        long[] starts = Arrays.copyOf(timesMs, count);
        Arrays.sort(starts);
        long[] bytes = new long[count];
        for (int i = 0; i < count; i++) {
            double value = size > 0
                    ? size * dice.between(1 - error, 1 + error)
                    : size == 0 ? dice.between(300.0, 900.0) : dice.logNormal(600, 1);
            bytes[i] = Math.round(value);
        }
        return new CheckIns(condition, periodMs, starts, bytes);
    }
}
