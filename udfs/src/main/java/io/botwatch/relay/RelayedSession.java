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
 * An inbound and an outbound connection of one host that carry the same: as many bytes each way, and they end together. Or,
 * as a control, two that carry the same and do not end together: as many of those are there by chance.
 *
 * @param inMs start of the inbound connection, epoch ms
 * @param outMs start of the outbound connection, epoch ms
 * @param endMs end of the later one, epoch ms
 * @param bytes of the outbound connection, both ways
 * @param together whether they end together
 */
public record RelayedSession(
        Address host, Address source, Address target, int port, long inMs, long outMs, long endMs, long bytes, boolean together) {

    /** In flight and in state. */
    public static final class Serializer extends ImmutableRecordSerializer<RelayedSession> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<RelayedSession> TYPE = RecordType.of(RelayedSession.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayedSession createInstance() {
            Address none = new Address(0, 0);
            return new RelayedSession(none, none, none, 0, 0, 0, 0, 0, false);
        }

        @Override
        protected void write(RelayedSession session, DataOutputView out) throws IOException {
            RelayPair.Serializer.writeAddress(session.host, out);
            RelayPair.Serializer.writeAddress(session.source, out);
            RelayPair.Serializer.writeAddress(session.target, out);
            out.writeShort(session.port);
            out.writeLong(session.inMs);
            out.writeLong(session.outMs);
            out.writeLong(session.endMs);
            writeVarLong(session.bytes, out);
            out.writeBoolean(session.together);
        }

        @Override
        protected RelayedSession read(int version, RelayedSession reuse, DataInputView in) throws IOException {
            return new RelayedSession(
                    new Address(in.readLong(), in.readLong()),
                    new Address(in.readLong(), in.readLong()),
                    new Address(in.readLong(), in.readLong()),
                    in.readUnsignedShort(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    readVarLong(in),
                    in.readBoolean());
        }

        @Override
        public TypeSerializerSnapshot<RelayedSession> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayedSession> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
