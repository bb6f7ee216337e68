package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What one host did within the last window, bucket by bucket, and so which of its digests are worth joining: outbound ones
 * only after an inbound one, and none while the host has more pairs than are listed. Both relay engines ask it, so that they
 * agree on what an overflow leaves out.
 */
final class HostGate {

    /** What becomes of a bucket. */
    enum Verdict {
        /** No outbound traffic that an inbound connection preceded. */
        NOTHING_TO_JOIN,
        JOIN,
        /** More pairs than are listed: neither direction of this bucket is joined. */
        OVERFLOW
    }

    /**
     * Source to the last bucket it was seen in; at most {@link RelayPartial#MAX_PEERS}. The least recently seen first, so that a
     * host under attack does not go through all of them with every bucket.
     */
    final Map<Endpoint, Long> sources = new LinkedHashMap<>();

    /** Target to the last bucket in which it was joined, the least recent first. */
    final Map<Endpoint, Long> targets = new LinkedHashMap<>();

    /** How long a host that overflowed is not joined again, in buckets: one hour, so that a busy peer does not flap. */
    static final long HOLD_BUCKETS = 3_600_000 / RelayPartial.BUCKET_MS;

    private static final long[] NONE = {};

    /** Buckets of inbound traffic that is kept elsewhere, ascending. */
    private long[] kept = NONE;

    /** Up to this bucket nothing is joined: the host overflowed, or had more sources than were told apart. */
    private long heldUntil = Long.MIN_VALUE;

    /**
     * Takes the next bucket of the host; buckets come in time order.
     *
     * @param in inbound peers, null when there were none
     * @param out outbound peers, null when there were none
     * @param buckets length of the window in buckets
     * @param maxPairs sources times targets above which the host overflows
     */
    Verdict take(long bucket, RelayPartial in, RelayPartial out, long buckets, int maxPairs) {
        expire(bucket, buckets);
        if (in != null) {
            in.peers.keySet().forEach(source -> see(sources, source, bucket));
            boolean tooMany = sources.size() > RelayPartial.MAX_PEERS;
            if (tooMany) {
                forgetOldestSources();
            }
            if (in.truncated || tooMany) {
                heldUntil = Math.max(heldUntil, bucket + buckets); // by then those not told apart have left the window
            }
        }
        if (out != null && !sources.isEmpty() && (out.truncated || pairs(out.peers.keySet()) > maxPairs)) {
            heldUntil = bucket + HOLD_BUCKETS;
        }
        if (bucket <= heldUntil) {
            return Verdict.OVERFLOW;
        }
        return out == null || sources.isEmpty() ? Verdict.NOTHING_TO_JOIN : Verdict.JOIN;
    }

