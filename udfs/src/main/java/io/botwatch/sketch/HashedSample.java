package io.botwatch.sketch;

import io.botwatch.flow.Address;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A uniform sample of distinct things, each of them an address or a number: those with the smallest keyed hashes. Mergeable,
 * and the same in whatever order they come.
 */
public final class HashedSample {
    private static final long[] NONE = new long[0];

    private final int most;

    /** Unsigned ascending; parallel to the things. */
    private long[] hashes = NONE;

    private long[] his = NONE;
    private long[] los = NONE;

    /** @param most how many are kept, up to 255 */
    public HashedSample(int most) {
        this.most = most;
    }

    public int size() {
        return hashes.length;
    }

    public Address address(int i) {
        return new Address(his[i], los[i]);
    }

    public long number(int i) {
        return los[i];
    }

    public void add(long hash, long number) {
        add(hash, 0, number);
    }

    /** @param hash keyed, of nothing but what is sampled; one hash never comes with two addresses or numbers */
    public void add(long hash, long hi, long lo) {
        int n = hashes.length;
        if (n == most && Long.compareUnsigned(hash, hashes[n - 1]) >= 0) {
            return;
        }
        int at = n;
        while (at > 0 && Long.compareUnsigned(hashes[at - 1], hash) >= 0) {
            at--;
        }
        if (at < n && hashes[at] == hash) {
            return;
        }
        int kept = Math.min(n + 1, most);
        hashes = inserted(hashes, at, hash, kept);
        his = inserted(his, at, hi, kept);
        los = inserted(los, at, lo, kept);
    }

    private static long[] inserted(long[] values, int at, long value, int kept) {
        long[] result = values.length == kept ? values : Arrays.copyOf(values, kept);
        System.arraycopy(values, at, result, at + 1, kept - at - 1);
        result[at] = value;
        return result;
    }

    public void merge(HashedSample other) {
        for (int i = 0; i < other.hashes.length; i++) {
            add(other.hashes[i], other.his[i], other.los[i]);
        }
    }

    public HashedSample copy() {
        HashedSample copy = new HashedSample(most);
        copy.hashes = hashes.clone();
        copy.his = his.clone();
        copy.los = los.clone();
        return copy;
    }

    /** Writes the sample in flight or in state; the caller's version byte covers it. */
    public void write(DataOutputView out) throws IOException {
        out.writeByte(hashes.length);
        for (int i = 0; i < hashes.length; i++) {
            out.writeLong(hashes[i]);
            out.writeLong(his[i]);
            out.writeLong(los[i]);
        }
    }

    /** @param most as when it was made */
    public static HashedSample read(int most, DataInputView in) throws IOException {
        HashedSample sample = new HashedSample(most);
        int size = in.readUnsignedByte();
        sample.hashes = new long[size];
        sample.his = new long[size];
        sample.los = new long[size];
        for (int i = 0; i < size; i++) {
            sample.hashes[i] = in.readLong();
            sample.his[i] = in.readLong();
            sample.los[i] = in.readLong();
        }
        return sample;
    }
}
