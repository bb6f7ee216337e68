package io.botwatch.rule;

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
 * Whom one rule sums up: what partials are shuffled by, so that one operator serves all rules of a type. Immutable.
 *
 * @param rule {@link Rule#stateKey}
 * @param hi of the host or network
 * @param lo of the host or network
 * @param slot of its destinations; 0 where the rule tells none apart
 * @param port 0 where the rule tells none apart
 * @param protocol IANA number; 0 where the rule tells none apart
 */
public record RuleSubject(long rule, long hi, long lo, long slot, int port, int protocol) {

    /** Stable across JVMs and releases: Flink assigns key groups by it. */
    @Override
    public int hashCode() {
        long h = Address.mix(rule + hi) + lo;
        h = Address.mix(h) + slot;
        return (int) Address.mix(h + ((long) port << 8 | protocol));
    }

    /** 35 bytes and the version. */
    public static final class Serializer extends ImmutableRecordSerializer<RuleSubject> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<RuleSubject> TYPE = RecordType.keyOf(RuleSubject.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RuleSubject createInstance() {
            return new RuleSubject(0, 0, 0, 0, 0, 0);
        }

        @Override
        protected void write(RuleSubject subject, DataOutputView out) throws IOException {
            out.writeLong(subject.rule);
            out.writeLong(subject.hi);
            out.writeLong(subject.lo);
            out.writeLong(subject.slot);
            out.writeShort(subject.port);
            out.writeByte(subject.protocol);
        }

        @Override
        protected RuleSubject read(int version, RuleSubject reuse, DataInputView in) throws IOException {
            return new RuleSubject(
                    in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readUnsignedShort(), in.readUnsignedByte());
        }

        @Override
        public TypeSerializerSnapshot<RuleSubject> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RuleSubject> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
