package io.botwatch.ingest;

/** A record that is no flow of its format. Without a stack trace: hostile input must not be expensive. */
public final class UndecodableException extends Exception {

    /** Why, as counted in metrics and written in dead letters. Stable names. */
    public enum Reason {
        MALFORMED,
        MISSING_FIELD,
        BAD_ADDRESS,
        BAD_PORT,
        BAD_TIME,
        BAD_NUMBER,
        TOO_LARGE,
        UNKNOWN_FORMAT,
        TIME_OUT_OF_RANGE,
        /** Decoded, but after its window had been judged. */
        LATE
    }

    /** How much of a bad value is quoted, in bytes: enough to recognise it, too little to flood a log. */
    private static final int QUOTED = 60;

    private final Reason reason;

    /** @param detail names the field and the value, cut to a sensible length */
    public UndecodableException(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The exception for a field whose text is not what it should be. */
    static UndecodableException of(Reason reason, String field, byte[] text, int from, int to) {
        return new UndecodableException(reason, field + " is '" + quote(text, from, to) + "'");
    }

    /** The text as printable ASCII, cut. */
    static String quote(byte[] text, int from, int to) {
        int end = Math.min(to, from + QUOTED);
        StringBuilder out = new StringBuilder(end - from + 3);
        for (int i = from; i < end; i++) {
            out.append(text[i] >= ' ' && text[i] < 127 ? (char) text[i] : '?');
        }
        return end < to ? out.append("...").toString() : out.toString();
    }
}
