package io.botwatch.connection;

import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One direction of an open connection, as the exporter that owns it reports it. The first exporter of a direction owns it;
 * what others report is a copy, kept aside from the point where the owner's report ends, and taken in when the owner has
 * fallen silent.
 */
final class Half {
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    /** Start of the first record, epoch ms. */
    long firstMs;

    /** End of the owner's records, epoch ms. */
    long endMs;

    long bytes;
    long packets;

    /** OR of all records, copies included. */
    int tcpFlags;

    /** Of the first record. */
    int firstFlags;

    /** The largest of the records; 1 when unsampled. */
    int samplingRate;

    long exporterHi;
    long exporterLo;

    // What one other exporter reports beyond the owner's end:

    private boolean beside;
    private long besideHi;
    private long besideLo;
    private long besideBytes;
    private long besidePackets;
    private long besideEndMs;

    private Half() {}

    /** The direction that the piece opens. */
    static Half of(Pieces pieces, int i) {
        Half half = new Half();
        half.firstMs = pieces.startMs(i);
        half.endMs = pieces.endMs(i);
        half.bytes = pieces.bytes(i);
        half.packets = pieces.packets(i);
        half.tcpFlags = half.firstFlags = pieces.tcpFlags(i);
        half.samplingRate = pieces.samplingRate(i);
        half.exporterHi = pieces.exporterHi(i);
        half.exporterLo = pieces.exporterLo(i);
        return half;
    }

    boolean isOwner(Pieces pieces, int i) {
        return exporterHi == pieces.exporterHi(i) && exporterLo == pieces.exporterLo(i);
    }

    boolean sameExporter(Half other) {
        return exporterHi == other.exporterHi && exporterLo == other.exporterLo;
    }

    /** Whether it is nothing but RST without ACK: with that a host refuses what it did not ask for (RFC 9293, 3.10.7.1). */
    boolean isRefusal() {
        return (tcpFlags & (FIN | SYN | RST | ACK)) == RST;
    }

    /** Whether a SYN was answered, or it is all packets of an end that began. */
    boolean hasSynAndAck() {
        return (tcpFlags & (SYN | ACK)) == (SYN | ACK);
    }

    /** Adds a piece that counts. */
    void add(Pieces pieces, int i) {
        beside = false;
        take(pieces.endMs(i), pieces.bytes(i), pieces.packets(i));
        tcpFlags |= pieces.tcpFlags(i);
        samplingRate = Math.max(samplingRate, pieces.samplingRate(i));
    }

    /**
     * Looks at a piece of another exporter's.
     *
     * @param aliveMs for how long after its last record's end the owner is alive, ms
     * @return whether it is a copy; otherwise it was added, because the owner fell silent
     */
    boolean copy(Pieces pieces, int i, long aliveMs) {
        tcpFlags |= pieces.tcpFlags(i);
        if (pieces.startMs(i) > endMs + aliveMs) {
            takeBeside(pieces.exporterHi(i), pieces.exporterLo(i));
            exporterHi = pieces.exporterHi(i);
            exporterLo = pieces.exporterLo(i);
            add(pieces, i);
            return false;
        }
        if (pieces.endMs(i) > endMs + aliveMs) {
            if (!beside) {
                beside = true;
                besideHi = pieces.exporterHi(i);
                besideLo = pieces.exporterLo(i);
                besideBytes = besidePackets = 0;
            }
            if (besideHi == pieces.exporterHi(i) && besideLo == pieces.exporterLo(i)) {
                besideBytes = Counts.sum(besideBytes, pieces.bytes(i));
                besidePackets = Counts.sum(besidePackets, pieces.packets(i));
                besideEndMs = pieces.endMs(i);
            }
        }
        return true;
    }

    /** Takes in what another exporter saw after the owner fell silent; the connection is over. */
    void end() {
        takeBeside(besideHi, besideLo);
    }

    private void takeBeside(long hi, long lo) {
        if (beside && besideHi == hi && besideLo == lo) {
            take(besideEndMs, besideBytes, besidePackets);
        }
        beside = false;
    }

    private void take(long until, long moreBytes, long morePackets) {
        endMs = Math.max(endMs, until);
        bytes = Counts.sum(bytes, moreBytes);
        packets = Counts.sum(packets, morePackets);
    }

    void write(DataOutputView out) throws IOException {
        out.writeLong(firstMs);
        out.writeLong(endMs);
        RecordSerializer.writeVarLong(bytes, out);
        RecordSerializer.writeVarLong(packets, out);
        out.writeShort(tcpFlags);
        out.writeShort(firstFlags);
        RecordSerializer.writeVarInt(samplingRate, out);
        out.writeLong(exporterHi);
        out.writeLong(exporterLo);
        out.writeBoolean(beside);
        if (beside) {
            out.writeLong(besideHi);
            out.writeLong(besideLo);
            RecordSerializer.writeVarLong(besideBytes, out);
            RecordSerializer.writeVarLong(besidePackets, out);
            out.writeLong(besideEndMs);
        }
    }

    static Half read(DataInputView in) throws IOException {
        Half half = new Half();
        half.firstMs = in.readLong();
        half.endMs = in.readLong();
        half.bytes = RecordSerializer.readVarLong(in);
        half.packets = RecordSerializer.readVarLong(in);
        half.tcpFlags = in.readUnsignedShort();
        half.firstFlags = in.readUnsignedShort();
        half.samplingRate = RecordSerializer.readVarInt(in);
        half.exporterHi = in.readLong();
        half.exporterLo = in.readLong();
        half.beside = in.readBoolean();
        if (half.beside) {
            half.besideHi = in.readLong();
            half.besideLo = in.readLong();
            half.besideBytes = RecordSerializer.readVarLong(in);
            half.besidePackets = RecordSerializer.readVarLong(in);
            half.besideEndMs = in.readLong();
        }
        return half;
    }
}
