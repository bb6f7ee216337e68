package io.botwatch.flow;

/** The bits of {@link Flow#routes}: which detectors a record is for. */
public final class Route {
    public static final int BEACON = 1;
    public static final int VOLUMETRIC = 1 << 1;
    public static final int RELAY_IN = 1 << 2;
    public static final int RELAY_OUT = 1 << 3;

    /** For rules that sum an outbound flood, record by record. */
    public static final int FLOOD = 1 << 4;

    /** For rules over outbound connections. */
    public static final int OUTBOUND = 1 << 5;

    /** What is counted before the shuffle by connection. */
    public static final int COUNTED = VOLUMETRIC | FLOOD;

    /** Everything that needs the shuffle by connection. */
    public static final int BY_CONNECTION = BEACON | RELAY_IN | RELAY_OUT | OUTBOUND;

    private Route() {}
}
