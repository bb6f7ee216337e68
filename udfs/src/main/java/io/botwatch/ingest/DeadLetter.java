package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/** A record that could not be decoded, with where it came from and why. Immutable; the payload must not be written to. */
public final class DeadLetter {
    /** How much of a record is kept, in bytes. */
    public static final int MAX_PAYLOAD_BYTES = 8 * 1024;

    /** Longer sources and details are cut to this many characters: they come in part from the input. */
    private static final int MAX_TEXT = 1000;

    /** What the payload is of the record, as written in dead letters. Stable names. */
    public enum Extent {
        /** All of it: it can be fed again. */
        WHOLE,
        /** Its first {@link #MAX_PAYLOAD_BYTES} bytes. */
        CUT,
        /**
         * The record, of which this letter's flow is one of several: the others were decoded, or go with the record's first
         * letter. Feeding it again would count them twice.
         */
        PART;

        /** Of a letter that does not say, written before letters did; one of the longest may well be whole. */
        public static Extent ofLength(int payloadBytes) {
            return payloadBytes < MAX_PAYLOAD_BYTES ? WHOLE : CUT;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws IllegalArgumentException when there is none of that label */
        public static Extent labelled(String label) {
            return valueOf(label.toUpperCase(Locale.ROOT));
        }
    }

    private final byte[] payload;
    private final Extent extent;
    private final String source;
    private final long position;
    private final UndecodableException.Reason reason;
    private final String detail;
    private final int replayed;

    /**
     * A letter that was written before.
     *
     * @param payload at most {@link #MAX_PAYLOAD_BYTES}
     * @param replayed how often the record had been fed again when it became this letter
     */
    public DeadLetter(
            byte[] payload,
            Extent extent,
            String source,
            long position,
            UndecodableException.Reason reason,
            String detail,
            int replayed) {
        this.payload = payload;
        this.extent = extent;
        this.source = text(source);
        this.position = position;
        this.reason = reason;
        this.detail = text(detail);
        this.replayed = replayed;
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
        Extent extent = payload.length == to - from ? Extent.WHOLE : Extent.CUT;
        return new DeadLetter(payload, extent, source, position, why.reason(), why.getMessage(), 0);
    }

    /**
     * The dead letter of a flow that came after its window had been judged. Its payload is the flow as a record of
     * {@link LateRecord}'s formats.
     *
     * @param detector its source
     */
    public static DeadLetter late(String detector, Flow flow) {
        return new DeadLetter(
                LateRecord.of(flow),
                Extent.WHOLE,
                detector,
                0,
                UndecodableException.Reason.LATE,
                "came after its window was judged",
                0);
    }

    /** This letter as one of a record of several flows. */
    public DeadLetter asPart() {
        return new DeadLetter(
                payload, extent == Extent.WHOLE ? Extent.PART : extent, source, position, reason, detail, replayed);
    }

    /** This letter of a record that had been fed again so many times. */
    public DeadLetter replayed(int times) {
        return new DeadLetter(payload, extent, source, position, reason, detail, times);
    }

    /** Cut, and every half of a surrogate pair replaced: no UTF-8 could be made of it. */
    private static String text(String text) {
        String cut = text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** The record's bytes, cut to {@link #MAX_PAYLOAD_BYTES}; not a copy. */
    public byte[] payload() {
        return payload;
    }

    public Extent extent() {
        return extent;
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

    /** How often the record had been fed again when it became this letter; 0 for a new one. */
    public int replayed() {
        return replayed;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeadLetter that
                && position == that.position
                && extent == that.extent
                && reason == that.reason
                && replayed == that.replayed
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
