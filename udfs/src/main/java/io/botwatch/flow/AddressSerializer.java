package io.botwatch.flow;

import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** 16 bytes and the version. */
public final class AddressSerializer extends ImmutableRecordSerializer<Address> {
    public static final AddressSerializer INSTANCE = new AddressSerializer();
    public static final TypeInformation<Address> TYPE = RecordType.keyOf(Address.class, INSTANCE);

    @Override
    protected int version() {
        return 1;
    }

    @Override
    public Address createInstance() {
        return new Address(0, 0);
    }

    @Override
    protected void write(Address address, DataOutputView out) throws IOException {
        out.writeLong(address.hi);
        out.writeLong(address.lo);
    }

    @Override
    protected Address read(int version, Address reuse, DataInputView in) throws IOException {
        return new Address(in.readLong(), in.readLong());
    }

    @Override
    public TypeSerializerSnapshot<Address> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Address> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
