package io.botwatch.cadence;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How many check-ins are of one size: the largest share whose bytes lie within a ratio of 1.16. Sizes are coded in 9 bits, a
 * ratio of 1.05 to a code.
 */
public final class SizeConstancy {
    /** Codes are 0 to 511. */
    public static final int CODES = 512;

    private static final double LOG_RATIO = Math.log(1.05);
    private static final int ADJACENT = 3;

    private static final double[] MIDDLES = IntStream.range(0, CODES).mapToDouble(SizeConstancy::middle).toArray();

    private final int[] counts = new int[CODES];
    private int total;
    private int lowest = CODES;
    private int highest = -1;

    /** @param bytes at least 0 */
    public static int encode(long bytes) {
        return bytes <= 1 ? 0 : (int) Math.min(CODES - 1, 1 + (long) (Math.log(bytes) / LOG_RATIO));
    }

    /** A size in the middle of those with this code, bytes. */
    public static double decode(int code) {
        return MIDDLES[code];
    }

    private static double middle(int code) {
        return code == 0 ? 0 : Math.exp((code - 0.5) * LOG_RATIO);
    }

    public void add(int code) {
        counts[code]++;
        total++;
        lowest = Math.min(lowest, code);
        highest = Math.max(highest, code);
    }

    /** 0 to 1; 0 when there are none. */
    public double largestShare() {
        int largest = 0;
        int inside = 0;
        for (int i = lowest; i <= highest; i++) {
            inside += counts[i] - (i - ADJACENT < lowest ? 0 : counts[i - ADJACENT]);
            largest = Math.max(largest, inside);
        }
        return total == 0 ? 0 : (double) largest / total;
    }

    public void clear() {
        if (lowest <= highest) {
            Arrays.fill(counts, lowest, highest + 1, 0);
        }
        total = 0;
        lowest = CODES;
        highest = -1;
    }
}
