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
        TIME_OUT_OF_RANGE
    }

    private final Reason reason;

    /** @param detail names the field and the value, cut to a sensible length */
    public UndecodableException(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
