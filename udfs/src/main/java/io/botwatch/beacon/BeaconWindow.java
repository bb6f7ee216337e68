package io.botwatch.beacon;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One tuple's check-ins in a sliding window, as slices of one slide each: count, first and last, and what is known of their
 * quality. A slice takes 24 bytes, so a tuple seen once stays small, and no tuple holds more slices than its window has
 * slides.
 *
 * <p>Slices are commutative in what they sum to, so arrival order does not matter before the watermark.
 */
final class BeaconWindow {
    private static final int WIDTH = 6; // slice index, count, first offset ms, last offset ms, quality, packets

    /** The quality's lower bits hold the highest sampling rate, those above it bits of {@link Trait}. */
    private static final int TRAITS_SHIFT = 20;

    private static final int MAX_RATE = (1 << TRAITS_SHIFT) - 1;

    private int[] slices = new int[WIDTH];
    private int size;
    private long total;

    /** Connections in all slices held. */
    long total() {
        return total;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** A connection's quality, as {@link #add} takes it. */
    static int quality(Flow flow) {
        // Records that no stage put together say nothing of how fine their times are.
        int traits = flow.mayBePiece ? flow.traits : flow.traits | Trait.SUB_SECOND;
        return traits << TRAITS_SHIFT | Math.min(flow.samplingRate, MAX_RATE);
    }

    /** A connection's packets, as {@link #add} takes them. */
    static int packets(Flow flow) {
        return (int) Math.min(Integer.MAX_VALUE, flow.packets);
    }

    /** @return whether the connection opened a slice that was not there before */
    boolean add(long startMs, long slideMs, int quality, int packets) {
        int index = (int) Math.floorDiv(startMs, slideMs);
        int offset = (int) Math.floorMod(startMs, slideMs);
        total++;
        int at = size;
        while (at > 0 && slices[(at - 1) * WIDTH] > index) {
            at--;
        }
        if (at > 0 && slices[(at - 1) * WIDTH] == index) {
            int slice = (at - 1) * WIDTH;
            slices[slice + 1] = slices[slice + 1] == Integer.MAX_VALUE ? Integer.MAX_VALUE : slices[slice + 1] + 1;
            slices[slice + 2] = Math.min(slices[slice + 2], offset);
            slices[slice + 3] = Math.max(slices[slice + 3], offset);
            slices[slice + 4] = merged(slices[slice + 4], quality);
            slices[slice + 5] = (int) Math.min(Integer.MAX_VALUE, (long) slices[slice + 5] + packets);
            return false;
        }
        if ((size + 1) * WIDTH > slices.length) {
            slices = Arrays.copyOf(slices, Math.max(2 * WIDTH, slices.length + slices.length / 2 / WIDTH * WIDTH + WIDTH));
        }
        System.arraycopy(slices, at * WIDTH, slices, (at + 1) * WIDTH, (size - at) * WIDTH);
        slices[at * WIDTH] = index;
        slices[at * WIDTH + 1] = 1;
        slices[at * WIDTH + 2] = offset;
        slices[at * WIDTH + 3] = offset;
        slices[at * WIDTH + 4] = quality;
        slices[at * WIDTH + 5] = packets;
        size++;
        return true;
    }

    private static int merged(int quality, int other) {
        return (quality | other) & ~MAX_RATE | Math.max(quality & MAX_RATE, other & MAX_RATE);
    }

    /** Forgets slices that start before {@code startMs}. */
    void evictBefore(long startMs, long slideMs) {
        int gone = 0;
        while (gone < size && slices[gone * WIDTH] * slideMs < startMs) {
            total -= slices[gone * WIDTH + 1];
            gone++;
        }
        if (gone > 0) {
            System.arraycopy(slices, gone * WIDTH, slices, 0, (size - gone) * WIDTH);
            size -= gone;
        }
    }

    /** Start of the oldest slice, epoch ms; the window must not be empty. */
    long oldestSliceMs(long slideMs) {
        return slices[0] * slideMs;
    }

    /** Start of the newest slice, epoch ms; the window must not be empty. */
    long newestSliceMs(long slideMs) {
        return slices[(size - 1) * WIDTH] * slideMs;
    }

    /** End of the first slice that ends after {@code afterMs}, epoch ms; {@link Long#MAX_VALUE} when there is none. */
    long sliceEndAfter(long afterMs, long slideMs) {
        long found = Long.MAX_VALUE;
        for (int i = size - 1; i >= 0; i--) {
            long endMs = (slices[i * WIDTH] + 1) * slideMs;
            if (endMs <= afterMs) {
                break;
            }
            found = endMs;
        }
        return found;
    }

    int sliceCount() {
        return size;
    }

    /** What the window [{@code fromMs}, {@code toMs}) holds; both are multiples of the slide. */
    Summary summary(long fromMs, long toMs, long slideMs) {
        long count = 0;
        long first = 0;
        long last = 0;
        int quality = 1;
        long packets = 0;
        for (int i = 0; i < size; i++) {
            int slice = i * WIDTH;
            long start = slices[slice] * slideMs;
            if (start < fromMs) {
                continue;
            }
            if (start >= toMs) {
                break; // records that came ahead of the watermark belong to later windows
            }
            if (count == 0) {
                first = start + slices[slice + 2];
            }
            last = start + slices[slice + 3];
            count += slices[slice + 1];
            quality = merged(quality, slices[slice + 4]);
            packets += slices[slice + 5];
        }
        return new Summary(count, first, last, quality >>> TRAITS_SHIFT, quality & MAX_RATE, packets);
    }

    /**
     * The connections of a window.
     *
     * @param firstMs start of the first, epoch ms
     * @param lastMs start of the last, epoch ms
     * @param traits OR of theirs, bits of {@link Trait}
     * @param samplingRate the highest of theirs, 1 in N packets
     * @param packets from source to destination, seen by their beginning
     */
    record Summary(long count, long firstMs, long lastMs, int traits, int samplingRate, long packets) {
        /** Whole minutes between first and last. */
        long minutes() {
            return (lastMs - firstMs) / 60_000;
        }
    }

    /** Slices as deltas in varints: about 12 bytes each. */
    void write(DataOutputView out) throws IOException {
        RecordSerializer.writeVarInt(size, out);
        int previous = 0;
        for (int i = 0; i < size * WIDTH; i += WIDTH) {
            RecordSerializer.writeVarInt(slices[i] - previous, out);
            previous = slices[i];
            RecordSerializer.writeVarInt(slices[i + 1], out);
            RecordSerializer.writeVarInt(slices[i + 2], out);
            RecordSerializer.writeVarInt(slices[i + 3] - slices[i + 2], out);
            RecordSerializer.writeVarInt(slices[i + 4], out);
            RecordSerializer.writeVarInt(slices[i + 5], out);
        }
    }

    static BeaconWindow read(DataInputView in) throws IOException {
        BeaconWindow window = new BeaconWindow();
        window.size = RecordSerializer.readVarInt(in);
        window.slices = new int[Math.max(1, window.size) * WIDTH];
        int previous = 0;
        for (int i = 0; i < window.size * WIDTH; i += WIDTH) {
            previous += RecordSerializer.readVarInt(in);
            window.slices[i] = previous;
            window.slices[i + 1] = RecordSerializer.readVarInt(in);
            window.slices[i + 2] = RecordSerializer.readVarInt(in);
            window.slices[i + 3] = window.slices[i + 2] + RecordSerializer.readVarInt(in);
            window.slices[i + 4] = RecordSerializer.readVarInt(in);
            window.slices[i + 5] = RecordSerializer.readVarInt(in);
            window.total += window.slices[i + 1];
        }
        return window;
    }
}
