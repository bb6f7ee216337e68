package io.botwatch.flow;

/** The bits of {@link Flow#traits}: how a connection was put together, and so how far it can be trusted. */
public final class Trait {
    /** Several records of one direction were joined. */
    public static final int STITCHED = 1;

    /** Another exporter reported it, too. */
    public static final int COPIED = 1 << 1;

    /** Who began it is a guess: neither the record's format, nor TCP flags, nor ports, nor times tell. */
    public static final int GUESSED_INITIATOR = 1 << 2;

    /** Nothing of the initiator's was exported, or only that it refused the answer to a SYN. */
    public static final int REPLY_ONLY = 1 << 3;

    /** It is TCP, and its exporter does not report flags. */
    public static final int NO_TCP_FLAGS = 1 << 4;

    /** It starts within a second, not at its beginning: its exporter's times are finer than seconds. */
    public static final int SUB_SECOND = 1 << 5;

    /** It was put out early, to keep within the bounds of state. */
    public static final int EVICTED = 1 << 6;

    private Trait() {}
}
