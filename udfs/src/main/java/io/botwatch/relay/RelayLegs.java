package io.botwatch.relay;

import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Connections of one host, one direction, that ended within one bucket of time: parallel values in one array. Bounded. */
final class RelayLegs {
    /** More than so many connections that carry much and end within seconds are no relay's. */
    static final int MOST = 256;

    private static final int WIDTH = 7; // peer hi, peer lo, port, start ms, end ms, bytes from the peer's side, bytes back

    private long[] values = new long[WIDTH];
    private int size;

    int size() {
        return size;
    }

    /** @return whether there was room */
    boolean add(long peerHi, long peerLo, int port, long startMs, long endMs, long towards, long back) {
        if (size == MOST) {
            return false;
        }
        if ((size + 1) * WIDTH > values.length) {
            values = Arrays.copyOf(values, Math.min(MOST, 2 * size) * WIDTH);
        }
        int at = size++ * WIDTH;
        values[at] = peerHi;
        values[at + 1] = peerLo;
        values[at + 2] = port;
        values[at + 3] = startMs;
        values[at + 4] = endMs;
        values[at + 5] = towards;
        values[at + 6] = back;
        return true;
    }

    long peerHi(int i) {
        return values[i * WIDTH];
    }

    long peerLo(int i) {
        return values[i * WIDTH + 1];
    }

    int port(int i) {
        return (int) values[i * WIDTH + 2];
    }

    long startMs(int i) {
        return values[i * WIDTH + 3];
    }

    long endMs(int i) {
        return values[i * WIDTH + 4];
    }

    /** Bytes in the direction in which the connection was opened. */
    long towards(int i) {
        return values[i * WIDTH + 5];
    }

    long back(int i) {
        return values[i * WIDTH + 6];
    }

    /** In state. */
    static final class Serializer extends RecordSerializer<RelayLegs> {
        static final Serializer INSTANCE = new Serializer();
        static final TypeInformation<RelayLegs> TYPE = RecordType.of(RelayLegs.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayLegs createInstance() {
            return new RelayLegs();
        }

        @Override
        public RelayLegs copy(RelayLegs from) {
            RelayLegs copy = new RelayLegs();
            copy.values = from.values.clone();
            copy.size = from.size;
            return copy;
        }

        @Override
        protected void write(RelayLegs legs, DataOutputView out) throws IOException {
            writeVarInt(legs.size, out);
            for (int i = 0; i < legs.size * WIDTH; i++) {
                out.writeLong(legs.values[i]);
            }
        }

        @Override
        protected RelayLegs read(int version, RelayLegs reuse, DataInputView in) throws IOException {
            RelayLegs legs = new RelayLegs();
            legs.size = readVarInt(in);
            legs.values = new long[Math.max(1, legs.size) * WIDTH];
            for (int i = 0; i < legs.size * WIDTH; i++) {
                legs.values[i] = in.readLong();
            }
            return legs;
        }

        @Override
        public TypeSerializerSnapshot<RelayLegs> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayLegs> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
