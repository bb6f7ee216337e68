package io.botwatch.wire;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The base of every serializer here: a version byte first, then fields in a fixed order.
 *
 * <p>A reader knows all versions ever released, so that savepoints of older releases restore; a writer writes the newest.
 * Subclasses are stateless singletons with their own snapshot class.
 */
public abstract class RecordSerializer<T> extends TypeSerializerSingleton<T> {

    /** Stands where the version stands, before what is written in a record's place. */
    static final int INSTEAD = -128;

    /** The version that {@link #write} writes, 1 to 127. */
    protected abstract int version();

    protected abstract void write(T record, DataOutputView out) throws IOException;

    /** Reads what {@link #write} of that version wrote; {@code reuse} may be filled and returned, and is null only if {@link #blank} is. */
    protected abstract T read(int version, T reuse, DataInputView in) throws IOException;

    /** What is filled when a record is read from the network or a state; null from those that always make their own. */
    protected T blank() {
        return createInstance();
    }

    @Override
    public final void serialize(T record, DataOutputView out) throws IOException {
        if (writeInstead(record, out)) {
            return;
        }
        out.writeByte(version());
        write(record, out);
    }

    @Override
    public final T deserialize(DataInputView in) throws IOException {
        return deserialize(blank(), in);
    }

    @Override
    public final T deserialize(T reuse, DataInputView in) throws IOException {
        int version = in.readByte();
        if (version == INSTEAD) {
            return readInstead(in);
        }
        if (version < 1 || version > version()) {
            throw new IOException(getClass().getSimpleName() + " read version " + version + ", this build knows 1 to "
                    + version() + ": the state or stream was written by a newer release");
        }
        return read(version, reuse, in);
    }

    /** Writes what the record carries in its place, if it does. */
    boolean writeInstead(T record, DataOutputView out) throws IOException {
        return false;
    }

    T readInstead(DataInputView in) throws IOException {
        throw new IOException(getClass().getSimpleName() + " read a change of the rules where there is none");
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public int getLength() {
        return -1;
    }

    /** Writes an unsigned varint, 7 bits a byte, low first. */
    public static void writeVarLong(long value, DataOutputView out) throws IOException {
        while ((value & ~0x7FL) != 0) {
            out.writeByte((int) (value & 0x7F | 0x80));
            value >>>= 7;
        }
        out.writeByte((int) value);
    }

    public static long readVarLong(DataInputView in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.readByte();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a varint of more than 64 bits");
    }

    public static void writeVarInt(int value, DataOutputView out) throws IOException {
        writeVarLong(value & 0xFFFFFFFFL, out);
    }

    public static int readVarInt(DataInputView in) throws IOException {
        return (int) readVarLong(in);
    }
}
