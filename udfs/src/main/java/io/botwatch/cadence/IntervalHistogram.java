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

    private static final int MANTISSA_BITS = 52;

    /** An octave in so many equal parts is told apart by the highest bits of a number. */
    private static final int PARTS_BITS = 12;

    /** By the part of its octave that a number lies in: the bin of the part's lower end, from the octave's first. */
    private static final byte[] BIN_OF_PART = new byte[1 << PARTS_BITS];

    static {
        for (int i = 0; i <= BINS; i++) {
            EDGES_MS[i] = LEAST_MS * Math.pow(2, (double) i / PER_OCTAVE);
        }
        for (int part = 0; part < BIN_OF_PART.length; part++) {
            BIN_OF_PART[part] = (byte) (PER_OCTAVE * Math.log(1 + (double) part / BIN_OF_PART.length) / Math.log(2));
        }
    }

    final int[] counts = new int[BINS];

    /** The lowest and highest bin in use; lowest above highest when empty. */
    private int lowest = BINS;

    private int highest = -1;
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
        double octaves = intervalMs * (1 / LEAST_MS);
        int octave = Math.getExponent(octaves);
        int part = (int) (Double.doubleToRawLongBits(octaves) >>> MANTISSA_BITS - PARTS_BITS) & BIN_OF_PART.length - 1;
        int bin = octave * PER_OCTAVE + BIN_OF_PART[part];
        if (bin >= BINS) {
            return BINS - 1;
        }
        // Few parts have an edge in them; and rounding must not put one on its wrong side.
        if (intervalMs < EDGES_MS[bin]) {
            return bin - 1;
        }
        while (bin < BINS - 1 && intervalMs >= EDGES_MS[bin + 1]) {
            bin++;
        }
        return bin;
    }

    /**
     * How many intervals lie in the bins below each, into {@code sums}, which has one more than there are bins, and which bins have
     * any, ascending, into {@code used}.
     *
     * @return how many bins have any
     */
    int sumInto(int[] sums, int[] used) {
        Arrays.fill(sums, 0, Math.min(lowest, highest) + 1, 0);
        int inUse = 0;
        int sum = 0;
        for (int bin = lowest; bin <= highest; bin++) {
            int count = counts[bin];
            used[inUse] = bin;
            inUse += count == 0 ? 0 : 1;
            sum += count;
            sums[bin + 1] = sum;
        }
        Arrays.fill(sums, highest + 1, sums.length, total);
        return inUse;
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
