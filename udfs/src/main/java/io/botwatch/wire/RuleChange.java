package io.botwatch.wire;

import java.io.IOException;
import java.time.Instant;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A change of the rules on its way through a running job. It travels among the records, in their place: what came before it on
 * a channel began before the change is in force, so whoever meets a record to which it applies has met the change. Behind
 * every shuffle each subtask gets a copy of its own.
 *
 * @param sequence numbers the changes of a job from 1; one that is not above the last one met is a repetition
 * @param effectiveFromMs first event time at which it is in force, epoch ms
 * @param address what a key is made of, so that a copy reaches one particular subtask behind a shuffle
 * @param rules all rules from then on, as their owner wrote them; only read within the job that wrote them
 * @param exceptions all exceptions from then on, likewise; empty where they do not matter
 */
public record RuleChange(long sequence, long effectiveFromMs, int address, byte[] rules, byte[] exceptions) {
    private static final byte[] NONE = {};

    /** A record that a change can travel as. */
    public interface Carrier {
        /** Null for all records but those that carry a change. */
        RuleChange change();
    }

    @Override
    public String toString() {
        return "change " + sequence + " of the rules from " + Instant.ofEpochMilli(effectiveFromMs);
    }

    /** The same for another subtask. */
    public RuleChange to(int address) {
        return new RuleChange(sequence, effectiveFromMs, address, rules, exceptions);
    }

    /** The same for those to whom exceptions do not matter: there may be many. */
    public RuleChange withoutExceptions() {
        return new RuleChange(sequence, effectiveFromMs, address, rules, NONE);
    }

    void write(DataOutputView out) throws IOException {
        out.writeLong(sequence);
        out.writeLong(effectiveFromMs);
        out.writeInt(address);
        write(rules, out);
        write(exceptions, out);
    }

    private static void write(byte[] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static RuleChange read(DataInputView in) throws IOException {
        return new RuleChange(in.readLong(), in.readLong(), in.readInt(), readBytes(in), readBytes(in));
    }

    private static byte[] readBytes(DataInputView in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
