package io.botwatch.connection;

import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.flow.Trait;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The conversations of one key group. What it decides depends on the records' content and on the watermark alone, as long as
 * it holds no more than it may; beyond that the least recently seen conversation is put out as it is.
 */
final class ConnectionTable {
    private static final int VERSION = 1;

    private final ConnectionTracker tracker;
    private final int maxHeld;

    private Conversation[] chains = new Conversation[16];
    private int conversations;
    private int pieces;
    private Conversation leastRecent;
    private Conversation mostRecent;

    /** @param maxHeld conversations and waiting records, together */
    ConnectionTable(ConnectionTracker tracker, int maxHeld) {
        this.tracker = tracker;
        this.maxHeld = maxHeld;
    }

    int held() {
        return conversations + pieces;
    }

    void add(Flow flow) {
        boolean reverse = Conversation.isReversed(flow);
        int hash = Conversation.hash(flow, tracker.seed);
        Conversation conversation = find(flow, hash, reverse);
        if (conversation == null) {
            conversation = new Conversation(this, flow, hash);
            insert(conversation);
        } else {
            unlink(conversation);
            linkMostRecent(conversation);
        }
        pieces += conversation.waiting.add(flow, reverse);
        long dueMs = flow.startMs + tracker.settings.settleMs();
        if (!conversation.isScheduled() || dueMs < conversation.dueMs()) {
            tracker.wheel.schedule(conversation, dueMs);
        }
        while (held() > maxHeld && leastRecent != null) {
            evict(leastRecent);
        }
    }

    private Conversation find(Flow flow, int hash, boolean reverse) {
        Conversation each = chains[hash & chains.length - 1];
        while (each != null && !each.is(flow, hash, reverse)) {
            each = each.chained;
        }
        return each;
    }

    private void insert(Conversation conversation) {
        if (conversations >= chains.length) {
            resize(chains.length * 2);
        }
        chain(conversation);
        linkMostRecent(conversation);
        conversations++;
    }

    private void chain(Conversation conversation) {
        int at = conversation.hash & chains.length - 1;
        conversation.chained = chains[at];
        chains[at] = conversation;
    }

    private void resize(int length) {
        chains = new Conversation[length];
        for (Conversation each = leastRecent; each != null; each = each.moreRecent) {
            chain(each);
        }
    }

    private void linkMostRecent(Conversation conversation) {
        conversation.lessRecent = mostRecent;
        if (mostRecent == null) {
            leastRecent = conversation;
        } else {
            mostRecent.moreRecent = conversation;
        }
        mostRecent = conversation;
    }

    private void unlink(Conversation conversation) {
        if (conversation.lessRecent == null) {
            leastRecent = conversation.moreRecent;
        } else {
            conversation.lessRecent.moreRecent = conversation.moreRecent;
        }
        if (conversation.moreRecent == null) {
            mostRecent = conversation.lessRecent;
        } else {
            conversation.moreRecent.lessRecent = conversation.lessRecent;
        }
        conversation.lessRecent = conversation.moreRecent = null;
    }

    private void remove(Conversation conversation) {
        tracker.wheel.cancel(conversation);
        unlink(conversation);
        int at = conversation.hash & chains.length - 1;
        if (chains[at] == conversation) {
            chains[at] = conversation.chained;
        } else {
            Conversation each = chains[at];
            while (each.chained != conversation) {
                each = each.chained;
            }
            each.chained = conversation.chained;
        }
        conversations--;
        if (chains.length > 16 && conversations < chains.length / 8) {
            resize(chains.length / 2);
        }
    }

    private void evict(Conversation conversation) {
        tracker.tally.evicted(1);
        conversation.waiting.sort();
        fold(conversation, Long.MAX_VALUE, Trait.EVICTED);
        remove(conversation);
    }

    /** Decides all that the watermark lets decide; called when the conversation's time has come. */
    void advance(Conversation conversation, long watermarkMs) {
        conversation.waiting.sort();
        fold(conversation, watermarkMs, 0);
        if (conversation.open == null && conversation.waiting.size() == 0) {
            remove(conversation);
            return;
        }
        long dueMs = conversation.open == null ? Long.MAX_VALUE : nextEventMs(conversation.open);
        if (conversation.waiting.size() > 0) {
            dueMs = Math.min(dueMs, conversation.waiting.earliestMs() + tracker.settings.settleMs());
        }
        tracker.wheel.schedule(conversation, dueMs);
    }

