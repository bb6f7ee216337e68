package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A record that could not be decoded, with where it came from and why. Immutable; the payload must not be written to. */
public final class DeadLetter {
    /** How much of a record is kept, in bytes. */
    public static final int MAX_PAYLOAD_BYTES = 8 * 1024;

    /** Longer sources and details are cut to this many characters: they come in part from the input. */
    private static final int MAX_TEXT = 1000;

    private final byte[] payload;
    private final String source;
    private final long position;
    private final UndecodableException.Reason reason;
    private final String detail;

    DeadLetter(
            byte[] payload, String source, long position, UndecodableException.Reason reason, String detail) {
        this.payload = payload;
        this.source = source;
        this.position = position;
        this.reason = reason;
        this.detail = detail;
    }

    /**
     * The dead letter of the record {@code bytes[from, to)}, of which it keeps a copy, cut.
     *
     * @param source the file, or topic and partition
     * @param position the offset of the record in it: bytes of a file, records of a partition
     */
    public static DeadLetter of(
            byte[] bytes, int from, int to, String source, long position, UndecodableException why) {
        byte[] payload = Arrays.copyOfRange(bytes, from, Math.min(to, from + MAX_PAYLOAD_BYTES));
        return new DeadLetter(payload, cut(source), position, why.reason(), cut(why.getMessage()));
    }

    /** The dead letter of a flow that came after a rule had judged its window; its payload is the flow as text. */
    public static DeadLetter late(String ruleId, Flow flow) {
        byte[] payload = flow.toString().getBytes(StandardCharsets.UTF_8);
        return new DeadLetter(payload, ruleId, 0, UndecodableException.Reason.LATE, "came after its window was judged");
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }

    /** The record's bytes, cut to {@link #MAX_PAYLOAD_BYTES}; not a copy. */
    public byte[] payload() {
        return payload;
    }

    public String source() {
        return source;
    }

    public long position() {
        return position;
    }

    public UndecodableException.Reason reason() {
        return reason;
    }

    public String detail() {
        return detail;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeadLetter that
                && position == that.position
                && reason == that.reason
                && source.equals(that.source)
                && detail.equals(that.detail)
                && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Objects.hash(source, position);
    }

    @Override
    public String toString() {
        return source + " at " + position + ": " + reason + ", " + detail;
    }
}
