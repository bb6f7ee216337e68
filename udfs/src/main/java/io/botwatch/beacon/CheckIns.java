package io.botwatch.beacon;

import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The single check-ins of a window, slice by slice, each as 4 bytes: when in its slice, and how large. Of each slice only
 * the earliest are kept: which those are does not depend on arrival, and an hour of them is more than a cadence needs.
 */
final class CheckIns {
    /** Kept of each slice. */
    static final int PER_SLICE = 32;

    private static final int SIZE_BITS = 9;

    private static final int SIZE_MASK = (1 << SIZE_BITS) - 1;

    /** Of the longest slide, ms; its offsets fit beside a size. */
    static final long MAX_SLIDE_MS = 3_600_000;

    private int[] values = new int[2];
    private int size;

    /** @param sizeCode 0 to 511 */
    static int of(int offsetMs, int sizeCode) {
        return offsetMs << SIZE_BITS | sizeCode;
    }

    /** After the start of its slice, ms. */
    int offsetMs(int at) {
        return values[at] >>> SIZE_BITS;
    }

    int sizeCode(int at) {
        return values[at] & SIZE_MASK;
    }

    int size() {
        return size;
    }

    /**
     * Adds a check-in to a slice whose kept ones lie in [{@code from}, {@code to}).
     *
     * @return how many more there are now: 0 when one had to make room
     */
    int insert(int from, int to, int value) {
        boolean full = to - from >= PER_SLICE;
        if (full && values[to - 1] <= value) {
            return 0;
        }
        int at = to;
        while (at > from && values[at - 1] > value) {
            at--;
        }
        if (full) {
            System.arraycopy(values, at, values, at + 1, to - 1 - at);
            values[at] = value;
            return 0;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, size + size / 2 + 2);
        }
        System.arraycopy(values, at, values, at + 1, size - at);
        values[at] = value;
        size++;
        return 1;
    }

    void dropFirst(int count) {
        System.arraycopy(values, count, values, 0, size - count);
        size -= count;
    }

    void write(int from, int to, DataOutputView out) throws IOException {
        int previous = 0;
        for (int i = from; i < to; i++) {
            RecordSerializer.writeVarInt(values[i] - previous, out);
            previous = values[i];
        }
    }

    void read(int count, DataInputView in) throws IOException {
        if (size + count > values.length) {
            values = Arrays.copyOf(values, size + count + size / 2);
        }
        int previous = 0;
        for (int i = 0; i < count; i++) {
            previous += RecordSerializer.readVarInt(in);
            values[size++] = previous;
        }
    }
}
