package io.botwatch.volumetric;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import io.botwatch.rule.RuleSubject;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.sketch.HashedSample;
import io.botwatch.sketch.Spread;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RecordType;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What one target received in one window, or a part of it: mergeable in any order. Equality covers rule, target and window only, so
 * that it is its own map key while it is combined.
 */
public final class VolumetricPartial implements RuleChange.Carrier {
    /** How many sources are sampled as evidence. */
    static final int SAMPLES = 20;

    /** {@link io.botwatch.rule.Rule#stateKey} of the rule that counts. */
    long rule;

    long windowStartMs;

    /** Of the host, or of its network. */
    long dstHi;

    long dstLo;

    /** Of the service or of the reflectors; 0 where the rule tells none apart. */
    int port;

    long records;

    /** Records that the target began itself. */
    long asked;

    /** Packets and bytes that it received. */
    long packets;

    long bytes;

    /** Records of TCP, and those of them that are a SYN alone. */
    long tcp;

    long beginnings;

    /** Records of UDP. */
    long udp;

    /** Epoch ms of the earliest and latest start. */
    long firstMs = Long.MAX_VALUE;

    long lastMs = Long.MIN_VALUE;

    /** The highest of the records', 1 in N packets. */
    int samplingRate = 1;

    DistinctCount sources;

    /** Distinct (source, source port): connections that copies and splits cannot inflate; null where records count. */
    DistinctCount connections;

    /** Of sources. */
    HashedSample sample;

    Spread spread;

    /** Destination ports, sampled by connection; null where there is but one. */
    HashedSample ports;

    /** Hosts that received something, where the target is a network; else null. */
    DistinctCount targets;

    /** Whether the crossing was reported before the window's end; global side only. */
    boolean fired;

    VolumetricPartial() {
        this(new DistinctCount(), new HashedSample(SAMPLES), new Spread());
    }

    private VolumetricPartial(DistinctCount sources, HashedSample sample, Spread spread) {
        this.sources = sources;
        this.sample = sample;
        this.spread = spread;
    }

    /** An estimate of connections neither exceeds the records that they were told from nor falls below that of their sources. */
    long count() {
        return connections == null ? records : Math.min(records, Math.max(connections.estimate(), sources.estimate()));
    }

    long sourceCount() {
        return Math.min(records, sources.estimate());
    }

    /** Of no more hosts than there are records. */
    long targetCount() {
        return targets == null ? 1 : Math.min(records, targets.estimate());
    }

    /** As exported; infinite where nothing was received. */
    double packetsPerFlow() {
        return records == 0 ? Double.POSITIVE_INFINITY : (double) packets / samplingRate / records;
    }

    /** Null for all but those that carry a change of the rules. */
    private RuleChange change;

    @Override
    public RuleChange change() {
        return change;
    }

    public RuleSubject subject() {
        return new RuleSubject(rule, dstHi, dstLo, 0, port, 0);
    }

    public Endpoint target() {
        return new Endpoint(dstHi, dstLo, port);
    }

    void merge(VolumetricPartial other) {
        records += other.records;
        asked += other.asked;
        packets += other.packets;
        bytes += other.bytes;
        tcp += other.tcp;
        beginnings += other.beginnings;
        udp += other.udp;
        firstMs = Math.min(firstMs, other.firstMs);
        lastMs = Math.max(lastMs, other.lastMs);
        samplingRate = Math.max(samplingRate, other.samplingRate);
        sources.merge(other.sources);
        if (connections != null) {
            connections.merge(other.connections);
        }
        sample.merge(other.sample);
        spread.merge(other.spread);
        if (ports != null) {
            ports.merge(other.ports);
        }
        if (targets != null) {
            targets.merge(other.targets);
        }
    }

