package io.botwatch.appraise;

import io.botwatch.sketch.DistinctCount;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What is known of one address: who had to do with it on this day and the day before, and since when. */
public final class Acquaintance {
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    /** End of the first bucket in which it was seen, epoch ms. */
    final long firstMs;

    /** End of the last bucket in which it was seen, epoch ms. */
    long lastMs;

    private long day;
    private DistinctCount others;
    private DistinctCount ports;

    /** Null when it was not seen on the day before. */
    private DistinctCount othersBefore;

    private DistinctCount portsBefore;

    Acquaintance(Contact contact) {
        firstMs = contact.endMs();
        day = Math.floorDiv(contact.bucketMs, DAY_MS);
        lastMs = contact.endMs();
        others = contact.others.copy();
        ports = contact.ports == null ? null : contact.ports.copy();
    }

    private Acquaintance(long firstMs) {
        this.firstMs = firstMs;
    }

    /** Buckets come in order of time. */
    void add(Contact contact) {
        long contactDay = Math.floorDiv(contact.bucketMs, DAY_MS);
        if (contactDay > day) {
            othersBefore = contactDay == day + 1 ? others : null;
            portsBefore = contactDay == day + 1 ? ports : null;
            others = contact.others.copy();
            ports = contact.ports == null ? null : contact.ports.copy();
            day = contactDay;
        } else {
            others.merge(contact.others);
            if (ports != null && contact.ports != null) {
                ports.merge(contact.ports);
            }
        }
        lastMs = Math.max(lastMs, contact.endMs());
    }

    /** Distinct other ends within one to two days. */
    long others() {
        return union(others, othersBefore);
    }

    /** Distinct ports within one to two days; 0 where they are not counted. */
    long ports() {
        return ports == null ? 0 : union(ports, portsBefore);
    }

    private static long union(DistinctCount now, DistinctCount before) {
        if (before == null) {
            return now.estimate();
        }
        DistinctCount both = before.copy();
        both.merge(now);
        return both.estimate();
    }

    void write(DataOutputView out) throws IOException {
        out.writeLong(firstMs);
        out.writeLong(lastMs);
        out.writeLong(day);
        write(others, out);
        write(ports, out);
        write(othersBefore, out);
        write(portsBefore, out);
    }

    static Acquaintance read(DataInputView in) throws IOException {
        Acquaintance known = new Acquaintance(in.readLong());
        known.lastMs = in.readLong();
        known.day = in.readLong();
        known.others = readCount(in);
        known.ports = readCount(in);
        known.othersBefore = readCount(in);
        known.portsBefore = readCount(in);
        return known;
    }

    private static void write(DistinctCount count, DataOutputView out) throws IOException {
        out.writeBoolean(count != null);
        if (count != null) {
            count.write(out);
        }
    }

    private static DistinctCount readCount(DataInputView in) throws IOException {
        return in.readBoolean() ? DistinctCount.read(in) : null;
    }

    /** In state. */
    static final class Serializer extends RecordSerializer<Acquaintance> {
        static final Serializer INSTANCE = new Serializer();

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public Acquaintance createInstance() {
            return new Acquaintance(0);
        }

        @Override
        public Acquaintance copy(Acquaintance from) {
            Acquaintance copy = new Acquaintance(from.firstMs);
            copy.lastMs = from.lastMs;
            copy.day = from.day;
            copy.others = from.others == null ? null : from.others.copy();
            copy.ports = from.ports == null ? null : from.ports.copy();
            copy.othersBefore = from.othersBefore == null ? null : from.othersBefore.copy();
            copy.portsBefore = from.portsBefore == null ? null : from.portsBefore.copy();
            return copy;
        }

        @Override
        protected void write(Acquaintance known, DataOutputView out) throws IOException {
            known.write(out);
        }

        @Override
        protected Acquaintance read(int version, Acquaintance reuse, DataInputView in) throws IOException {
            return Acquaintance.read(in);
        }

        @Override
        public TypeSerializerSnapshot<Acquaintance> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Acquaintance> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
