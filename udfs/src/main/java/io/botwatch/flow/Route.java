package io.botwatch.flow;

/** The bits of {@link Flow#routes}: which detectors a record is for. */
public final class Route {
    public static final int BEACON = 1;
    public static final int VOLUMETRIC = 1 << 1;
    public static final int RELAY_IN = 1 << 2;
    public static final int RELAY_OUT = 1 << 3;

    /** Everything that needs the shuffle by connection; the volumetric rule counts before it. */
    public static final int BY_CONNECTION = BEACON | RELAY_IN | RELAY_OUT;

    private Route() {}
}
