package io.botwatch.relay;

import io.botwatch.flow.Endpoint;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The single connections of one host in one bucket and direction: what the interval engine joins. */
final class RelayEvents {
    static final Comparator<Event> BY_TIME = Comparator.comparingLong(Event::ms).thenComparing(Event::peer);

    /** @param ms start, epoch ms */
    record Event(long ms, Endpoint peer) {}

    final List<Event> events = new ArrayList<>();

    /** Events in state. */
    static final class Serializer extends RecordSerializer<RelayEvents> {
        static final Serializer INSTANCE = new Serializer();
        static final TypeInformation<RelayEvents> TYPE = RecordType.of(RelayEvents.class, INSTANCE);

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public RelayEvents createInstance() {
            return new RelayEvents();
        }

        @Override
        public RelayEvents copy(RelayEvents from) {
            RelayEvents copy = new RelayEvents();
            copy.events.addAll(from.events);
            return copy;
        }

        @Override
        protected void write(RelayEvents record, DataOutputView out) throws IOException {
            writeVarInt(record.events.size(), out);
            for (Event event : record.events) {
                out.writeLong(event.ms);
                out.writeLong(event.peer.hi);
                out.writeLong(event.peer.lo);
                out.writeShort(event.peer.port);
            }
        }

        @Override
        protected RelayEvents read(int version, RelayEvents reuse, DataInputView in) throws IOException {
            RelayEvents record = new RelayEvents();
            int n = readVarInt(in);
            for (int i = 0; i < n; i++) {
                record.events.add(
                        new Event(in.readLong(), new Endpoint(in.readLong(), in.readLong(), in.readUnsignedShort())));
            }
            return record;
        }

        @Override
        public TypeSerializerSnapshot<RelayEvents> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<RelayEvents> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
