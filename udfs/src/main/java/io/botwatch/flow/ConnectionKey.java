package io.botwatch.flow;

import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * What the one shuffle of records is keyed by: two addresses, a service port and a protocol. Immutable.
 *
 * <p>How a flow becomes a key depends on the preset: see {@link ConnectionKeySelector}.
 */
public final class ConnectionKey {
    /** Protocol of a key that does not tell protocols apart. */
    public static final int ANY_PROTOCOL = 0xFF;

    /** Port of a key whose records' ports do not tell which is the service's: several services may share it. */
    public static final int UNTOLD_PORT = 0;

    public final long aHi;
    public final long aLo;
    public final long bHi;
    public final long bLo;

    /** 0 to 65535; {@link #UNTOLD_PORT} may stand for several. */
    public final int port;

    /** IANA number, or {@link #ANY_PROTOCOL}. */
    public final int protocol;

    public ConnectionKey(long aHi, long aLo, long bHi, long bLo, int port, int protocol) {
        this.aHi = aHi;
        this.aLo = aLo;
        this.bHi = bHi;
        this.bLo = bLo;
        this.port = port;
        this.protocol = protocol;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectionKey that
                && aLo == that.aLo
                && bLo == that.bLo
                && port == that.port
                && protocol == that.protocol
                && aHi == that.aHi
                && bHi == that.bHi;
    }

    /** Stable across JVMs and releases: Flink assigns key groups by it. */
    @Override
    public int hashCode() {
        long h = Address.mix(aHi) + aLo;
        h = Address.mix(h) + bHi;
        h = Address.mix(h) + bLo;
        return (int) Address.mix(h + ((long) port << 8 | protocol));
    }

    @Override
    public String toString() {
        return Address.format(aHi, aLo) + "," + Address.format(bHi, bLo) + "," + port + "," + protocol;
    }

    /** 36 bytes and the version. */
    public static final class Serializer extends ImmutableRecordSerializer<ConnectionKey> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<ConnectionKey> TYPE = RecordType.keyOf(ConnectionKey.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public ConnectionKey createInstance() {
            return new ConnectionKey(0, 0, 0, 0, 0, 0);
        }

        @Override
        protected void write(ConnectionKey key, DataOutputView out) throws IOException {
            out.writeLong(key.aHi);
            out.writeLong(key.aLo);
            out.writeLong(key.bHi);
            out.writeLong(key.bLo);
            out.writeShort(key.port);
            out.writeByte(key.protocol);
        }

        @Override
        protected ConnectionKey read(int version, ConnectionKey reuse, DataInputView in) throws IOException {
            return new ConnectionKey(
                    in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readUnsignedShort(), in.readUnsignedByte());
        }

        @Override
        public TypeSerializerSnapshot<ConnectionKey> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<ConnectionKey> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