    VolumetricPartial copy() {
        VolumetricPartial copy = new VolumetricPartial(sources.copy(), sample.copy(), spread.copy());
        copy.change = change;
        copy.rule = rule;
        copy.windowStartMs = windowStartMs;
        copy.dstHi = dstHi;
        copy.dstLo = dstLo;
        copy.port = port;
        copy.records = records;
        copy.asked = asked;
        copy.packets = packets;
        copy.bytes = bytes;
        copy.tcp = tcp;
        copy.beginnings = beginnings;
        copy.udp = udp;
        copy.firstMs = firstMs;
        copy.lastMs = lastMs;
        copy.samplingRate = samplingRate;
        copy.connections = connections == null ? null : connections.copy();
        copy.ports = ports == null ? null : ports.copy();
        copy.targets = targets == null ? null : targets.copy();
        copy.fired = fired;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VolumetricPartial that
                && dstLo == that.dstLo
                && port == that.port
                && windowStartMs == that.windowStartMs
                && dstHi == that.dstHi
                && rule == that.rule;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(dstHi + dstLo + rule) + windowStartMs + port);
    }

    /** A partial in flight and in state. */
    public static final class Serializer extends CarrierSerializer<VolumetricPartial> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<VolumetricPartial> TYPE = RecordType.of(VolumetricPartial.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public VolumetricPartial createInstance() {
            return new VolumetricPartial();
        }

        @Override
        protected VolumetricPartial blank() {
            return null;
        }

        @Override
        public VolumetricPartial copy(VolumetricPartial from) {
            return from.copy();
        }

        @Override
        protected void write(VolumetricPartial partial, DataOutputView out) throws IOException {
            out.writeByte((partial.fired ? 1 : 0)
                    | (partial.connections != null ? 2 : 0)
                    | (partial.ports != null ? 4 : 0)
                    | (partial.targets != null ? 8 : 0));
            out.writeLong(partial.rule);
            out.writeLong(partial.windowStartMs);
            out.writeLong(partial.dstHi);
            out.writeLong(partial.dstLo);
            out.writeShort(partial.port);
            writeVarLong(partial.records, out);
            out.writeLong(partial.firstMs);
            out.writeLong(partial.lastMs);
            writeVarInt(partial.samplingRate, out);
            partial.sources.write(out);
            if (partial.connections != null) {
                partial.connections.write(out);
            }
            partial.sample.write(out);
            writeVarLong(partial.asked, out);
            writeVarLong(partial.packets, out);
            writeVarLong(partial.bytes, out);
            writeVarLong(partial.tcp, out);
            writeVarLong(partial.beginnings, out);
            writeVarLong(partial.udp, out);
            partial.spread.write(out);
            if (partial.ports != null) {
                partial.ports.write(out);
            }
            if (partial.targets != null) {
                partial.targets.write(out);
            }
        }

        @Override
        protected VolumetricPartial read(int version, VolumetricPartial reuse, DataInputView in) throws IOException {
            VolumetricPartial partial = new VolumetricPartial(null, null, null);
            int flags = in.readByte();
            partial.fired = (flags & 1) != 0;
            partial.rule = in.readLong();
            partial.windowStartMs = in.readLong();
            partial.dstHi = in.readLong();
            partial.dstLo = in.readLong();
            partial.port = in.readUnsignedShort();
            partial.records = readVarLong(in);
            partial.firstMs = in.readLong();
            partial.lastMs = in.readLong();
            partial.samplingRate = readVarInt(in);
            partial.sources = DistinctCount.read(in);
            partial.connections = (flags & 2) != 0 ? DistinctCount.read(in) : null;
            partial.sample = HashedSample.read(SAMPLES, in);
            partial.asked = readVarLong(in);
            partial.packets = readVarLong(in);
            partial.bytes = readVarLong(in);
            partial.tcp = readVarLong(in);
            partial.beginnings = readVarLong(in);
            partial.udp = readVarLong(in);
            partial.spread = Spread.read(in);
            partial.ports = (flags & 4) != 0 ? HashedSample.read(SAMPLES, in) : null;
            partial.targets = (flags & 8) != 0 ? DistinctCount.read(in) : null;
            return partial;
        }

        @Override
        public VolumetricPartial carrier(RuleChange change) {
            VolumetricPartial partial = new VolumetricPartial();
            partial.rule = change.address();
            partial.change = change;
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
