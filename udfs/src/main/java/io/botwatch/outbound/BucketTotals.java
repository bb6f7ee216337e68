package io.botwatch.outbound;

import java.util.Arrays;

/**
 * Flows, packets and bytes of the buckets that one key holds, without their sketches. Most windows are judged by nothing else,
 * so they lie beside each other in state, to be read at once.
 */
final class BucketTotals {
    // What the longs of a bucket are.
    private static final int BUCKET = 0;
    private static final int FLOWS = 1;
    private static final int PACKETS = 2;
    private static final int BYTES = 3;
    private static final int WIDTH = 4;

    private static final long[] NONE = {};

    private long[] values;

    /** @param values from {@link #values}; null for no buckets */
    BucketTotals(long[] values) {
        this.values = values == null ? NONE : values;
    }

    /** What is to be kept in state. */
    long[] values() {
        return values;
    }

    boolean isEmpty() {
        return values.length == 0;
    }

    boolean has(long bucketMs) {
        return find(bucketMs) < values.length;
    }

    private int find(long bucketMs) {
        int at = 0;
        while (at < values.length && values[at + BUCKET] != bucketMs) {
            at += WIDTH;
        }
        return at;
    }

    void add(OutboundSums sums) {
        int at = find(sums.bucketMs);
        if (at == values.length) {
            values = Arrays.copyOf(values, at + WIDTH);
            values[at + BUCKET] = sums.bucketMs;
        }
        values[at + FLOWS] += sums.flows;
        values[at + PACKETS] += sums.packets;
        values[at + BYTES] += sums.bytes;
    }

    /** Whether a rule may hold of all buckets that end up to {@code endMs}, taken together. */
    boolean mayHold(OutboundJudge judge, long endMs) {
        long flows = 0;
        long packets = 0;
        long bytes = 0;
        for (int at = 0; at < values.length; at += WIDTH) {
            if (values[at + BUCKET] < endMs) {
                flows += values[at + FLOWS];
                packets += values[at + PACKETS];
                bytes += values[at + BYTES];
            }
        }
        return judge.mayHold(flows, packets, bytes);
    }

    /** Starts of the buckets before {@code endMs}, epoch ms, ascending. */
    long[] before(long endMs) {
        int count = 0;
        for (int at = 0; at < values.length; at += WIDTH) {
            count += values[at + BUCKET] < endMs ? 1 : 0;
        }
        if (count == 0) {
            return NONE;
        }
        long[] starts = new long[count];
        for (int at = values.length - WIDTH; at >= 0; at -= WIDTH) {
            if (values[at + BUCKET] < endMs) {
                starts[--count] = values[at + BUCKET];
            }
        }
        Arrays.sort(starts);
        return starts;
    }

    /** Drops buckets that start before {@code startMs}. */
    void forgetBefore(long startMs) {
        long[] kept = new long[values.length];
        int length = 0;
        for (int at = 0; at < values.length; at += WIDTH) {
            if (values[at + BUCKET] >= startMs) {
                System.arraycopy(values, at, kept, length, WIDTH);
                length += WIDTH;
            }
        }
        values = Arrays.copyOf(kept, length);
    }
}