    /** Lives through the conversation's records and the times between them, up to the watermark, in order. */
    private void fold(Conversation conversation, long watermarkMs, int traits) {
        Pieces waiting = conversation.waiting;
        int next = 0;
        while (true) {
            boolean hasNext = next < waiting.size() && waiting.startMs(next) <= watermarkMs;
            if (conversation.open != null) {
                long eventMs = nextEventMs(conversation.open);
                if (hasNext ? eventMs < waiting.startMs(next) : eventMs <= watermarkMs) {
                    happen(conversation, eventMs, traits);
                    continue;
                }
            }
            if (!hasNext) {
                break;
            }
            fold(conversation, next++, traits);
        }
        pieces -= next;
        waiting.dropFirst(next);
    }

    private void fold(Conversation conversation, int piece, int traits) {
        if (conversation.open != null && !conversation.open.takes(conversation.waiting, piece, tracker.settings)) {
            close(conversation, traits);
        }
        if (conversation.open == null) {
            conversation.open = Connection.of(
                    conversation.waiting, piece, conversation.protocol == ConnectionTracker.TCP, tracker.settings);
        } else {
            Pieces waiting = conversation.waiting;
            tracker.tally.joined(
                    conversation.open.add(waiting, piece, tracker.settings),
                    waiting.exporterHi(piece),
                    waiting.exporterLo(piece));
        }
    }

    private long nextEventMs(Connection connection) {
        return Math.min(
                Math.min(connection.openAtMs, connection.reportAtMs), connection.closeAtMs(tracker.settings));
    }

    private void happen(Conversation conversation, long eventMs, int traits) {
        Connection connection = conversation.open;
        if (eventMs == connection.openAtMs) {
            open(conversation, traits);
        } else if (eventMs == connection.reportAtMs) {
            connection.reportAtMs += tracker.settings.reportEveryMs();
            if (connection.opened) {
                tracker.total(conversation, traits);
            }
        } else {
            close(conversation, traits);
        }
    }

    private void close(Conversation conversation, int traits) {
        Connection connection = conversation.open;
        if (connection.openAtMs != Connection.NEVER) {
            open(conversation, traits);
        }
        if (connection.there != null) {
            connection.there.end();
        }
        if (connection.back != null) {
            connection.back.end();
        }
        tracker.total(conversation, traits);
        conversation.open = null;
    }

    private void open(Conversation conversation, int traits) {
        Connection connection = conversation.open;
        connection.openAtMs = Connection.NEVER;
        Initiator initiator = conversation.oneWay
                ? null
                : Initiator.of(
                        connection.there,
                        connection.back,
                        conversation.firstPort,
                        conversation.secondPort,
                        conversation.protocol == ConnectionTracker.TCP,
                        tracker.servicePorts);
        connection.firstBegan = initiator == null || initiator.first;
        connection.traits &= ~(Trait.GUESSED_INITIATOR | Trait.REPLY_ONLY);
        if (initiator != null && initiator.guessed) {
            connection.traits |= Trait.GUESSED_INITIATOR;
        }
        boolean unseen = (connection.firstBegan ? connection.there : connection.back) == null;
        if (unseen || initiator != null && initiator.disowns) {
            // Its beginning was not seen, nor may it have been at all: it waits for a record of the initiator's.
            connection.traits |= Trait.REPLY_ONLY;
            return;
        }
        connection.opened = true;
        tracker.opened(conversation, traits);
    }

    /** Writes all that is held, the version first. */
    void write(DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        RecordSerializer.writeVarInt(conversations, out);
        Flow ends = new Flow();
        for (Conversation each = leastRecent; each != null; each = each.moreRecent) {
            tracker.fillEnds(each, ends, true);
            ends.direction = each.direction;
            ends.mayBePiece = !each.oneWay;
            FlowSerializer.INSTANCE.serialize(ends, out);
            each.waiting.write(out);
            out.writeBoolean(each.open != null);
            if (each.open != null) {
                each.open.write(out);
            }
        }
    }

    /** Adds what {@link #write} wrote. */
    void read(DataInputView in) throws IOException {
        KeyGroups.readVersion("connections", VERSION, VERSION, in);
        int count = RecordSerializer.readVarInt(in);
        for (int i = 0; i < count; i++) {
            Flow ends = FlowSerializer.INSTANCE.deserialize(in);
            Conversation conversation = new Conversation(this, ends, Conversation.hash(ends, tracker.seed));
            conversation.waiting.readFrom(in);
            conversation.open = in.readBoolean() ? Connection.read(in) : null;
            insert(conversation);
            pieces += conversation.waiting.size();
            long dueMs = conversation.open == null ? Long.MAX_VALUE : nextEventMs(conversation.open);
            for (int piece = 0; piece < conversation.waiting.size(); piece++) {
                dueMs = Math.min(dueMs, conversation.waiting.startMs(piece) + tracker.settings.settleMs());
            }
            tracker.wheel.schedule(conversation, dueMs);
        }
    }
}
