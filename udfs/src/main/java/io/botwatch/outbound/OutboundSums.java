package io.botwatch.outbound;

import io.botwatch.flow.Address;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.sketch.HashedSample;
import io.botwatch.rule.RuleSubject;
import io.botwatch.sketch.DistinctCount;
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
 * What one internal host did outward in one bucket of time, or a part of it: mergeable in any order. Equality covers rule, key and
 * bucket only, so that it is its own map key while it is combined.
 */
public final class OutboundSums implements RuleChange.Carrier {
    /** Length of a bucket, ms. */
    public static final long BUCKET_MS = 300_000;

    /** Of sums with as many destinations as can be. */
    static final int MOST_WEIGHT = 9;

    private static final int SAMPLES = 10;

    /** 8-byte values; those of few destinations take as many with all that is around them. */
    private static final int WEIGHT_UNIT = 64;

    /** {@link io.botwatch.rule.Rule#stateKey} of the rule that sums. */
    long rule;

    long hostHi;
    long hostLo;

    /** Of the destination; what the rule does not tell apart is 0, here and below, see {@link OutboundRule.Scope}. */
    long slot;

    int port;
    int protocol;

    long bucketMs;
    long flows;

    /** Flows of which it is known that nobody answered. */
    long failed;

    long packets;

    /** Packets that came back, where records cover both directions. */
    long replyPackets;

    long bytes;

    /** Epoch ms of the earliest and the latest start. */
    long firstMs = Long.MAX_VALUE;

    long lastMs = Long.MIN_VALUE;

    /** The highest of the flows', 1 in N packets. */
    int samplingRate = 1;

    DistinctCount destinations;

    HashedSample sample;

    /** Null for all but those that carry a change of the rules. */
    private RuleChange change;

    OutboundSums() {
        this(new DistinctCount(), new HashedSample(SAMPLES));
    }

    private OutboundSums(DistinctCount destinations, HashedSample sample) {
        this.destinations = destinations;
        this.sample = sample;
    }

    @Override
    public RuleChange change() {
        return change;
    }

    public RuleSubject subject() {
        return new RuleSubject(rule, hostHi, hostLo, slot, port, protocol);
    }

    /** The subject without its rule: the host first, then the slot. Fields of their own spare every record this object. */
    ConnectionKey key() {
        return new ConnectionKey(hostHi, hostLo, 0, slot, port, protocol);
    }

    void of(OutboundSums other) {
        rule = other.rule;
        hostHi = other.hostHi;
        hostLo = other.hostLo;
        slot = other.slot;
        port = other.port;
        protocol = other.protocol;
        bucketMs = other.bucketMs;
    }

    /** Epoch ms, exclusive. */
    long endMs() {
        return bucketMs + BUCKET_MS;
    }

    /** @param hash keyed, of the address alone */
    void destination(long hash, long hi, long lo) {
        destinations.add(hash);
        sample.add(hash, hi, lo);
    }

    void merge(OutboundSums other) {
        flows += other.flows;
        failed += other.failed;
        packets += other.packets;
        replyPackets += other.replyPackets;
        bytes += other.bytes;
        firstMs = Math.min(firstMs, other.firstMs);
        lastMs = Math.max(lastMs, other.lastMs);
        samplingRate = Math.max(samplingRate, other.samplingRate);
        destinations.merge(other.destinations);
        sample.merge(other.sample);
    }

    /** What it takes on the heap, as a multiple of what one with few destinations takes. */
    int weight() {
        return 1 + (destinations.size() + sample.size()) / WEIGHT_UNIT;
    }

    OutboundSums copy() {
        OutboundSums copy = new OutboundSums(destinations.copy(), sample.copy());
        copy.change = change;
        copy.of(this);
        copy.flows = flows;
        copy.failed = failed;
        copy.packets = packets;
        copy.replyPackets = replyPackets;
        copy.bytes = bytes;
        copy.firstMs = firstMs;
        copy.lastMs = lastMs;
        copy.samplingRate = samplingRate;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutboundSums that
                && hostLo == that.hostLo
                && bucketMs == that.bucketMs
                && rule == that.rule
                && slot == that.slot
                && port == that.port
                && protocol == that.protocol
                && hostHi == that.hostHi;
    }

    @Override
    public int hashCode() {
        long h = Address.mix(rule + hostHi) + hostLo;
        h = Address.mix(h + bucketMs) + slot;
        return (int) Address.mix(h + ((long) port << 8 | protocol));
    }

    /** In flight and in state. */
    public static final class Serializer extends CarrierSerializer<OutboundSums> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<OutboundSums> TYPE = RecordType.of(OutboundSums.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public OutboundSums createInstance() {
            return new OutboundSums();
        }

        @Override
        protected OutboundSums blank() {
            return null;
        }

        @Override
        public OutboundSums copy(OutboundSums from) {
            return from.copy();
        }

        @Override
        protected void write(OutboundSums sums, DataOutputView out) throws IOException {
            out.writeLong(sums.rule);
            ConnectionKey.Serializer.INSTANCE.serialize(sums.key(), out);
            out.writeLong(sums.bucketMs);
            writeVarLong(sums.flows, out);
            writeVarLong(sums.failed, out);
            writeVarLong(sums.packets, out);
            writeVarLong(sums.replyPackets, out);
            writeVarLong(sums.bytes, out);
            out.writeLong(sums.firstMs);
            out.writeLong(sums.lastMs);
            writeVarInt(sums.samplingRate, out);
            sums.destinations.write(out);
            sums.sample.write(out);
        }

        @Override
        protected OutboundSums read(int version, OutboundSums reuse, DataInputView in) throws IOException {
            OutboundSums sums = new OutboundSums(null, null);
            sums.rule = in.readLong();
            ConnectionKey key = ConnectionKey.Serializer.INSTANCE.deserialize(in);
            sums.hostHi = key.aHi;
            sums.hostLo = key.aLo;
            sums.slot = key.bLo;
            sums.port = key.port;
            sums.protocol = key.protocol;
            sums.bucketMs = in.readLong();
            sums.flows = readVarLong(in);
            sums.failed = readVarLong(in);
            sums.packets = readVarLong(in);
            sums.replyPackets = readVarLong(in);
            sums.bytes = readVarLong(in);
            sums.firstMs = in.readLong();
            sums.lastMs = in.readLong();
            sums.samplingRate = readVarInt(in);
            sums.destinations = DistinctCount.read(in);
            sums.sample = HashedSample.read(SAMPLES, in);
            return sums;
        }

        @Override
        public OutboundSums carrier(RuleChange change) {
            OutboundSums sums = new OutboundSums();
            sums.rule = change.address();
            sums.change = change;
            return sums;
        }

        @Override
        public TypeSerializerSnapshot<OutboundSums> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<OutboundSums> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
