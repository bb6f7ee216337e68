package io.botwatch.timing;

import java.util.function.Consumer;

/**
 * Gives things back when their time has come, grain by grain of event time: a hashed timing wheel (Varghese and Lauck 1987,
 * scheme 6). To schedule, reschedule and cancel takes constant time and no memory of its own.
 */
public final class TimingWheel<T extends Timed> {
    private static final int SLOTS = 4_096;

    private final long grainMs;
    private final Timed[] heads = new Timed[SLOTS];

    /** The grain that is visited next; all before it are over. */
    private long next = Long.MIN_VALUE;

    /** @param grainMs up to so much later than due a thing may be given back, ms of event time */
    public TimingWheel(long grainMs) {
        this.grainMs = grainMs;
    }

    /** Also moves what is scheduled already. */
    public void schedule(T item, long dueMs) {
        cancel(item);
        item.dueMs = dueMs;
        int slot = (int) Math.floorMod(Math.max(next, Math.floorDiv(dueMs, grainMs)), (long) SLOTS);
        item.slot = slot;
        item.after = heads[slot];
        if (heads[slot] != null) {
            heads[slot].before = item;
        }
        heads[slot] = item;
    }

    public void cancel(T item) {
        unlink(item);
    }

    private void unlink(Timed item) {
        if (item.slot == Timed.NOWHERE) {
            return;
        }
        if (item.before == null) {
            heads[item.slot] = item.after;
        } else {
            item.before.after = item.after;
        }
        if (item.after != null) {
            item.after.before = item.before;
        }
        item.before = item.after = null;
        item.slot = Timed.NOWHERE;
    }

    /** Gives back all that is due in a grain that has passed; it may be scheduled again, for later. */
    @SuppressWarnings("unchecked")
    public void advance(long watermarkMs, Consumer<T> due) {
        long until =
                watermarkMs == Long.MAX_VALUE ? Long.MAX_VALUE / grainMs : Math.floorDiv(watermarkMs + 1, grainMs);
        if (until <= next) {
            return;
        }
        long from = Math.max(next, until - SLOTS);
        next = until;
        for (long grain = from; grain < until; grain++) {
            Timed each = heads[(int) Math.floorMod(grain, (long) SLOTS)];
            while (each != null) {
                Timed following = each.after;
                if (Math.floorDiv(each.dueMs, grainMs) < until) {
                    unlink(each);
                    due.accept((T) each);
                }
                each = following;
            }
        }
    }
}
