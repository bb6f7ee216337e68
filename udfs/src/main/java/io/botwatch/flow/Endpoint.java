package io.botwatch.flow;

import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** An address and a port (0 where the port does not matter). Immutable. */
public final class Endpoint implements Comparable<Endpoint> {
    public final long hi;
    public final long lo;

    /** 0 to 65535. */
    public final int port;

    public Endpoint(long hi, long lo, int port) {
        this.hi = hi;
        this.lo = lo;
        this.port = port;
    }

    public Address address() {
        return new Address(hi, lo);
    }

    @Override
    public int compareTo(Endpoint other) {
        int byAddress = Address.compare(hi, lo, other.hi, other.lo);
        return byAddress != 0 ? byAddress : Integer.compare(port, other.port);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint that && lo == that.lo && port == that.port && hi == that.hi;
    }

    /** Stable across JVMs and releases: Flink assigns key groups by it. */
    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(Address.mix(hi) + lo) + port);
    }

    @Override
    public String toString() {
        String address = Address.format(hi, lo);
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }

    /** 18 bytes and the version. */
    public static final class Serializer extends ImmutableRecordSerializer<Endpoint> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<Endpoint> TYPE = RecordType.keyOf(Endpoint.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public Endpoint createInstance() {
            return new Endpoint(0, 0, 0);
        }

        @Override
        protected void write(Endpoint key, DataOutputView out) throws IOException {
            out.writeLong(key.hi);
            out.writeLong(key.lo);
            out.writeShort(key.port);
        }

        @Override
        protected Endpoint read(int version, Endpoint reuse, DataInputView in) throws IOException {
            return new Endpoint(in.readLong(), in.readLong(), in.readUnsignedShort());
        }

        @Override
        public TypeSerializerSnapshot<Endpoint> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Endpoint> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
