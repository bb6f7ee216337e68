package io.botwatch.ingest;

import io.botwatch.ingest.DeadLetter.Extent;
import io.botwatch.wire.ImmutableRecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A dead letter on the wire; the reason by its name, so that reasons can be added anywhere. */
public final class DeadLetterSerializer extends ImmutableRecordSerializer<DeadLetter> {
    public static final DeadLetterSerializer INSTANCE = new DeadLetterSerializer();
    public static final TypeInformation<DeadLetter> TYPE = RecordType.of(DeadLetter.class, INSTANCE);

    private static final DeadLetter EMPTY =
            new DeadLetter(new byte[0], Extent.WHOLE, "", 0, UndecodableException.Reason.MALFORMED, "", 0);

    @Override
    protected int version() {
        return 2;
    }

    @Override
    public DeadLetter createInstance() {
        return EMPTY;
    }

    @Override
    protected void write(DeadLetter letter, DataOutputView out) throws IOException {
        writeVarInt(letter.payload().length, out);
        out.write(letter.payload());
        out.writeUTF(letter.source());
        out.writeLong(letter.position());
        out.writeUTF(letter.reason().name());
        out.writeUTF(letter.detail());
        out.writeUTF(letter.extent().name());
        writeVarInt(letter.replayed(), out);
    }

    @Override
    protected DeadLetter read(int version, DeadLetter reuse, DataInputView in) throws IOException {
        int length = readVarInt(in);
        if (length < 0 || length > DeadLetter.MAX_PAYLOAD_BYTES) {
            throw new IOException("a dead letter with a payload of " + length + " bytes");
        }
        byte[] payload = new byte[length];
        in.readFully(payload);
        String source = in.readUTF();
        long position = in.readLong();
        UndecodableException.Reason reason = UndecodableException.Reason.valueOf(in.readUTF());
        String detail = in.readUTF();
        Extent extent = version == 1 ? Extent.ofLength(length) : Extent.valueOf(in.readUTF());
        int replayed = version == 1 ? 0 : readVarInt(in);
        return new DeadLetter(payload, extent, source, position, reason, detail, replayed);
    }

    @Override
    public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeadLetter> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
