package io.botwatch.cadence;

import java.util.Arrays;

/**
 * Intervals between check-ins, in logarithmic bins: 32 to an octave from 0.25 s, so that a bin spans a ratio of 1.022. Made to
 * be filled, evaluated and cleared again and again.
 */
public final class IntervalHistogram {
    static final int PER_OCTAVE = 32;
    private static final double LEAST_MS = 250;

    /** 0.25 s to 11.6 days. */
    static final int BINS = 22 * PER_OCTAVE;

    private static final double[] EDGES_MS = new double[BINS + 1];

    static {
        for (int i = 0; i <= BINS; i++) {
            EDGES_MS[i] = LEAST_MS * Math.pow(2, (double) i / PER_OCTAVE);
        }
    }

    final int[] counts = new int[BINS];

    /** The lowest and highest bin in use; lowest above highest when empty. */
    int lowest = BINS;

    int highest = -1;
    int total;

    /** @param intervalMs ms; shorter than 0.25 s counts as that, longer than 11.6 days as that */
    public void add(long intervalMs) {
        int bin = bin(intervalMs);
        counts[bin]++;
        total++;
        lowest = Math.min(lowest, bin);
        highest = Math.max(highest, bin);
    }

    /** The bin of an interval. */
    static int bin(long intervalMs) {
        if (intervalMs <= LEAST_MS) {
            return 0;
        }
        int bin = (int) (PER_OCTAVE / Math.log(2) * Math.log(intervalMs / LEAST_MS));
        if (bin >= BINS) {
            return BINS - 1;
        }
        // Rounding must not put an edge on its wrong side.
        if (intervalMs < EDGES_MS[bin]) {
            return bin - 1;
        }
        return intervalMs >= EDGES_MS[bin + 1] ? Math.min(BINS - 1, bin + 1) : bin;
    }

    /** The lower edge of a bin, ms. */
    static double edgeMs(int bin) {
        return EDGES_MS[bin];
    }

    /** Geometric middle of a bin, ms. */
    static double middleMs(int bin) {
        return Math.sqrt(EDGES_MS[bin] * EDGES_MS[bin + 1]);
    }

    public void clear() {
        if (lowest <= highest) {
            Arrays.fill(counts, lowest, highest + 1, 0);
        }
        lowest = BINS;
        highest = -1;
        total = 0;
    }

    public int total() {
        return total;
    }
}
