package io.botwatch.timing;

/** What a {@link TimingWheel} gives back when its time has come. Its links are the wheel's. */
public abstract class Timed {
    static final int NOWHERE = -1;

    long dueMs;
    int slot = NOWHERE;
    Timed before;
    Timed after;

    public final boolean isScheduled() {
        return slot != NOWHERE;
    }

    /** When the wheel gives it back, epoch ms; of meaning while it is scheduled. */
    public final long dueMs() {
        return dueMs;
    }
}