    /** Keeps as many sources as are told apart: the latest, of those the smallest, so that it is always the same ones. */
    private void forgetOldestSources() {
        List<Map.Entry<Endpoint, Long>> byAge = new ArrayList<>(sources.entrySet());
        byAge.sort(Map.Entry.<Endpoint, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()));
        byAge.subList(RelayPartial.MAX_PEERS, byAge.size()).stream()
                .map(Map.Entry::getKey)
                .toList()
                .forEach(sources::remove);
    }

    /** Buckets that were {@link #keep kept}, ascending. */
    long[] kept() {
        return kept;
    }

    /** Remembers that inbound traffic of the bucket is kept; buckets come in time order. */
    void keep(long bucket) {
        kept = Arrays.copyOf(kept, kept.length + 1);
        kept[kept.length - 1] = bucket;
    }

    /** Forgets all that were kept of buckets before this one, and says which. */
    long[] letGoBefore(long bucket) {
        int gone = 0;
        while (gone < kept.length && kept[gone] < bucket) {
            gone++;
        }
        if (gone == 0) {
            return NONE;
        }
        long[] before = Arrays.copyOf(kept, gone);
        kept = Arrays.copyOfRange(kept, gone, kept.length);
        return before;
    }

    /** Remembers that the targets were joined in the bucket; after the previous ones have been read. */
    void joined(Set<Endpoint> reached, long bucket) {
        reached.forEach(target -> see(targets, target, bucket));
    }

    private static void see(Map<Endpoint, Long> peers, Endpoint peer, long bucket) {
        peers.remove(peer);
        peers.put(peer, bucket);
    }

    long pairs(Set<Endpoint> reached) {
        return sources.size() * distinctTargets(reached);
    }

    long distinctTargets(Set<Endpoint> reached) {
        long known = reached.stream().filter(targets::containsKey).count();
        return targets.size() + reached.size() - known;
    }

    /** The last millisecond of the bucket from which on nothing is remembered, if this one is the host's last; epoch ms. */
    long emptyFromMs(long bucket, long buckets) {
        long emptyFrom = Math.max(bucket + buckets, heldUntil) + 1;
        return (emptyFrom + 1) * RelayPartial.BUCKET_MS - 1;
    }

    void expire(long bucket, long buckets) {
        forgetBefore(sources, bucket - buckets);
        forgetBefore(targets, bucket - buckets);
    }

    private static void forgetBefore(Map<Endpoint, Long> peers, long bucket) {
        Iterator<Long> leastRecent = peers.values().iterator();
        while (leastRecent.hasNext() && leastRecent.next() < bucket) {
            leastRecent.remove();
        }
    }

    /** Whether nothing is remembered at this bucket, so that the gate can be forgotten. */
    boolean isEmpty(long bucket) {
        return sources.isEmpty() && targets.isEmpty() && kept.length == 0 && bucket > heldUntil;
    }

    /** One pair of an overflowing bucket, with the numbers of both ends: the smallest addresses, so that it is always the same. */
    RelayPair overflow(Address host, RelayPartial out) {
        Endpoint target = out.peers.keySet().stream().min(Endpoint::compareTo).orElseThrow();
        Endpoint source = sources.keySet().stream()
                .filter(s -> s.hi != target.hi || s.lo != target.lo)
                .min(Endpoint::compareTo)
                .orElse(target);
        return new RelayPair(
                host,
                source.address(),
                target.address(),
                target.port,
                sources.getOrDefault(source, out.bucket) * RelayPartial.BUCKET_MS,
                Times.first(out.peers.get(target)),
                out.bucketEndMs(),
                sources.size(),
                distinctTargets(out.peers.keySet()));
    }

    /** A gate in state. */
    static final class Serializer extends RecordSerializer<HostGate> {
        static final Serializer INSTANCE = new Serializer();
        static final TypeInformation<HostGate> TYPE = RecordType.of(HostGate.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public HostGate createInstance() {
            return new HostGate();
        }

        @Override
        public HostGate copy(HostGate from) {
            HostGate copy = new HostGate();
            copy.sources.putAll(from.sources);
            copy.targets.putAll(from.targets);
            copy.heldUntil = from.heldUntil;
            copy.kept = from.kept;
            return copy;
        }

        @Override
        protected void write(HostGate gate, DataOutputView out) throws IOException {
            out.writeLong(gate.heldUntil);
            write(gate.sources, out);
            write(gate.targets, out);
            writeVarInt(gate.kept.length, out);
            for (long bucket : gate.kept) {
                writeVarLong(bucket, out);
            }
        }

        private static void write(Map<Endpoint, Long> buckets, DataOutputView out) throws IOException {
            writeVarInt(buckets.size(), out);
            for (Map.Entry<Endpoint, Long> entry : buckets.entrySet()) {
                out.writeLong(entry.getKey().hi);
                out.writeLong(entry.getKey().lo);
                out.writeShort(entry.getKey().port);
                writeVarLong(entry.getValue(), out);
            }
        }

        @Override
        protected HostGate read(int version, HostGate reuse, DataInputView in) throws IOException {
            HostGate gate = new HostGate();
            gate.heldUntil = in.readLong();
            read(gate.sources, in);
            read(gate.targets, in);
            gate.kept = new long[readVarInt(in)];
            for (int i = 0; i < gate.kept.length; i++) {
                gate.kept[i] = readVarLong(in);
            }
            return gate;
        }

        private static void read(Map<Endpoint, Long> buckets, DataInputView in) throws IOException {
            int n = readVarInt(in);
            for (int i = 0; i < n; i++) {
                Endpoint peer = new Endpoint(in.readLong(), in.readLong(), in.readUnsignedShort());
                buckets.put(peer, readVarLong(in));
            }
        }

        @Override
        public TypeSerializerSnapshot<HostGate> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<HostGate> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
