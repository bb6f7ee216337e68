package io.botwatch.appraise;

import io.botwatch.flow.Address;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Who had to do with one address in one bucket of time, or a part of it: mergeable in any order. Equality covers address and
 * bucket only, so that it is its own map key while it is combined.
 */
public final class Contact {
    /** Length of a bucket, ms. */
    public static final long BUCKET_MS = 300_000;

    long hi;
    long lo;
    long bucketMs;

    /** The other ends, by keyed hash. */
    DistinctCount others;

    /** The ports at the other ends; null where they say nothing. */
    DistinctCount ports;

    /** How many internal hosts there are; 0 in a contact. */
    long population;

    /** Not a contact, but a name that an internal host was told the address for; else null. */
    Naming naming;

    Contact() {
        this(new DistinctCount());
    }

    private Contact(DistinctCount others) {
        this.others = others;
    }

    /** Not a contact, but how many internal hosts there were up to the bucket's end. */
    static Contact population(Address address, long bucketMs, long hosts) {
        Contact population = new Contact();
        population.hi = address.hi;
        population.lo = address.lo;
        population.bucketMs = bucketMs;
        population.population = hosts;
        return population;
    }

    /** Not a contact, but a name that a host was told the address for. */
    static Contact named(Address address, Naming naming) {
        Contact contact = new Contact();
        contact.hi = address.hi;
        contact.lo = address.lo;
        contact.bucketMs = Math.floorDiv(naming.atMs(), BUCKET_MS) * BUCKET_MS;
        contact.naming = naming;
        return contact;
    }

    void at(long hi, long lo) {
        this.hi = hi;
        this.lo = lo;
    }

    public Address address() {
        return new Address(hi, lo);
    }

    /** Epoch ms, exclusive. */
    long endMs() {
        return bucketMs + BUCKET_MS;
    }

    Contact copy() {
        Contact copy = new Contact(others.copy());
        copy.hi = hi;
        copy.lo = lo;
        copy.bucketMs = bucketMs;
        copy.population = population;
        copy.naming = naming;
        copy.ports = ports == null ? null : ports.copy();
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Contact that && lo == that.lo && bucketMs == that.bucketMs && hi == that.hi;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(hi + bucketMs) + lo);
    }

    /** In flight and in state. */
    public static final class Serializer extends RecordSerializer<Contact> {
        public static final Serializer INSTANCE = new Serializer();
        public static final TypeInformation<Contact> TYPE = RecordType.of(Contact.class, INSTANCE);

        @Override
        protected int version() {
            return 2;
        }

        @Override
        public Contact createInstance() {
            return new Contact();
        }

        @Override
        protected Contact blank() {
            return null;
        }

        @Override
        public Contact copy(Contact from) {
            return from.copy();
        }

        @Override
        protected void write(Contact contact, DataOutputView out) throws IOException {
            out.writeLong(contact.hi);
            out.writeLong(contact.lo);
            out.writeLong(contact.bucketMs);
            writeVarLong(contact.population, out);
            contact.others.write(out);
            out.writeBoolean(contact.ports != null);
            if (contact.ports != null) {
                contact.ports.write(out);
            }
            out.writeBoolean(contact.naming != null);
            if (contact.naming != null) {
                contact.naming.write(out);
            }
        }

        @Override
        protected Contact read(int version, Contact reuse, DataInputView in) throws IOException {
            Contact contact = new Contact(null);
            contact.hi = in.readLong();
            contact.lo = in.readLong();
            contact.bucketMs = in.readLong();
            contact.population = readVarLong(in);
            contact.others = DistinctCount.read(in);
            contact.ports = in.readBoolean() ? DistinctCount.read(in) : null;
            contact.naming = version > 1 && in.readBoolean() ? Naming.read(in) : null;
            return contact;
        }

        @Override
        public TypeSerializerSnapshot<Contact> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Contact> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
