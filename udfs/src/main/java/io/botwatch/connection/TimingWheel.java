package io.botwatch.connection;

import java.util.function.Consumer;

/**
 * Gives conversations back when their time has come, second by second of event time: a hashed timing wheel (Varghese and
 * Lauck 1987, scheme 6). To schedule, reschedule and cancel takes constant time and no memory of its own.
 */
final class TimingWheel {
    static final int NOWHERE = -1;

    /** How much later than due a conversation may be given back, ms of event time. */
    static final long GRAIN_MS = 1_000;

    /** A bit more than an hour: what is due later goes round more than once. */
    private static final int SLOTS = 4_096;

    private final Conversation[] heads = new Conversation[SLOTS];

    /** The second that is visited next; all before it are over. */
    private long next = Long.MIN_VALUE;

    /** Also moves what is scheduled already. */
    void schedule(Conversation conversation, long dueMs) {
        cancel(conversation);
        conversation.dueMs = dueMs;
        int slot = (int) Math.floorMod(Math.max(next, Math.floorDiv(dueMs, GRAIN_MS)), (long) SLOTS);
        conversation.slot = slot;
        conversation.after = heads[slot];
        if (heads[slot] != null) {
            heads[slot].before = conversation;
        }
        heads[slot] = conversation;
    }

    void cancel(Conversation conversation) {
        if (conversation.slot == NOWHERE) {
            return;
        }
        if (conversation.before == null) {
            heads[conversation.slot] = conversation.after;
        } else {
            conversation.before.after = conversation.after;
        }
        if (conversation.after != null) {
            conversation.after.before = conversation.before;
        }
        conversation.before = conversation.after = null;
        conversation.slot = NOWHERE;
    }

    /** Gives back all that is due in a second that has passed; it may be scheduled again, for later. */
    void advance(long watermarkMs, Consumer<Conversation> due) {
        long until = watermarkMs == Long.MAX_VALUE
                ? Long.MAX_VALUE / GRAIN_MS
                : Math.floorDiv(watermarkMs + 1, GRAIN_MS);
        if (until <= next) {
            return;
        }
        long from = Math.max(next, until - SLOTS);
        next = until;
        for (long second = from; second < until; second++) {
            Conversation each = heads[(int) Math.floorMod(second, (long) SLOTS)];
            while (each != null) {
                Conversation following = each.after;
                if (Math.floorDiv(each.dueMs, GRAIN_MS) < until) {
                    cancel(each);
                    due.accept(each);
                }
                each = following;
            }
        }
    }
}
