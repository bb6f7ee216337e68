package io.botwatch.connection;

import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.flow.Trait;
import io.botwatch.flow.Verdict;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A connection that is open, or was within the time in which more of it may come. Pieces are added in the order of time. */
final class Connection {
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    /** A gap up to so many times the mean one within a record is no end: the exporter held the flow over such a gap. */
    private static final int TOLERATED_GAPS = 2;

    static final long NEVER = Long.MAX_VALUE;

    /** From the first end to the second; null until seen. */
    Half there;

    /** From the second end to the first; null until seen. */
    Half back;

    /** Start of the record that is the connection's beginning, epoch ms. */
    long startMs;

    /** When it is put out, epoch ms; {@link #NEVER} when it has been, or when only its replies were seen so far. */
    long openAtMs;

    /** When its totals are due, should it still go on, epoch ms. */
    long reportAtMs;

    /** Whether it was put out. */
    boolean opened;

    /** Whether the first end began it; of meaning once it was put out. */
    boolean firstBegan;

    /** Bits of {@link Trait}. */
    int traits;

    Verdict verdict;

    /** End of the latest record, copies included, epoch ms. */
    private long activeUntilMs;

    /** The longest mean gap between the packets of a record, ms. */
    private long gapMs;

    private final boolean tcp;

    private Connection(boolean tcp) {
        this.tcp = tcp;
    }

    static Connection of(Pieces pieces, int i, boolean tcp, ConnectionSettings settings) {
        Connection connection = new Connection(tcp);
        connection.startMs = connection.activeUntilMs = pieces.startMs(i);
        connection.openAtMs = pieces.startMs(i) + settings.settleMs();
        connection.reportAtMs = pieces.startMs(i) + settings.reportEveryMs();
        connection.verdict = Verdict.UNKNOWN;
        connection.put(pieces, i, Half.of(pieces, i));
        connection.see(pieces, i);
        return connection;
    }

    private Half half(boolean reverse) {
        return reverse ? back : there;
    }

    private void put(Pieces pieces, int i, Half half) {
        if (pieces.reverse(i)) {
            back = half;
        } else {
            there = half;
        }
    }

    private void see(Pieces pieces, int i) {
        activeUntilMs = Math.max(activeUntilMs, pieces.endMs(i));
        long packets = pieces.packets(i) / Math.max(1, pieces.samplingRate(i));
        if (packets > 1) {
            gapMs = Math.max(gapMs, (pieces.endMs(i) - pieces.startMs(i)) / (packets - 1));
        }
        verdict = verdict.and(pieces.verdict(i));
        if (tcp && pieces.tcpFlags(i) == 0) {
            traits |= Trait.NO_TCP_FLAGS;
        }
        if (pieces.startMs(i) % 1000 != 0) {
            traits |= Trait.SUB_SECOND;
        }
    }

    /** When it is over unless another record comes, epoch ms. */
    long closeAtMs(ConnectionSettings settings) {
        return activeUntilMs + patienceMs(settings);
    }

    /** How long after its last packet it may go on, ms. */
    private long patienceMs(ConnectionSettings settings) {
        long patience = Math.max(settings.inactiveMs(), Math.min(TOLERATED_GAPS * gapMs, settings.longestGapMs()));
        return isEstablished() && !isClosed() ? Math.max(patience, settings.longestGapMs()) : patience;
    }

    private int flags() {
        return (there == null ? 0 : there.tcpFlags) | (back == null ? 0 : back.tcpFlags);
    }

    private boolean isEstablished() {
        return tcp && (flags() & ACK) != 0;
    }

    private boolean isClosed() {
        return tcp && (flags() & (FIN | RST)) != 0;
    }

    /** Whether the piece, which starts before {@link #closeAtMs}, is of this connection rather than of the next. */
    boolean takes(Pieces pieces, int i, ConnectionSettings settings) {
        Half half = half(pieces.reverse(i));
        boolean other = half != null && pieces.deduplicate(i) && !half.isOwner(pieces, i);
        if (other && pieces.startMs(i) <= half.firstMs + settings.settleMs()) {
            return true; // the other exporter's copy of the first record
        }
        if (!pieces.stitch(i)) {
            return false;
        }
        if (!tcp || (pieces.tcpFlags(i) & SYN) == 0) {
            return true;
        }
        if (half == null) {
            return !isClosed() || pieces.startMs(i) <= activeUntilMs;
        }
        return !isClosed() && pieces.startMs(i) <= activeUntilMs + settings.inactiveMs();
    }

    /** @return what the piece was to the connection */
    Part add(Pieces pieces, int i, ConnectionSettings settings) {
        Half half = half(pieces.reverse(i));
        boolean unheard = half == null || half.isRefusal();
        Part part;
        if (half == null) {
            put(pieces, i, Half.of(pieces, i));
            part = Part.REPLY;
        } else if (pieces.deduplicate(i) && !half.isOwner(pieces, i)) {
            traits |= Trait.COPIED;
            part = half.copy(pieces, i, settings.inactiveMs()) ? Part.COPY : Part.PIECE;
        } else {
            traits |= Trait.STITCHED;
            half.add(pieces, i);
            part = Part.PIECE;
        }
        if (unheard && !opened && openAtMs == NEVER) {
            startMs = pieces.startMs(i);
            openAtMs = pieces.startMs(i) + settings.settleMs();
        }
        see(pieces, i);
        return part;
    }

    void write(DataOutputView out) throws IOException {
        out.writeBoolean(tcp);
        out.writeLong(startMs);
        out.writeLong(openAtMs);
        out.writeLong(reportAtMs);
        out.writeByte((opened ? 1 : 0) | (firstBegan ? 2 : 0) | (there != null ? 4 : 0) | (back != null ? 8 : 0));
        out.writeByte(traits);
        out.writeByte(verdict.ordinal());
        out.writeLong(activeUntilMs);
        out.writeLong(gapMs);
        if (there != null) {
            there.write(out);
        }
        if (back != null) {
            back.write(out);
        }
    }

    static Connection read(DataInputView in) throws IOException {
        Connection connection = new Connection(in.readBoolean());
        connection.startMs = in.readLong();
        connection.openAtMs = in.readLong();
        connection.reportAtMs = in.readLong();
        int bits = in.readByte();
        connection.opened = (bits & 1) != 0;
        connection.firstBegan = (bits & 2) != 0;
        connection.traits = in.readUnsignedByte();
        connection.verdict = Verdict.values()[in.readByte()];
        connection.activeUntilMs = in.readLong();
        connection.gapMs = in.readLong();
        connection.there = (bits & 4) != 0 ? Half.read(in) : null;
        connection.back = (bits & 8) != 0 ? Half.read(in) : null;
        return connection;
    }
}
