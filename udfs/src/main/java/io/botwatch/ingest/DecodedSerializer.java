package io.botwatch.ingest;

import io.botwatch.flow.Address;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RecordType;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A byte that says what it is, then that one with its own version. */
public final class DecodedSerializer extends CarrierSerializer<Decoded> {
    public static final DecodedSerializer INSTANCE = new DecodedSerializer();
    public static final TypeInformation<Decoded> TYPE = RecordType.of(Decoded.class, INSTANCE);

    private static final int DEAD = 0;
    private static final int FLOW = 1;
    private static final int NOT_IP = 2;
    private static final int LOOKUP = 3;

    @Override
    protected int version() {
        return 1;
    }

    @Override
    public Decoded createInstance() {
        return new Decoded();
    }

    @Override
    public Decoded copy(Decoded from) {
        return copy(from, new Decoded());
    }

    @Override
    public Decoded copy(Decoded from, Decoded reuse) {
        reuse.copyFrom(from);
        return reuse;
    }

    @Override
    protected void write(Decoded decoded, DataOutputView out) throws IOException {
        if (decoded.isFlow()) {
            out.writeByte(FLOW);
            FlowSerializer.INSTANCE.serialize(decoded.flow, out);
        } else if (decoded.isLookup()) {
            out.writeByte(LOOKUP);
            FlowSerializer.INSTANCE.serialize(decoded.flow, out);
            out.writeUTF(decoded.lookup.name());
            out.writeInt(decoded.lookup.rcode());
            out.writeByte(decoded.lookup.answers().size());
            for (Address answer : decoded.lookup.answers()) {
                out.writeLong(answer.hi);
                out.writeLong(answer.lo);
            }
        } else if (decoded.isNotIp()) {
            out.writeByte(NOT_IP);
        } else {
            out.writeByte(DEAD);
            DeadLetterSerializer.INSTANCE.serialize(decoded.dead, out);
        }
    }

    @Override
    protected Decoded read(int version, Decoded reuse, DataInputView in) throws IOException {
        switch (in.readByte()) {
            case FLOW -> FlowSerializer.INSTANCE.deserialize(reuse.asFlow().flow, in);
            case LOOKUP -> {
                FlowSerializer.INSTANCE.deserialize(reuse.asFlow().flow, in);
                String name = in.readUTF();
                int rcode = in.readInt();
                Address[] answers = new Address[in.readByte()];
                for (int i = 0; i < answers.length; i++) {
                    answers[i] = new Address(in.readLong(), in.readLong());
                }
                reuse.asLookup(new Lookup(name, rcode, List.of(answers)));
            }
            case NOT_IP -> reuse.asNotIp();
            default -> reuse.asDead(DeadLetterSerializer.INSTANCE.deserialize(in));
        }
        return reuse;
    }

    @Override
    public Decoded carrier(RuleChange change) {
        return new Decoded().asChange(change);
    }

    @Override
    public TypeSerializerSnapshot<Decoded> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Decoded> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
