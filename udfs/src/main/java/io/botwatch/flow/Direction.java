package io.botwatch.flow;

/** Where a flow goes, seen from the internal networks. Never the exporter's flow direction, which is an interface's. */
public enum Direction {
    /** Not yet classified. */
    UNKNOWN,
    /** From an internal source to an external destination. */
    OUTBOUND,
    /** From an external source to an internal destination. */
    INBOUND,
    /** Both ends internal. */
    LATERAL,
    /** Both ends external. */
    TRANSIT;

    /** The direction of the same flow with its ends swapped. */
    public Direction reversed() {
        return switch (this) {
            case OUTBOUND -> INBOUND;
            case INBOUND -> OUTBOUND;
            default -> this;
        };
    }
}
