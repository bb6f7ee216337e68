package io.botwatch.dga;

import io.botwatch.flow.Address;
import io.botwatch.rule.RuleSubject;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RecordType;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What names that look generated one host looked up in one bucket of time, or a part of it: mergeable in any order. Equality
 * covers rule, host and bucket only, so that it is its own map key while it is combined.
 */
public final class LookupSums implements RuleChange.Carrier {
    private static final int SAMPLES = 10;

    /** {@link io.botwatch.rule.Rule#stateKey} of the rule that sums. */
    long rule;

    long hostHi;
    long hostLo;
    long bucketMs;

    /** Lookups of any name. */
    long lookups;

    /** Epoch ms of the earliest and the latest lookup of such a name. */
    long firstMs = Long.MAX_VALUE;

    long lastMs = Long.MIN_VALUE;

    /** By the label that was chosen, so that hosts below one domain are one. */
    DistinctCount names = new DistinctCount();

    /** Of these, those that do not exist. */
    DistinctCount noSuch = new DistinctCount();

    /** A uniform sample of them: those with the smallest hashes. */
    TreeMap<Long, String> sample = new TreeMap<>(Long::compareUnsigned);

    /** Null for all but those that carry a change of the rules. */
    private RuleChange change;

    @Override
    public RuleChange change() {
        return change;
    }

    public RuleSubject subject() {
        return new RuleSubject(rule, hostHi, hostLo, 0, 0, 0);
    }

    public Address host() {
        return new Address(hostHi, hostLo);
    }

    /** Epoch ms, exclusive. */
    long endMs() {
        return bucketMs + DgaRule.BUCKET_MS;
    }

    /** @param hash keyed, of the chosen label alone */
    void name(long hash, String name, boolean isNoSuch, long atMs) {
        firstMs = Math.min(firstMs, atMs);
        lastMs = Math.max(lastMs, atMs);
        names.add(hash);
        if (isNoSuch) {
            noSuch.add(hash);
        }
        // Of two names of one label the lesser one, whatever their order.
        sample.merge(hash, name, (a, b) -> a.compareTo(b) <= 0 ? a : b);
        trim();
    }

    private void trim() {
        while (sample.size() > SAMPLES) {
            sample.pollLastEntry();
        }
    }

    void merge(LookupSums other) {
        lookups += other.lookups;
        firstMs = Math.min(firstMs, other.firstMs);
        lastMs = Math.max(lastMs, other.lastMs);
        names.merge(other.names);
        noSuch.merge(other.noSuch);
        other.sample.forEach((hash, name) -> sample.merge(hash, name, (a, b) -> a.compareTo(b) <= 0 ? a : b));
        trim();
    }

    LookupSums copy() {
        LookupSums copy = new LookupSums();
        copy.change = change;
        copy.rule = rule;
        copy.hostHi = hostHi;
        copy.hostLo = hostLo;
        copy.bucketMs = bucketMs;
        copy.lookups = lookups;
        copy.firstMs = firstMs;
        copy.lastMs = lastMs;
        copy.names = names.copy();
        copy.noSuch = noSuch.copy();
        copy.sample.putAll(sample);
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LookupSums that
                && hostLo == that.hostLo
                && bucketMs == that.bucketMs
                && rule == that.rule
                && hostHi == that.hostHi;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(hostHi + hostLo + rule) + bucketMs);
    }

    /** In flight and in state. */
    public static final class Serializer extends CarrierSerializer<LookupSums> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<LookupSums> TYPE = RecordType.of(LookupSums.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public LookupSums createInstance() {
            return new LookupSums();
        }

        @Override
        public LookupSums copy(LookupSums from) {
            return from.copy();
        }

        @Override
        protected void write(LookupSums sums, DataOutputView out) throws IOException {
            out.writeLong(sums.rule);
            out.writeLong(sums.hostHi);
            out.writeLong(sums.hostLo);
            out.writeLong(sums.bucketMs);
            writeVarLong(sums.lookups, out);
            out.writeLong(sums.firstMs);
            out.writeLong(sums.lastMs);
            sums.names.write(out);
            sums.noSuch.write(out);
            out.writeByte(sums.sample.size());
            for (Map.Entry<Long, String> entry : sums.sample.entrySet()) {
                out.writeLong(entry.getKey());
                out.writeUTF(entry.getValue());
            }
        }

        @Override
        protected LookupSums read(int version, LookupSums reuse, DataInputView in) throws IOException {
            LookupSums sums = new LookupSums();
            sums.rule = in.readLong();
            sums.hostHi = in.readLong();
            sums.hostLo = in.readLong();
            sums.bucketMs = in.readLong();
            sums.lookups = readVarLong(in);
            sums.firstMs = in.readLong();
            sums.lastMs = in.readLong();
            sums.names = DistinctCount.read(in);
            sums.noSuch = DistinctCount.read(in);
            for (int i = in.readByte(); i > 0; i--) {
                sums.sample.put(in.readLong(), in.readUTF());
            }
            return sums;
        }

        @Override
        public LookupSums carrier(RuleChange change) {
            LookupSums sums = new LookupSums();
            sums.rule = change.address();
            sums.change = change;
            return sums;
        }

        @Override
        public TypeSerializerSnapshot<LookupSums> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<LookupSums> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
