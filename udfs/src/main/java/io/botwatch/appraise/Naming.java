package io.botwatch.appraise;

import io.botwatch.flow.Address;
import java.io.IOException;
import java.util.Comparator;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A name that an internal host looked up and was told an address for.
 *
 * @param atMs when, epoch ms
 */
record Naming(String name, Address host, long atMs) implements Comparable<Naming> {
    private static final Comparator<Naming> BY_TIME =
            Comparator.comparingLong(Naming::atMs).thenComparing(Naming::name).thenComparing(Naming::host);

    /** Whether it is the same host's, by the same name. */
    boolean isSame(Naming other) {
        return name.equals(other.name) && host.equals(other.host);
    }

    @Override
    public int compareTo(Naming other) {
        return BY_TIME.compare(this, other);
    }

    void write(DataOutputView out) throws IOException {
        out.writeUTF(name);
        out.writeLong(host.hi);
        out.writeLong(host.lo);
        out.writeLong(atMs);
    }

    static Naming read(DataInputView in) throws IOException {
        return new Naming(in.readUTF(), new Address(in.readLong(), in.readLong()), in.readLong());
    }
}
