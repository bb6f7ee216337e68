package io.botwatch.quality;

/** How far times lie behind others, either way: the smallest difference and the median. Not thread-safe. */
public final class Skew {
    private final LogHistogram behind = new LogHistogram();

    /** Of negative differences, their size; null until there is one. */
    private LogHistogram before;

    private long min = Long.MAX_VALUE;

    public void add(long differenceMs) {
        min = Math.min(min, differenceMs);
        if (differenceMs >= 0) {
            behind.add(differenceMs);
            return;
        }
        if (before == null) {
            before = new LogHistogram();
        }
        before.add(-Math.max(differenceMs, -Long.MAX_VALUE));
    }

    public long count() {
        return behind.count() + (before == null ? 0 : before.count());
    }

    /** Ms, exact; 0 when there is none. */
    public long minMs() {
        return count() == 0 ? 0 : min;
    }

    /** Ms, to within 6.3 %; 0 when there is none. */
    public long medianMs() {
        long half = count() / 2;
        long negative = before == null ? 0 : before.count();
        if (negative > half) {
            return -before.quantile((double) (negative - half) / negative);
        }
        return behind.count() == 0 ? 0 : behind.quantile((half - negative + 0.5) / behind.count());
    }
}
