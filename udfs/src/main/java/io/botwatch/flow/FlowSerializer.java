package io.botwatch.flow;

import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RecordType;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A flow on the wire: a flags byte that says which optional parts follow, IPv4 addresses in 4 bytes, counters as varints. */
public final class FlowSerializer extends CarrierSerializer<Flow> {
    public static final FlowSerializer INSTANCE = new FlowSerializer();
    public static final TypeInformation<Flow> TYPE = RecordType.of(Flow.class, INSTANCE);

    private static final int SRC_V4 = 1;
    private static final int DST_V4 = 1 << 1;
    private static final int BIFLOW = 1 << 2;
    private static final int SAMPLED = 1 << 3;
    private static final int EXPORTER = 1 << 4;
    private static final int MAY_BE_PIECE = 1 << 5;
    private static final int MAY_BE_COPY = 1 << 6;

    private static final int EXPORTER_V4 = 1 << 7;

    // In the byte of verdict and direction; no flow of version 1 has them, nor the last three above.
    private static final int TRAITS = 1 << 5;
    private static final int EXPORTED = 1 << 6;

    private static final Verdict[] VERDICTS = Verdict.values();
    private static final Direction[] DIRECTIONS = Direction.values();

    @Override
    protected int version() {
        return 2;
    }

    @Override
    public Flow createInstance() {
        return new Flow();
    }

    @Override
    public Flow copy(Flow from) {
        return copy(from, new Flow());
    }

    @Override
    public Flow copy(Flow from, Flow reuse) {
        reuse.copyFrom(from);
        return reuse;
    }

    @Override
    protected void write(Flow flow, DataOutputView out) throws IOException {
        boolean srcV4 = Address.isV4(flow.srcHi, flow.srcLo);
        boolean dstV4 = Address.isV4(flow.dstHi, flow.dstLo);
        boolean sampled = flow.samplingRate != 1;
        boolean exporter = (flow.exporterHi | flow.exporterLo) != 0;
        boolean exporterV4 = exporter && Address.isV4(flow.exporterHi, flow.exporterLo);
        out.writeByte((srcV4 ? SRC_V4 : 0)
                | (dstV4 ? DST_V4 : 0)
                | (flow.biflow ? BIFLOW : 0)
                | (sampled ? SAMPLED : 0)
                | (exporter ? EXPORTER : 0)
                | (exporterV4 ? EXPORTER_V4 : 0)
                | (flow.mayBePiece ? MAY_BE_PIECE : 0)
                | (flow.mayBeCopy ? MAY_BE_COPY : 0));
        out.writeLong(flow.startMs);
        writeVarLong(flow.endMs - flow.startMs, out);
        writeAddress(srcV4, flow.srcHi, flow.srcLo, out);
        writeAddress(dstV4, flow.dstHi, flow.dstLo, out);
        out.writeShort(flow.srcPort);
        out.writeShort(flow.dstPort);
        out.writeByte(flow.protocol);
        writeVarLong(flow.bytes, out);
        writeVarLong(flow.packets, out);
        if (flow.biflow) {
            writeVarLong(flow.reverseBytes, out);
            writeVarLong(flow.reversePackets, out);
        }
        out.writeShort(flow.tcpFlags);
        if (sampled) {
            writeVarInt(flow.samplingRate, out);
        }
        if (exporter) {
            writeAddress(exporterV4, flow.exporterHi, flow.exporterLo, out);
        }
        out.writeByte(flow.verdict.ordinal()
                | flow.direction.ordinal() << 2
                | (flow.traits != 0 ? TRAITS : 0)
                | (flow.exportedMs != 0 ? EXPORTED : 0));
        out.writeByte(flow.routes);
        if (flow.traits != 0) {
            out.writeByte(flow.traits);
        }
        if (flow.exportedMs != 0) {
            out.writeLong(flow.exportedMs);
        }
    }

    @Override
    protected Flow read(int version, Flow flow, DataInputView in) throws IOException {
        int flags = in.readByte();
        flow.startMs = in.readLong();
        flow.endMs = flow.startMs + readVarLong(in);
        if ((flags & SRC_V4) != 0) {
            flow.srcHi = 0;
            flow.srcLo = Address.v4(in.readInt());
        } else {
            flow.srcHi = in.readLong();
            flow.srcLo = in.readLong();
        }
        if ((flags & DST_V4) != 0) {
            flow.dstHi = 0;
            flow.dstLo = Address.v4(in.readInt());
        } else {
            flow.dstHi = in.readLong();
            flow.dstLo = in.readLong();
        }
        flow.srcPort = in.readUnsignedShort();
        flow.dstPort = in.readUnsignedShort();
        flow.protocol = in.readUnsignedByte();
        flow.bytes = readVarLong(in);
        flow.packets = readVarLong(in);
        flow.biflow = (flags & BIFLOW) != 0;
        flow.reverseBytes = flow.biflow ? readVarLong(in) : 0;
        flow.reversePackets = flow.biflow ? readVarLong(in) : 0;
        flow.tcpFlags = in.readUnsignedShort();
        flow.samplingRate = (flags & SAMPLED) != 0 ? readVarInt(in) : 1;
        if ((flags & EXPORTER_V4) != 0) {
            flow.exporterHi = 0;
            flow.exporterLo = Address.v4(in.readInt());
        } else {
            flow.exporterHi = (flags & EXPORTER) != 0 ? in.readLong() : 0;
            flow.exporterLo = (flags & EXPORTER) != 0 ? in.readLong() : 0;
        }
        int enums = in.readByte();
        flow.verdict = VERDICTS[enums & 3];
        flow.direction = DIRECTIONS[enums >>> 2 & 7];
        flow.routes = in.readUnsignedByte();
        flow.mayBePiece = (flags & MAY_BE_PIECE) != 0;
        flow.mayBeCopy = (flags & MAY_BE_COPY) != 0;
        flow.traits = (enums & TRAITS) != 0 ? in.readUnsignedByte() : 0;
        flow.exportedMs = (enums & EXPORTED) != 0 ? in.readLong() : 0;
        flow.change = null;
        return flow;
    }

    @Override
    public Flow carrier(RuleChange change) {
        Flow flow = new Flow();
        flow.srcLo = change.address();
        flow.change = change;
        return flow;
    }

    private static void writeAddress(boolean v4, long hi, long lo, DataOutputView out) throws IOException {
        if (v4) {
            out.writeInt((int) lo);
        } else {
            out.writeLong(hi);
            out.writeLong(lo);
        }
    }

    @Override
    public TypeSerializerSnapshot<Flow> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Flow> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
