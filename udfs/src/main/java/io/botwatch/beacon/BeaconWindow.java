package io.botwatch.beacon;

import io.botwatch.cadence.SizeConstancy;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.flow.Trait;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One tuple's connections in a sliding window, as slices of one slide each: count, first and last, what is known of their
 * quality, and where the rule asks for a cadence, the check-ins themselves. A slice takes 32 bytes and a check-in 4, so a
 * tuple seen once stays small, and no tuple holds more slices than its window has slides.
 *
 * <p>Slices are commutative in what they sum to, so arrival order does not matter before the watermark.
 */
final class BeaconWindow {
    private static final int WIDTH = 8;

    // What the ints of a slice are; offsets are ms after its start.
    private static final int INDEX = 0;
    private static final int COUNT = 1;
    private static final int FIRST = 2;
    private static final int LAST = 3;
    private static final int QUALITY = 4;
    private static final int PACKETS = 5;
    private static final int ANSWERED = 6;
    private static final int KEPT = 7;

    /** The quality's lower bits hold the highest sampling rate, those above it bits of {@link Trait}. */
    private static final int TRAITS_SHIFT = 20;

    private static final int MAX_RATE = (1 << TRAITS_SHIFT) - 1;

    /** Null where the rule asks for no cadence. */
    private final CheckIns checkIns;

    private int[] slices = new int[WIDTH];
    private int size;
    private long total;

    /** @param keepsCheckIns whether single check-ins are kept, for a cadence */
    BeaconWindow(boolean keepsCheckIns) {
        checkIns = keepsCheckIns ? new CheckIns() : null;
    }

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
    boolean add(Flow flow, long slideMs) {
        return add(
                flow.startMs,
                slideMs,
                quality(flow),
                packets(flow),
                SizeConstancy.encode(flow.bytes),
                Handshake.isAnswered(flow));
    }

    /**
     * @param sizeCode how large the connection is, as {@link SizeConstancy} codes it
     * @param answered whether the destination answered
     * @return whether the connection opened a slice that was not there before
     */
    boolean add(long startMs, long slideMs, int quality, int packets, int sizeCode, boolean answered) {
        int index = (int) Math.floorDiv(startMs, slideMs);
        int offset = (int) Math.floorMod(startMs, slideMs);
        total++;
        int at = size;
        int kept = checkIns == null ? 0 : checkIns.size();
        while (at > 0 && slices[(at - 1) * WIDTH + INDEX] > index) {
            at--;
            kept -= slices[at * WIDTH + KEPT];
        }
        boolean opens = at == 0 || slices[(at - 1) * WIDTH + INDEX] != index;
        int slice = (opens ? at : at - 1) * WIDTH;
        if (opens) {
            open(at, index, offset);
        }
        slices[slice + COUNT] = slices[slice + COUNT] == Integer.MAX_VALUE ? Integer.MAX_VALUE : slices[slice + COUNT] + 1;
        slices[slice + FIRST] = Math.min(slices[slice + FIRST], offset);
        slices[slice + LAST] = Math.max(slices[slice + LAST], offset);
        slices[slice + QUALITY] = merged(slices[slice + QUALITY], quality);
        slices[slice + PACKETS] = (int) Math.min(Integer.MAX_VALUE, (long) slices[slice + PACKETS] + packets);
        slices[slice + ANSWERED] = Math.min(slices[slice + COUNT], slices[slice + ANSWERED] + (answered ? 1 : 0));
        if (checkIns != null) {
            slices[slice + KEPT] += checkIns.insert(kept - slices[slice + KEPT], kept, CheckIns.of(offset, sizeCode));
        }
        return opens;
    }

    private void open(int at, int index, int offset) {
        if ((size + 1) * WIDTH > slices.length) {
            slices = Arrays.copyOf(slices, Math.max(2 * WIDTH, slices.length + slices.length / 2 / WIDTH * WIDTH + WIDTH));
        }
        System.arraycopy(slices, at * WIDTH, slices, (at + 1) * WIDTH, (size - at) * WIDTH);
        Arrays.fill(slices, at * WIDTH, (at + 1) * WIDTH, 0);
        slices[at * WIDTH + INDEX] = index;
        slices[at * WIDTH + FIRST] = offset;
        size++;
    }

    private static int merged(int quality, int other) {
        return (quality | other) & ~MAX_RATE | Math.max(quality & MAX_RATE, other & MAX_RATE);
    }

    /** Forgets slices that start before {@code startMs}. */
    void evictBefore(long startMs, long slideMs) {
        int gone = 0;
        int kept = 0;
        while (gone < size && slices[gone * WIDTH + INDEX] * slideMs < startMs) {
            total -= slices[gone * WIDTH + COUNT];
            kept += slices[gone * WIDTH + KEPT];
            gone++;
        }
        if (kept > 0) {
            checkIns.dropFirst(kept);
        }
        if (gone > 0) {
            System.arraycopy(slices, gone * WIDTH, slices, 0, (size - gone) * WIDTH);
            size -= gone;
        }
    }

    /** Start of the oldest slice, epoch ms; the window must not be empty. */
    long oldestSliceMs(long slideMs) {
        return slices[INDEX] * slideMs;
    }

    /** Start of the newest slice, epoch ms; the window must not be empty. */
    long newestSliceMs(long slideMs) {
        return slices[(size - 1) * WIDTH + INDEX] * slideMs;
    }

