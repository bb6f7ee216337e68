package io.botwatch.sketch;

import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How evenly events spread over their sources, whoever they are: counts of {@value #BUCKETS} buckets of a keyed hash, whose
 * entropy falls when few sources make most events. Mergeable, in whatever order.
 */
public final class Spread {
    private static final int BUCKETS = 32;
    private static final int SHIFT = Long.SIZE - 5;

    private final long[] counts = new long[BUCKETS];

    /** @param hash keyed, of the source alone */
    public void add(long hash) {
        counts[(int) (hash >>> SHIFT)]++;
    }

    public void merge(Spread other) {
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] += other.counts[i];
        }
    }

    /**
     * Shannon's entropy over the buckets as a share of its maximum: near 1 where many sources make about as many events each,
     * 0 where one makes all, or where there is none.
     */
    public double evenness() {
        long all = 0;
        for (long count : counts) {
            all += count;
        }
        double entropy = 0;
        for (long count : counts) {
            if (count > 0) {
                double share = (double) count / all;
                entropy -= share * Math.log(share);
            }
        }
        return entropy / Math.log(BUCKETS);
    }

    public Spread copy() {
        Spread copy = new Spread();
        copy.merge(this);
        return copy;
    }

    /** Writes the counts in flight or in state; the caller's version byte covers it. */
    public void write(DataOutputView out) throws IOException {
        int held = 0;
        for (int i = 0; i < BUCKETS; i++) {
            held |= counts[i] != 0 ? 1 << i : 0;
        }
        out.writeInt(held);
        for (long count : counts) {
            if (count != 0) {
                RecordSerializer.writeVarLong(count, out);
            }
        }
    }

    public static Spread read(DataInputView in) throws IOException {
        Spread spread = new Spread();
        int held = in.readInt();
        for (int i = 0; i < BUCKETS; i++) {
            spread.counts[i] = (held & 1 << i) != 0 ? RecordSerializer.readVarLong(in) : 0;
        }
        return spread;
    }
}
