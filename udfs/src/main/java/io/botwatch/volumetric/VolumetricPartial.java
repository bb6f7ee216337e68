package io.botwatch.volumetric;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
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

    /** A uniform sample of sources: those with the smallest keyed hashes, ascending; parallel arrays. */
    long[] sampleHash = new long[0];

    long[] sampleHi = new long[0];
    long[] sampleLo = new long[0];

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
        for (int i = 0; i < other.sampleHash.length; i++) {
            sample(other.sampleHash[i], other.sampleHi[i], other.sampleLo[i]);
        }
    }

    /** Keeps the source if its hash is among the smallest seen: bottom-k sampling, mergeable and order-independent. */
    void sample(long hash, long hi, long lo) {
        int n = sampleHash.length;
        if (n == SAMPLES && Long.compareUnsigned(hash, sampleHash[n - 1]) >= 0) {
            return;
        }
        int at = n;
        while (at > 0 && Long.compareUnsigned(sampleHash[at - 1], hash) >= 0) {
            at--;
        }
        if (at < n && sampleHash[at] == hash) {
            return;
        }
        int kept = Math.min(n + 1, SAMPLES);
        sampleHash = inserted(sampleHash, at, hash, kept);
        sampleHi = inserted(sampleHi, at, hi, kept);
        sampleLo = inserted(sampleLo, at, lo, kept);
    }

    private static long[] inserted(long[] values, int at, long value, int kept) {
        long[] result = values.length == kept ? values : java.util.Arrays.copyOf(values, kept);
        System.arraycopy(values, at, result, at + 1, kept - at - 1);
        result[at] = value;
        return result;
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
        copy.sampleHash = sampleHash.clone();
        copy.sampleHi = sampleHi.clone();
        copy.sampleLo = sampleLo.clone();
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
            out.writeByte(partial.sampleHash.length);
            for (int i = 0; i < partial.sampleHash.length; i++) {
                out.writeLong(partial.sampleHash[i]);
                out.writeLong(partial.sampleHi[i]);
                out.writeLong(partial.sampleLo[i]);
            }
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
            int samples = in.readUnsignedByte();
            partial.sampleHash = new long[samples];
            partial.sampleHi = new long[samples];
            partial.sampleLo = new long[samples];
            for (int i = 0; i < samples; i++) {
                partial.sampleHash[i] = in.readLong();
                partial.sampleHi[i] = in.readLong();
                partial.sampleLo[i] = in.readLong();
            }
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
