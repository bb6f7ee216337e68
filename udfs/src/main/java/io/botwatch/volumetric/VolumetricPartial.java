package io.botwatch.volumetric;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import io.botwatch.sketch.AddressSample;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What one destination received in one window, or a part of it: mergeable in any order. Equality covers destination and
 * window only, so that it is its own map key while it is combined.
 */
public final class VolumetricPartial {
    /** How many sources are sampled as evidence. */
    static final int SAMPLES = 20;

    long windowStartMs;
    long dstHi;
    long dstLo;
    int dstPort;
    long records;

    /** Epoch ms of the earliest and latest start. */
    long firstMs = Long.MAX_VALUE;

    long lastMs = Long.MIN_VALUE;

    /** The highest of the records', 1 in N packets. */
    int samplingRate = 1;

    DistinctCount sources = new DistinctCount();

    /** Distinct (source, source port): connections that copies and splits cannot inflate; null where records count. */
    DistinctCount connections;

    AddressSample sample = new AddressSample(SAMPLES);

    /** Whether the crossing was reported before the window's end; global side only. */
    boolean fired;

    /** An estimate of connections never exceeds the records that they were told from. */
    long count() {
        return connections == null ? records : Math.min(records, connections.estimate());
    }

    long sourceCount() {
        return Math.min(records, sources.estimate());
    }

    public Endpoint destination() {
        return new Endpoint(dstHi, dstLo, dstPort);
    }

    void merge(VolumetricPartial other) {
        records += other.records;
        firstMs = Math.min(firstMs, other.firstMs);
        lastMs = Math.max(lastMs, other.lastMs);
        samplingRate = Math.max(samplingRate, other.samplingRate);
        sources.merge(other.sources);
        if (connections != null) {
            connections.merge(other.connections);
        }
        sample.merge(other.sample);
    }

    VolumetricPartial copy() {
        VolumetricPartial copy = new VolumetricPartial();
        copy.windowStartMs = windowStartMs;
        copy.dstHi = dstHi;
        copy.dstLo = dstLo;
        copy.dstPort = dstPort;
        copy.records = records;
        copy.firstMs = firstMs;
        copy.lastMs = lastMs;
        copy.samplingRate = samplingRate;
        copy.sources = sources.copy();
        copy.connections = connections == null ? null : connections.copy();
        copy.sample = sample.copy();
        copy.fired = fired;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VolumetricPartial that
                && dstLo == that.dstLo
                && dstPort == that.dstPort
                && windowStartMs == that.windowStartMs
                && dstHi == that.dstHi;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(dstHi + dstLo) + windowStartMs + dstPort);
    }

    /** A partial in flight and in state. */
    public static final class Serializer extends RecordSerializer<VolumetricPartial> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<VolumetricPartial> TYPE = RecordType.of(VolumetricPartial.class, INSTANCE);

        @Override
        protected int version() {
            return 2;
        }

        @Override
        public VolumetricPartial createInstance() {
            return new VolumetricPartial();
        }

        @Override
        public VolumetricPartial copy(VolumetricPartial from) {
            return from.copy();
        }

        @Override
        protected void write(VolumetricPartial partial, DataOutputView out) throws IOException {
            out.writeByte((partial.fired ? 1 : 0) | (partial.connections != null ? 2 : 0));
            out.writeLong(partial.windowStartMs);
            out.writeLong(partial.dstHi);
            out.writeLong(partial.dstLo);
            out.writeShort(partial.dstPort);
            writeVarLong(partial.records, out);
            out.writeLong(partial.firstMs);
            out.writeLong(partial.lastMs);
            writeVarInt(partial.samplingRate, out);
            partial.sources.write(out);
            if (partial.connections != null) {
                partial.connections.write(out);
            }
            partial.sample.write(out);
        }

        @Override
        protected VolumetricPartial read(int version, VolumetricPartial reuse, DataInputView in) throws IOException {
            VolumetricPartial partial = new VolumetricPartial();
            int flags = in.readByte();
            partial.fired = (flags & 1) != 0;
            partial.windowStartMs = in.readLong();
            partial.dstHi = in.readLong();
            partial.dstLo = in.readLong();
            partial.dstPort = in.readUnsignedShort();
            partial.records = readVarLong(in);
            partial.firstMs = in.readLong();
            partial.lastMs = in.readLong();
            partial.samplingRate = version == 1 ? 1 : readVarInt(in);
            partial.sources = DistinctCount.read(in);
            partial.connections = (flags & 2) != 0 ? DistinctCount.read(in) : null;
            partial.sample = AddressSample.read(SAMPLES, in);
            return partial;
        }

        @Override
        public TypeSerializerSnapshot<VolumetricPartial> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<VolumetricPartial> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
