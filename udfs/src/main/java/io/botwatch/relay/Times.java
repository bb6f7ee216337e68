package io.botwatch.relay;

import java.util.Arrays;

/**
 * When one peer was seen within a bucket: ascending epoch ms, the earliest {@value #KEPT} less one and the latest. Which
 * ones are kept does not depend on the order of additions; first and last are always exact.
 */
final class Times {
    static final int KEPT = 64;

    private Times() {}

    static long first(long[] times) {
        return times[0];
    }

    static long last(long[] times) {
        return times[times.length - 1];
    }

    /** The earliest kept time that is at least {@code fromMs}; {@link Times#last} must be. */
    static long firstFrom(long[] times, long fromMs) {
        int i = 0;
        while (times[i] < fromMs) {
            i++;
        }
        return times[i];
    }

    static long[] add(long[] times, long ms) {
        int at = Arrays.binarySearch(times, ms);
        if (at >= 0) {
            return times;
        }
        at = -at - 1;
        int n = times.length;
        if (n < KEPT) {
            long[] more = new long[n + 1];
            System.arraycopy(times, 0, more, 0, at);
            more[at] = ms;
            System.arraycopy(times, at, more, at + 1, n - at);
            return more;
        }
        if (at == n) {
            times[n - 1] = ms; // a new latest; the old one was not among the earliest
        } else if (at < n - 1) {
            System.arraycopy(times, at, times, at + 1, n - 2 - at);
            times[at] = ms;
        }
        return times;
    }

    static long[] merge(long[] a, long[] b) {
        long[] merged = a;
        for (long ms : b) {
            merged = add(merged, ms);
        }
        return merged;
    }
}
