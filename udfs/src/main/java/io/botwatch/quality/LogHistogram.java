package io.botwatch.quality;

/**
 * How often which values came, in buckets that are a sixteenth of their octave wide: a value is told to within 6.3 %, whatever
 * its size, in 4.5 kB. To add one takes no memory of its own. Not thread-safe; a reader beside the writer may see a value more
 * or less.
 */
public final class LogHistogram {
    private static final int SUB_BITS = 4;
    private static final int SUB = 1 << SUB_BITS;

    /** Larger values count as this one: 4.3 years of milliseconds. */
    private static final long LARGEST = (1L << 37) - 1;

    /** Fewer values than this are no pile. */
    private static final long PILE = 10;

    /** How much denser a pile is than the octave below it. */
    private static final int DENSER = 3;

    private final long[] counts = new long[bucket(LARGEST) + 1];
    private long count;
    private long max;

    /** @param value a negative one counts as 0 */
    public void add(long value) {
        counts[bucket(Math.min(LARGEST, Math.max(0, value)))]++;
        count++;
        max = Math.max(max, value);
    }

    private static int bucket(long value) {
        if (value < SUB) {
            return (int) value;
        }
        int shift = 63 - SUB_BITS - Long.numberOfLeadingZeros(value);
        return (shift << SUB_BITS) + (int) (value >>> shift);
    }

    /** The smallest value of a bucket. */
    private static long from(int bucket) {
        int shift = Math.max(0, (bucket >> SUB_BITS) - 1);
        return (long) (bucket - (shift << SUB_BITS)) << shift;
    }

    public long count() {
        return count;
    }

    /** Exact; 0 when there is none. */
    public long max() {
        return max;
    }

    /**
     * A value that the given share of all values does not exceed, at most 6.3 % too high.
     *
     * @param share 0 to 1
     * @return 0 when there is none
     */
    public long quantile(double share) {
        long needed = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= needed) {
                return i == counts.length - 1 ? max : Math.min(max, from(i + 1) - 1);
            }
        }
        return 0;
    }

    /** How many values exceed the given one; those in its bucket do not count. */
    public long above(long value) {
        long above = 0;
        for (int i = bucket(Math.min(LARGEST, Math.max(0, value))) + 1; i < counts.length; i++) {
            above += counts[i];
        }
        return above;
    }

    /**
     * Where values pile up at the upper end, as durations do at the timeout that cuts them: more than three times as dense
     * as in the octave below, and with hardly any above. To within 6 %.
     *
     * @param least piles below it are not looked at; at least 16
     * @return 0 when there is none
     */
    public long pile(long least) {
        long best = 0;
        long at = 0;
        long above = count;
        int last = 0;
        for (int i = 0; i < counts.length; i++) {
            last = counts[i] > 0 ? i : last;
        }
        for (int i = 0; i <= Math.min(last, counts.length - 2); i++) {
            above -= counts[i];
            if (i < bucket(least)) {
                continue;
            }
            long near = counts[i - 1] + counts[i] + counts[i + 1];
            long below = 0;
            for (int j = Math.max(0, i - 1 - SUB); j < i - 1; j++) {
                below += counts[j];
            }
            boolean dense = near * SUB > DENSER * 3L * below;
            if (near >= PILE && dense && (above - counts[i + 1]) * 10 <= near && near > best) {
                best = near;
                at = centre(i);
            }
        }
        return at;
    }

    /** The mean of the bucket and its two neighbours. */
    private long centre(int bucket) {
        double sum = 0;
        double values = 0;
        for (int i = bucket - 1; i <= bucket + 1; i++) {
            sum += counts[i] * (from(i) + from(i + 1)) / 2.0;
            values += counts[i];
        }
        return Math.round(sum / values);
    }
}
