package io.botwatch.connection;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The records of one 5-tuple that wait for the watermark, as rows of longs: there are as many as the feed has flows within
 * its lateness bound, so they must be small.
 */
final class Pieces {
    /** When so many wait, those that follow each other closely are joined: an sFlow agent sends a record a packet. */
    private static final int CROWD = 256;

    /** Records of one exporter and direction this close to each other are one, whatever they are pieces of. Ms. */
    private static final long CLOSE_MS = 1_000;

    /** A record that says it is longer ends here: what follows from its end must stay in bounds. Ms. */
    private static final long LONGEST_MS = 7 * 86_400_000L;

    private static final int WIDTH = 7;
    private static final int START = 0;
    private static final int END = 1;
    private static final int BYTES = 2;
    private static final int PACKETS = 3;
    private static final int EXPORTER_HI = 4;
    private static final int EXPORTER_LO = 5;

    /** TCP flags, then from bit 16: reverse, stitched, copied; 2 bits of verdict; from bit 32 the sampling rate. */
    private static final int BITS = 6;

    private static final long REVERSE = 1 << 16;
    private static final long STITCH = 1 << 17;
    private static final long DEDUPLICATE = 1 << 18;
    private static final int VERDICT_SHIFT = 19;
    private static final Verdict[] VERDICTS = Verdict.values();

    private long[] rows = new long[WIDTH];
    private int size;
    private int crowd = CROWD;

    int size() {
        return size;
    }

    /**
     * @param reverse whether the flow goes from the second end to the first
     * @return how many rows more there are than before
     */
    int add(Flow flow, boolean reverse) {
        int before = size;
        if (size >= crowd) {
            joinClose();
            crowd = Math.max(CROWD, 2 * size);
        }
        if ((size + 1) * WIDTH > rows.length) {
            rows = Arrays.copyOf(rows, rows.length + Math.max(2 * WIDTH, rows.length / 2 / WIDTH * WIDTH));
        }
        int at = size++ * WIDTH;
        rows[at + START] = flow.startMs;
        rows[at + END] = Math.min(flow.endMs, flow.startMs + LONGEST_MS);
        rows[at + BYTES] = flow.bytes;
        rows[at + PACKETS] = flow.packets;
        rows[at + EXPORTER_HI] = flow.exporterHi;
        rows[at + EXPORTER_LO] = flow.exporterLo;
        rows[at + BITS] = flow.tcpFlags & 0xFFFF
                | (reverse ? REVERSE : 0)
                | (flow.mayBePiece ? STITCH : 0)
                | (flow.mayBeCopy ? DEDUPLICATE : 0)
                | (long) flow.verdict.ordinal() << VERDICT_SHIFT
                | (long) flow.samplingRate << 32;
        return size - before;
    }

    private void joinClose() {
        sort();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int into = closeBefore(i, kept);
            if (into < 0) {
                System.arraycopy(rows, i * WIDTH, rows, kept++ * WIDTH, WIDTH);
            } else {
                int from = i * WIDTH;
                rows[into + END] = Math.max(rows[into + END], rows[from + END]);
                rows[into + BYTES] = Counts.sum(rows[into + BYTES], rows[from + BYTES]);
                rows[into + PACKETS] = Counts.sum(rows[into + PACKETS], rows[from + PACKETS]);
                rows[into + BITS] |= rows[from + BITS] & 0xFFFF;
            }
        }
        size = kept;
    }

    /** The row among the last few kept ones that the i-th may be joined to, or -1. */
    private int closeBefore(int i, int kept) {
        int from = i * WIDTH;
        for (int at = (kept - 1) * WIDTH; at >= Math.max(0, kept - 4) * WIDTH; at -= WIDTH) {
            if (rows[at + EXPORTER_HI] == rows[from + EXPORTER_HI]
                    && rows[at + EXPORTER_LO] == rows[from + EXPORTER_LO]
                    && (rows[at + BITS] ^ rows[from + BITS]) >>> 16 == 0
                    && rows[from + START] <= rows[at + END] + CLOSE_MS) {
                return at;
            }
        }
        return -1;
    }

    /** By time, then by all else: an order that does not depend on arrival. */
    void sort() {
        if (isSorted()) {
            return;
        }
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (left, right) -> compare(left * WIDTH, right * WIDTH));
        long[] sorted = new long[rows.length];
        for (int i = 0; i < size; i++) {
            System.arraycopy(rows, order[i] * WIDTH, sorted, i * WIDTH, WIDTH);
        }
        rows = sorted;
    }

    private boolean isSorted() {
        for (int at = WIDTH; at < size * WIDTH; at += WIDTH) {
            if (compare(at - WIDTH, at) > 0) {
                return false;
            }
        }
        return true;
    }

    private int compare(int left, int right) {
        int order = 0;
        for (int field = 0; field < WIDTH && order == 0; field++) {
            order = Long.compare(rows[left + field], rows[right + field]);
        }
        return order;
    }

    /** The smallest start; the pieces must be sorted, and not be empty. */
    long earliestMs() {
        return rows[START];
    }

    /** Drops the first {@code n}. */
    void dropFirst(int n) {
        size -= n;
        System.arraycopy(rows, n * WIDTH, rows, 0, size * WIDTH);
    }

    long startMs(int i) {
        return rows[i * WIDTH + START];
    }

    long endMs(int i) {
        return rows[i * WIDTH + END];
    }

    long bytes(int i) {
        return rows[i * WIDTH + BYTES];
    }

    long packets(int i) {
        return rows[i * WIDTH + PACKETS];
    }

    long exporterHi(int i) {
        return rows[i * WIDTH + EXPORTER_HI];
    }

    long exporterLo(int i) {
        return rows[i * WIDTH + EXPORTER_LO];
    }

    int tcpFlags(int i) {
        return (int) rows[i * WIDTH + BITS] & 0xFFFF;
    }

    boolean reverse(int i) {
        return (rows[i * WIDTH + BITS] & REVERSE) != 0;
    }

    boolean stitch(int i) {
        return (rows[i * WIDTH + BITS] & STITCH) != 0;
    }

    boolean deduplicate(int i) {
        return (rows[i * WIDTH + BITS] & DEDUPLICATE) != 0;
    }

    Verdict verdict(int i) {
        return VERDICTS[(int) (rows[i * WIDTH + BITS] >>> VERDICT_SHIFT) & 3];
    }

    int samplingRate(int i) {
        return (int) (rows[i * WIDTH + BITS] >>> 32);
    }

    void write(DataOutputView out) throws IOException {
        RecordSerializer.writeVarInt(size, out);
        for (int i = 0; i < size * WIDTH; i++) {
            out.writeLong(rows[i]);
        }
    }

    /** Fills what is empty. */
    void readFrom(DataInputView in) throws IOException {
        size = RecordSerializer.readVarInt(in);
        rows = new long[Math.max(1, size) * WIDTH];
        for (int i = 0; i < size * WIDTH; i++) {
            rows[i] = in.readLong();
        }
    }
}
