package io.botwatch.sketch;

import io.botwatch.flow.Address;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.apache.datasketches.memory.Memory;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A mergeable count of distinct values, small while there are few: up to {@value #SMALL} hashes, then a HyperLogLog sketch
 * (Apache DataSketches 6.2.0, HLL_8, lgK 12), which is exact up to about 384 values and has a standard error of 1.6 % above.
 *
 * <p>Values are hashed with a secret key, since spoofed sources are chosen inputs and published attacks drive an unkeyed
 * sketch's estimate up or down. The composite estimator is used throughout: it does not depend on the order of merges.
 */
public final class DistinctCount {
    /** Up to this many values the sketch holds coupons rather than registers, and its rounded estimate is the count. */
    public static final int EXACT_LIMIT = 384;

    private static final int SMALL = 4;
    private static final int LG_K = 12;

    /** One byte a register. */
    private static final int MAX_SKETCH_SIZE = (1 << LG_K) / 8;

    /** Null when there is a sketch. */
    private long[] few;

    private int fewCount;
    private HllSketch sketch;

    /** About how many 8-byte values the sketch takes: it grows with what is added, up to its registers. */
    private int sketchSize;

    public DistinctCount() {
        this(new long[1]); // most are of one value
    }

    private DistinctCount(long[] few) {
        this.few = few;
    }

    /** A keyed 64-bit hash of an address. */
    public static long hash(long secret, long hi, long lo) {
        return Address.mix(Address.mix(Address.mix(hi ^ secret) + lo) ^ Long.rotateLeft(secret, 32));
    }

    /** A keyed 64-bit hash of an address and a number. */
    public static long hash(long secret, long hi, long lo, long number) {
        return Address.mix(hash(secret, hi, lo) + number);
    }

    /** @param hash a keyed hash from {@link #hash} */
    public void add(long hash) {
        if (sketch != null) {
            sketch.update(hash);
            sketchSize = Math.min(sketchSize + 1, MAX_SKETCH_SIZE);
            return;
        }
        for (int i = 0; i < fewCount; i++) {
            if (few[i] == hash) {
                return;
            }
        }
        if (fewCount < SMALL) {
            if (fewCount == few.length) {
                few = Arrays.copyOf(few, 2 * fewCount);
            }
            few[fewCount++] = hash;
            return;
        }
        grow();
        sketch.update(hash);
        sketchSize++;
    }

    private void grow() {
        sketch = new HllSketch(LG_K, TgtHllType.HLL_8);
        for (int i = 0; i < fewCount; i++) {
            sketch.update(few[i]);
        }
        sketchSize = fewCount;
        few = null;
        fewCount = 0;
    }

    public void merge(DistinctCount other) {
        if (other.sketch == null) {
            for (int i = 0; i < other.fewCount; i++) {
                add(other.few[i]);
            }
            return;
        }
        if (sketch == null) {
            grow();
        }
        Union union = new Union(LG_K);
        union.update(sketch);
        union.update(other.sketch);
        sketch = union.getResult(TgtHllType.HLL_8);
        sketchSize = Math.min(sketchSize + other.sketchSize, MAX_SKETCH_SIZE);
    }

    /** The number of distinct values, exact up to {@link #EXACT_LIMIT} or so, an estimate above. */
    public long estimate() {
        return sketch == null ? fewCount : Math.round(sketch.getCompositeEstimate());
    }

    public boolean exact() {
        return estimate() <= EXACT_LIMIT;
    }

    /** About how many 8-byte values are held; asked for with every record, so it is not measured. */
    public int size() {
        return sketch == null ? fewCount : sketchSize;
    }

    public DistinctCount copy() {
        DistinctCount copy = new DistinctCount(few == null ? null : few.clone());
        if (sketch == null) {
            copy.fewCount = fewCount;
        } else {
            copy.sketch = sketch.copy();
            copy.sketchSize = sketchSize;
        }
        return copy;
    }

    /** Writes the count in flight or in state; the caller's version byte covers it. */
    public void write(DataOutputView out) throws IOException {
        if (sketch == null) {
            out.writeByte(fewCount);
            for (int i = 0; i < fewCount; i++) {
                out.writeLong(few[i]);
            }
            return;
        }
        byte[] bytes = sketch.toCompactByteArray();
        out.writeByte(SMALL + 1);
        RecordSerializer.writeVarInt(bytes.length, out);
        out.write(bytes);
    }

    public static DistinctCount read(DataInputView in) throws IOException {
        int held = in.readUnsignedByte();
        if (held <= SMALL) {
            DistinctCount count = new DistinctCount(new long[Math.max(1, held)]);
            for (int i = 0; i < held; i++) {
                count.few[i] = in.readLong();
            }
            count.fewCount = held;
            return count;
        }
        byte[] bytes = new byte[RecordSerializer.readVarInt(in)];
        in.readFully(bytes);
        DistinctCount count = new DistinctCount(null);
        count.sketch = HllSketch.heapify(Memory.wrap(bytes));
        count.sketchSize = Math.min(bytes.length / 8, MAX_SKETCH_SIZE);
        return count;
    }
}