    /** End of the first slice that ends after {@code afterMs}, epoch ms; {@link Long#MAX_VALUE} when there is none. */
    long sliceEndAfter(long afterMs, long slideMs) {
        long found = Long.MAX_VALUE;
        for (int i = size - 1; i >= 0; i--) {
            long endMs = (slices[i * WIDTH + INDEX] + 1) * slideMs;
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

    /** How many ints it holds. */
    int size() {
        return size * WIDTH + (checkIns == null ? 0 : checkIns.size());
    }

    /** What the window [{@code fromMs}, {@code toMs}) holds; both are multiples of the slide. */
    Summary summary(long fromMs, long toMs, long slideMs) {
        long count = 0;
        long first = 0;
        long last = 0;
        int quality = 1;
        long packets = 0;
        long answered = 0;
        for (int slice = 0; slice < size * WIDTH; slice += WIDTH) {
            long start = slices[slice + INDEX] * slideMs;
            if (start < fromMs) {
                continue;
            }
            if (start >= toMs) {
                break; // records that came ahead of the watermark belong to later windows
            }
            if (count == 0) {
                first = start + slices[slice + FIRST];
            }
            last = start + slices[slice + LAST];
            count += slices[slice + COUNT];
            quality = merged(quality, slices[slice + QUALITY]);
            packets += slices[slice + PACKETS];
            answered += slices[slice + ANSWERED];
        }
        return new Summary(count, first, last, quality >>> TRAITS_SHIFT, quality & MAX_RATE, packets, answered);
    }

    /** Adds the check-ins of the window [{@code fromMs}, {@code toMs}) in order of time. */
    void addTo(Rhythm rhythm, long fromMs, long toMs, long slideMs) {
        int at = 0;
        for (int slice = 0; slice < size * WIDTH; slice += WIDTH) {
            long start = slices[slice + INDEX] * slideMs;
            int end = at + slices[slice + KEPT];
            if (start >= toMs) {
                break;
            }
            if (start >= fromMs) {
                for (int i = at; i < end; i++) {
                    rhythm.add(start + checkIns.offsetMs(i), checkIns.sizeCode(i));
                }
                if (slices[slice + KEPT] < slices[slice + COUNT]) {
                    rhythm.skip(); // what came after those is not known, so neither is the next interval
                }
            }
            at = end;
        }
    }

    /**
     * The connections of a window.
     *
     * @param firstMs start of the first, epoch ms
     * @param lastMs start of the last, epoch ms
     * @param traits OR of theirs, bits of {@link Trait}
     * @param samplingRate the highest of theirs, 1 in N packets
     * @param packets from source to destination, seen by their beginning
     * @param answered connections that the destination answered
     */
    record Summary(
            long count, long firstMs, long lastMs, int traits, int samplingRate, long packets, long answered) {
        /** Whole minutes between first and last. */
        long minutes() {
            return (lastMs - firstMs) / 60_000;
        }
    }

    /** Slices as deltas in varints: about 15 bytes each, and 3 a check-in. */
    void write(DataOutputView out) throws IOException {
        RecordSerializer.writeVarInt(size, out);
        int previous = 0;
        int at = 0;
        for (int slice = 0; slice < size * WIDTH; slice += WIDTH) {
            RecordSerializer.writeVarInt(slices[slice + INDEX] - previous, out);
            previous = slices[slice + INDEX];
            RecordSerializer.writeVarInt(slices[slice + COUNT], out);
            RecordSerializer.writeVarInt(slices[slice + FIRST], out);
            RecordSerializer.writeVarInt(slices[slice + LAST] - slices[slice + FIRST], out);
            RecordSerializer.writeVarInt(slices[slice + QUALITY], out);
            RecordSerializer.writeVarInt(slices[slice + PACKETS], out);
            RecordSerializer.writeVarInt(slices[slice + ANSWERED], out);
            int kept = slices[slice + KEPT];
            RecordSerializer.writeVarInt(kept, out);
            if (kept > 0) {
                checkIns.write(at, at + kept, out);
                at += kept;
            }
        }
    }

    /** @param keepsCheckIns as when it was written */
    static BeaconWindow read(boolean keepsCheckIns, DataInputView in) throws IOException {
        BeaconWindow window = new BeaconWindow(keepsCheckIns);
        window.size = RecordSerializer.readVarInt(in);
        window.slices = new int[Math.max(1, window.size) * WIDTH];
        int previous = 0;
        for (int slice = 0; slice < window.size * WIDTH; slice += WIDTH) {
            previous += RecordSerializer.readVarInt(in);
            window.slices[slice + INDEX] = previous;
            window.slices[slice + COUNT] = RecordSerializer.readVarInt(in);
            window.slices[slice + FIRST] = RecordSerializer.readVarInt(in);
            window.slices[slice + LAST] = window.slices[slice + FIRST] + RecordSerializer.readVarInt(in);
            window.slices[slice + QUALITY] = RecordSerializer.readVarInt(in);
            window.slices[slice + PACKETS] = RecordSerializer.readVarInt(in);
            window.slices[slice + ANSWERED] = RecordSerializer.readVarInt(in);
            int kept = RecordSerializer.readVarInt(in);
            window.slices[slice + KEPT] = kept;
            if (kept > 0) {
                window.checkIns.read(kept, in);
            }
            window.total += window.slices[slice + COUNT];
        }
        return window;
    }
}
