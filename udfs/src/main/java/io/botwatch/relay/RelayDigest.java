package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * All of one host's inbound sources, or outbound targets, of one bucket: the event that the CEP pattern sees. At most two a
 * host and bucket, whatever the traffic. Immutable.
 */
public final class RelayDigest {
    /** There was no earlier bucket. */
    static final long NEVER = Long.MIN_VALUE;

    private final Address host;
    private final long bucket;
    private final boolean outbound;
    private final Endpoint[] peers;
    private final long[][] times;

    /** Per target, the last earlier bucket in which the host reached it; empty for inbound. */
    private final long[] previous;

    private RelayDigest(
            Address host, long bucket, boolean outbound, Endpoint[] peers, long[][] times, long[] previous) {
        this.host = host;
        this.bucket = bucket;
        this.outbound = outbound;
        this.peers = peers;
        this.times = times;
        this.previous = previous;
    }

    /** @param previousBucket per target, the last earlier bucket in which it was forwarded; ignored for inbound */
    static RelayDigest of(RelayPartial partial, Map<Endpoint, Long> previousBucket) {
        int n = partial.peers.size();
        Endpoint[] peers = new Endpoint[n];
        long[][] times = new long[n][];
        long[] previous = new long[partial.outbound ? n : 0];
        int i = 0;
        for (Map.Entry<Endpoint, long[]> entry : new TreeMap<>(partial.peers).entrySet()) {
            peers[i] = entry.getKey();
            times[i] = entry.getValue();
            if (partial.outbound) {
                previous[i] = previousBucket.getOrDefault(entry.getKey(), NEVER);
            }
            i++;
        }
        return new RelayDigest(partial.host(), partial.bucket, partial.outbound, peers, times, previous);
    }

    public Address host() {
        return host;
    }

    public boolean outbound() {
        return outbound;
    }

    /** Takes the pairs of a match one by one. */
    public interface PairConsumer {
        void accept(RelayPair pair);
    }

    /**
     * The pairs that inbound digest {@code in} and outbound digest {@code out} of one host make, less those that an earlier
     * bucket of the same target has made already. Each with its first times.
     *
     * @param windowMs longest delay, ms, inclusive
     */
    public static void expand(RelayDigest in, RelayDigest out, long windowMs, PairConsumer consumer) {
        boolean sameBucket = in.bucket == out.bucket;
        long knownAtMs = (out.bucket + 1) * RelayPartial.BUCKET_MS;
        for (int t = 0; t < out.peers.length; t++) {
            if (out.previous[t] > in.bucket) {
                continue;
            }
            Endpoint target = out.peers[t];
            long[] outTimes = out.times[t];
            for (int s = 0; s < in.peers.length; s++) {
                Endpoint source = in.peers[s];
                if (source.hi == target.hi && source.lo == target.lo) {
                    continue;
                }
                long[] inTimes = in.times[s];
                long outMs;
                if (sameBucket) {
                    if (Times.first(inTimes) > Times.last(outTimes)) {
                        continue;
                    }
                    outMs = Times.firstFrom(outTimes, Times.first(inTimes));
                } else {
                    outMs = Times.first(outTimes);
                    if (outMs - Times.last(inTimes) > windowMs) {
                        continue;
                    }
                }
                long inMs = Times.firstFrom(inTimes, outMs - windowMs);
                consumer.accept(new RelayPair(
                        out.host, source.address(), target.address(), target.port, inMs, outMs, knownAtMs, 0, 0));
            }
        }
    }

    /** Times as offsets into their bucket. */
    static void writeTimes(long[] times, long bucket, DataOutputView out) throws IOException {
        out.writeByte(times.length);
        for (long ms : times) {
            out.writeShort((int) (ms - bucket * RelayPartial.BUCKET_MS));
        }
    }

    static long[] readTimes(long bucket, DataInputView in) throws IOException {
        long[] times = new long[in.readUnsignedByte()];
        for (int i = 0; i < times.length; i++) {
            times[i] = bucket * RelayPartial.BUCKET_MS + in.readUnsignedShort();
        }
        return times;
    }

    /** A digest in flight and in the pattern's state. */
    public static final class Serializer extends ImmutableRecordSerializer<RelayDigest> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<RelayDigest> TYPE = RecordType.of(RelayDigest.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayDigest createInstance() {
            return new RelayDigest(new Address(0, 0), 0, false, new Endpoint[0], new long[0][], new long[0]);
        }

        @Override
        protected void write(RelayDigest digest, DataOutputView out) throws IOException {
            out.writeBoolean(digest.outbound);
            out.writeLong(digest.host.hi);
            out.writeLong(digest.host.lo);
            out.writeLong(digest.bucket);
            writeVarInt(digest.peers.length, out);
            for (int i = 0; i < digest.peers.length; i++) {
                out.writeLong(digest.peers[i].hi);
                out.writeLong(digest.peers[i].lo);
                out.writeShort(digest.peers[i].port);
                writeTimes(digest.times[i], digest.bucket, out);
                if (digest.outbound) {
                    out.writeLong(digest.previous[i]);
                }
            }
        }

        @Override
        protected RelayDigest read(int version, RelayDigest reuse, DataInputView in) throws IOException {
            boolean outbound = in.readBoolean();
            Address host = new Address(in.readLong(), in.readLong());
            long bucket = in.readLong();
            int n = readVarInt(in);
            Endpoint[] peers = new Endpoint[n];
            long[][] times = new long[n][];
            long[] previous = new long[outbound ? n : 0];
            for (int i = 0; i < n; i++) {
                peers[i] = new Endpoint(in.readLong(), in.readLong(), in.readUnsignedShort());
                times[i] = readTimes(bucket, in);
                if (outbound) {
                    previous[i] = in.readLong();
                }
            }
            return new RelayDigest(host, bucket, outbound, peers, times, previous);
        }

        @Override
        public TypeSerializerSnapshot<RelayDigest> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayDigest> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
