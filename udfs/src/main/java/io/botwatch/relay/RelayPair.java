package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A source that reached a host, and a target that the host reached within the window after it. Or, when a host has more
 * pairs than are listed, one of them with the numbers of both ends.
 *
 * @param inMs start of the inbound connection, epoch ms
 * @param outMs start of the outbound connection, epoch ms
 * @param knownAtMs end of the bucket at which the pair was known, epoch ms
 * @param sources distinct sources in the window if this is an overflow, else 0
 * @param targets distinct targets in the window if this is an overflow, else 0
 */
public record RelayPair(
        Address host,
        Address source,
        Address target,
        int port,
        long inMs,
        long outMs,
        long knownAtMs,
        long sources,
        long targets) {

    public boolean overflow() {
        return targets > 0;
    }

    /** A pair in flight. */
    public static final class Serializer extends ImmutableRecordSerializer<RelayPair> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<RelayPair> TYPE = RecordType.of(RelayPair.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayPair createInstance() {
            Address none = new Address(0, 0);
            return new RelayPair(none, none, none, 0, 0, 0, 0, 0, 0);
        }

        @Override
        protected void write(RelayPair pair, DataOutputView out) throws IOException {
            writeAddress(pair.host, out);
            writeAddress(pair.source, out);
            writeAddress(pair.target, out);
            out.writeShort(pair.port);
            out.writeLong(pair.inMs);
            out.writeLong(pair.outMs);
            out.writeLong(pair.knownAtMs);
            writeVarLong(pair.sources, out);
            writeVarLong(pair.targets, out);
        }

        static void writeAddress(Address address, DataOutputView out) throws IOException {
            out.writeLong(address.hi);
            out.writeLong(address.lo);
        }

        @Override
        protected RelayPair read(int version, RelayPair reuse, DataInputView in) throws IOException {
            return new RelayPair(
                    new Address(in.readLong(), in.readLong()),
                    new Address(in.readLong(), in.readLong()),
                    new Address(in.readLong(), in.readLong()),
                    in.readUnsignedShort(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    readVarLong(in),
                    readVarLong(in));
        }

        @Override
        public TypeSerializerSnapshot<RelayPair> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayPair> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
