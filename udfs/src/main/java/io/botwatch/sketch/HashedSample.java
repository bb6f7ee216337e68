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

    // What the longs of a thing are.
    private static final int HASH = 0;
    private static final int HI = 1;
    private static final int LO = 2;
    private static final int WIDTH = 3;

    private final int most;

    /** By hash, unsigned ascending. */
    private long[] things = NONE;

    /** @param most how many are kept, up to 255 */
    public HashedSample(int most) {
        this.most = most;
    }

    public int size() {
        return things.length / WIDTH;
    }

    public Address address(int i) {
        return new Address(things[i * WIDTH + HI], things[i * WIDTH + LO]);
    }

    public long number(int i) {
        return things[i * WIDTH + LO];
    }

    public void add(long hash, long number) {
        add(hash, 0, number);
    }

    /** @param hash keyed, of nothing but what is sampled; one hash never comes with two addresses or numbers */
    public void add(long hash, long hi, long lo) {
        int end = things.length;
        if (end == most * WIDTH && Long.compareUnsigned(hash, things[end - WIDTH + HASH]) >= 0) {
            return;
        }
        int at = end;
        while (at > 0 && Long.compareUnsigned(things[at - WIDTH + HASH], hash) >= 0) {
            at -= WIDTH;
        }
        if (at < end && things[at + HASH] == hash) {
            return;
        }
        // The last one makes room where there is none.
        long[] kept = end == most * WIDTH ? things : Arrays.copyOf(things, end + WIDTH);
        System.arraycopy(things, at, kept, at + WIDTH, kept.length - at - WIDTH);
        kept[at + HASH] = hash;
        kept[at + HI] = hi;
        kept[at + LO] = lo;
        things = kept;
    }

    public void merge(HashedSample other) {
        for (int at = 0; at < other.things.length; at += WIDTH) {
            add(other.things[at + HASH], other.things[at + HI], other.things[at + LO]);
        }
    }

    public HashedSample copy() {
        HashedSample copy = new HashedSample(most);
        copy.things = things.clone();
        return copy;
    }

    /** Writes the sample in flight or in state; the caller's version byte covers it. */
    public void write(DataOutputView out) throws IOException {
        out.writeByte(size());
        for (long value : things) {
            out.writeLong(value);
        }
    }

    /** @param most as when it was made */
    public static HashedSample read(int most, DataInputView in) throws IOException {
        HashedSample sample = new HashedSample(most);
        sample.things = new long[in.readUnsignedByte() * WIDTH];
        for (int at = 0; at < sample.things.length; at++) {
            sample.things[at] = in.readLong();
        }
        return sample;
    }
}
