package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What is known of one relaying host: distinct ends and pairs as sketches, the first pairs as a sample. Bounded. */
final class RelayHost {
    static final int SAMPLES = 10;
    private static final long QUICK_MS = 2_000;

    private static final Comparator<RelayPair> EARLIEST = Comparator.comparingLong(RelayPair::outMs)
            .thenComparingLong(RelayPair::inMs)
            .thenComparing(RelayPair::source)
            .thenComparing(RelayPair::target)
            .thenComparingInt(RelayPair::port);

    DistinctCount sources = new DistinctCount();
    DistinctCount targets = new DistinctCount();
    DistinctCount pairs = new DistinctCount();
    List<RelayPair> samples = new ArrayList<>();
    long firstMs = Long.MAX_VALUE;
    long lastMs = Long.MIN_VALUE;
    long overflowPairs;
    long overflowSources;
    long overflowTargets;

    /** Sessions that were relayed, and pairs of connections that merely carry the same. */
    long sessions;

    long controls;

    /** Sessions whose second leg began within {@value #QUICK_MS} ms. */
    long quick;

    long relayedBytes;

    /** Hours of the day, UTC, with a session: a bit each. */
    int hours;

    /** End of the latest bucket with a pair, epoch ms. */
    long knownAtMs;

    void add(RelayPair pair, long secret) {
        firstMs = Math.min(firstMs, pair.inMs());
        lastMs = Math.max(lastMs, pair.outMs());
        knownAtMs = Math.max(knownAtMs, pair.knownAtMs());
        if (pair.overflow()) {
            overflow(pair.sources(), pair.targets());
            return;
        }
        long source = DistinctCount.hash(secret, pair.source().hi, pair.source().lo);
        long target = DistinctCount.hash(secret, pair.target().hi, pair.target().lo, pair.port());
        sources.add(source);
        targets.add(target);
        pairs.add(Address.mix(source + Long.rotateLeft(target, 17)));
        sample(pair);
    }

    void add(RelayedSession session) {
        if (!session.together()) {
            controls++;
            return;
        }
        sessions++;
        quick += session.outMs() - session.inMs() <= QUICK_MS ? 1 : 0;
        relayedBytes += session.bytes();
        hours |= 1 << (int) Math.floorMod(session.endMs() / 3_600_000, 24L);
        firstMs = Math.min(firstMs, session.inMs());
        lastMs = Math.max(lastMs, session.outMs());
    }

    private void overflow(long sourceCount, long targetCount) {
        if (sourceCount * targetCount > overflowPairs) {
            overflowPairs = sourceCount * targetCount;
            overflowSources = sourceCount;
            overflowTargets = targetCount;
        }
    }

    private void sample(RelayPair pair) {
        int at = samples.size();
        while (at > 0 && EARLIEST.compare(samples.get(at - 1), pair) > 0) {
            at--;
        }
        if (at < SAMPLES && (at == 0 || EARLIEST.compare(samples.get(at - 1), pair) != 0)) {
            samples.add(at, pair);
            if (samples.size() > SAMPLES) {
                samples.remove(SAMPLES);
            }
        }
    }

    void merge(RelayHost other) {
        firstMs = Math.min(firstMs, other.firstMs);
        lastMs = Math.max(lastMs, other.lastMs);
        knownAtMs = Math.max(knownAtMs, other.knownAtMs);
        overflow(other.overflowSources, other.overflowTargets);
        sessions += other.sessions;
        controls += other.controls;
        quick += other.quick;
        relayedBytes += other.relayedBytes;
        hours |= other.hours;
        sources.merge(other.sources);
        targets.merge(other.targets);
        pairs.merge(other.pairs);
        other.samples.forEach(this::sample);
    }

    /** A host in state. */
    static final class Serializer extends RecordSerializer<RelayHost> {
        static final Serializer INSTANCE = new Serializer();
        static final TypeInformation<RelayHost> TYPE = RecordType.of(RelayHost.class, INSTANCE);

        @Override
        protected int version() {
            return 2;
        }

        @Override
        public RelayHost createInstance() {
            return new RelayHost();
        }

        @Override
        public RelayHost copy(RelayHost from) {
            RelayHost copy = new RelayHost();
            copy.sources = from.sources.copy();
            copy.targets = from.targets.copy();
            copy.pairs = from.pairs.copy();
            copy.samples = new ArrayList<>(from.samples);
            copy.firstMs = from.firstMs;
            copy.lastMs = from.lastMs;
            copy.overflowPairs = from.overflowPairs;
            copy.overflowSources = from.overflowSources;
            copy.overflowTargets = from.overflowTargets;
            copy.knownAtMs = from.knownAtMs;
            copy.sessions = from.sessions;
            copy.controls = from.controls;
            copy.quick = from.quick;
            copy.relayedBytes = from.relayedBytes;
            copy.hours = from.hours;
            return copy;
        }

        @Override
        protected void write(RelayHost host, DataOutputView out) throws IOException {
            host.sources.write(out);
            host.targets.write(out);
            host.pairs.write(out);
            out.writeByte(host.samples.size());
            for (RelayPair pair : host.samples) {
                RelayPair.Serializer.INSTANCE.serialize(pair, out);
            }
            out.writeLong(host.firstMs);
            out.writeLong(host.lastMs);
            writeVarLong(host.overflowPairs, out);
            writeVarLong(host.overflowSources, out);
            writeVarLong(host.overflowTargets, out);
            out.writeLong(host.knownAtMs);
            writeVarLong(host.sessions, out);
            writeVarLong(host.controls, out);
            writeVarLong(host.quick, out);
            writeVarLong(host.relayedBytes, out);
            out.writeInt(host.hours);
        }

        @Override
        protected RelayHost read(int version, RelayHost reuse, DataInputView in) throws IOException {
            RelayHost host = new RelayHost();
            host.sources = DistinctCount.read(in);
            host.targets = DistinctCount.read(in);
            host.pairs = DistinctCount.read(in);
            int samples = in.readUnsignedByte();
            for (int i = 0; i < samples; i++) {
                host.samples.add(RelayPair.Serializer.INSTANCE.deserialize(in));
            }
            host.firstMs = in.readLong();
            host.lastMs = in.readLong();
            host.overflowPairs = readVarLong(in);
            host.overflowSources = readVarLong(in);
            host.overflowTargets = readVarLong(in);
            host.knownAtMs = in.readLong();
            if (version > 1) {
                host.sessions = readVarLong(in);
                host.controls = readVarLong(in);
                host.quick = readVarLong(in);
                host.relayedBytes = readVarLong(in);
                host.hours = in.readInt();
            }
            return host;
        }

        @Override
        public TypeSerializerSnapshot<RelayHost> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayHost> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
