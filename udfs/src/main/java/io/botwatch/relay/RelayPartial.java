package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Who reached a host, or whom it reached, within one bucket of {@value #BUCKET_MS} ms: mergeable in any order. Equality
 * covers host, bucket and direction only, so that it is its own map key while it is combined.
 */
public final class RelayPartial {
    /** Length of a bucket, ms; the rule's window is a multiple of it. */
    public static final long BUCKET_MS = 5_000;

    /** More peers than this in one bucket of one host are not told apart; the host then counts as overflowing. */
    static final int MAX_PEERS = 65_536;

    long hostHi;
    long hostLo;

    /** Epoch ms divided by {@link #BUCKET_MS}. */
    long bucket;

    boolean outbound;

    /** Peer to the times at which it was seen (see {@link Times}); the port of an inbound source is 0. */
    Map<Endpoint, long[]> peers = new HashMap<>();

    /** Whether there were more than {@link #MAX_PEERS}. */
    boolean truncated;

    /** The peers, largest at the head; only while there are more than are kept. */
    private PriorityQueue<Endpoint> largestFirst;

    public Address host() {
        return new Address(hostHi, hostLo);
    }

    void add(Endpoint peer, long[] times) {
        long[] before = peers.get(peer);
        if (before != null) {
            peers.put(peer, Times.merge(before, times));
            return;
        }
        if (peers.size() >= MAX_PEERS) {
            // The smallest stay: which ones does not depend on arrival, and the sample of an overflow stays exact.
            truncated = true;
            if (largestFirst == null) {
                largestFirst = new PriorityQueue<>(Comparator.reverseOrder());
                largestFirst.addAll(peers.keySet());
            }
            if (peer.compareTo(largestFirst.peek()) > 0) {
                return;
            }
            peers.remove(largestFirst.poll());
            largestFirst.add(peer);
        }
        peers.put(peer, times);
    }

    void merge(RelayPartial other) {
        other.peers.forEach(this::add);
        truncated |= other.truncated;
    }

    long bucketEndMs() {
        return (bucket + 1) * BUCKET_MS;
    }

    RelayPartial copy() {
        RelayPartial copy = new RelayPartial();
        copy.hostHi = hostHi;
        copy.hostLo = hostLo;
        copy.bucket = bucket;
        copy.outbound = outbound;
        peers.forEach((peer, times) -> copy.peers.put(peer, times.clone()));
        copy.truncated = truncated;
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RelayPartial that
                && hostLo == that.hostLo
                && bucket == that.bucket
                && outbound == that.outbound
                && hostHi == that.hostHi;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(hostHi + hostLo) + (bucket << 1 | (outbound ? 1 : 0)));
    }

    /** A partial in flight and in state. */
    public static final class Serializer extends RecordSerializer<RelayPartial> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<RelayPartial> TYPE = RecordType.of(RelayPartial.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayPartial createInstance() {
            return new RelayPartial();
        }

        @Override
        protected RelayPartial blank() {
            return null;
        }

        @Override
        public RelayPartial copy(RelayPartial from) {
            return from.copy();
        }

        @Override
        protected void write(RelayPartial partial, DataOutputView out) throws IOException {
            out.writeByte((partial.outbound ? 1 : 0) | (partial.truncated ? 2 : 0));
            out.writeLong(partial.hostHi);
            out.writeLong(partial.hostLo);
            out.writeLong(partial.bucket);
            writeVarInt(partial.peers.size(), out);
            for (Map.Entry<Endpoint, long[]> entry : partial.peers.entrySet()) {
                Endpoint peer = entry.getKey();
                out.writeLong(peer.hi);
                out.writeLong(peer.lo);
                out.writeShort(peer.port);
                RelayDigest.writeTimes(entry.getValue(), partial.bucket, out);
            }
        }

        @Override
        protected RelayPartial read(int version, RelayPartial reuse, DataInputView in) throws IOException {
            RelayPartial partial = new RelayPartial();
            int flags = in.readByte();
            partial.outbound = (flags & 1) != 0;
            partial.hostHi = in.readLong();
            partial.hostLo = in.readLong();
            partial.bucket = in.readLong();
            int peers = readVarInt(in);
            for (int i = 0; i < peers; i++) {
                Endpoint peer = new Endpoint(in.readLong(), in.readLong(), in.readUnsignedShort());
                partial.add(peer, RelayDigest.readTimes(partial.bucket, in));
            }
            partial.truncated = (flags & 2) != 0;
            return partial;
        }

        @Override
        public TypeSerializerSnapshot<RelayPartial> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayPartial> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
