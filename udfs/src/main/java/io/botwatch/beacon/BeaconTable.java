package io.botwatch.beacon;

import io.botwatch.cadence.SizeConstancy;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.timing.TimingWheel;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The tuples of one key group, by when they were last seen: those seen once, and the others. Either has a bound of its own,
 * so that a flood of new tuples pushes out new ones only.
 */
final class BeaconTable {
    private static final int VERSION = 2;

    /** What is judged, and what is let go of, is said here. */
    interface Listener {
        /** The content of a tuple's window that ends at {@code toMs} has changed. */
        void changed(BeaconTuple tuple, long toMs);

        /** A tuple was let go of, to keep within the bounds. */
        void evicted(BeaconTuple tuple);
    }

    private final BeaconRule rule;
    private final long settledMs;
    private final long restMs;
    private final long seed;
    private final boolean anyProtocol;
    private final int maxNew;
    private final int maxHeld;
    private final TimingWheel<BeaconTuple> wheel;
    private final Listener listener;

    private BeaconTuple[] chains = new BeaconTuple[16];
    private final Order once = new Order();
    private final Order again = new Order();

    /** Ints in the windows of the tuples that were seen more than once. */
    private int held;

    /** Windows of fewer connections are not judged, unless the rule held before. */
    private int minConnections;

    /** All windows that end up to here were judged, epoch ms. */
    private long judgedMs = Long.MIN_VALUE;

    /** Tuples in the order in which they were last seen. */
    private static final class Order {
        private BeaconTuple leastRecent;
        private BeaconTuple mostRecent;
        private int size;

        void add(BeaconTuple tuple) {
            tuple.lessRecent = mostRecent;
            tuple.moreRecent = null;
            if (mostRecent == null) {
                leastRecent = tuple;
            } else {
                mostRecent.moreRecent = tuple;
            }
            mostRecent = tuple;
            size++;
        }

        void forEach(Consumer<BeaconTuple> action) {
            for (BeaconTuple each = leastRecent; each != null; each = each.moreRecent) {
                action.accept(each);
            }
        }

        void remove(BeaconTuple tuple) {
            if (tuple.lessRecent == null) {
                leastRecent = tuple.moreRecent;
            } else {
                tuple.lessRecent.moreRecent = tuple.moreRecent;
            }
            if (tuple.moreRecent == null) {
                mostRecent = tuple.lessRecent;
            } else {
                tuple.moreRecent.lessRecent = tuple.lessRecent;
            }
            tuple.lessRecent = tuple.moreRecent = null;
            size--;
        }
    }

    /**
     * @param anyProtocol whether the rule's preset does not tell protocols apart
     * @param maxNew tuples seen once that are held
     * @param maxHeld ints that the windows of the others hold
     */
    BeaconTable(
            BeaconRule rule,
            long seed,
            boolean anyProtocol,
            int maxNew,
            int maxHeld,
            TimingWheel<BeaconTuple> wheel,
            Listener listener) {
        this.rule = rule;
        this.settledMs = rule.settledMs();
        this.restMs = rule.restMs();
        this.minConnections = rule.minConnections();
        this.seed = seed;
        this.anyProtocol = anyProtocol;
        this.maxNew = maxNew;
        this.maxHeld = maxHeld;
        this.wheel = wheel;
        this.listener = listener;
    }

    int tuples() {
        return once.size + again.size;
    }

    void add(Flow flow) {
        int protocol = anyProtocol ? BeaconTuple.ANY_PROTOCOL : flow.protocol;
        int hash = BeaconTuple.hash(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo, flow.dstPort, protocol, seed);
        BeaconTuple tuple = find(flow, protocol, hash);
        if (tuple == null) {
            tuple = new BeaconTuple(this, flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo, flow.dstPort, protocol, seed);
            tuple.onlyMs = flow.startMs;
            tuple.onlyQuality = BeaconWindow.quality(flow);
            tuple.onlyPackets = BeaconWindow.packets(flow);
            tuple.onlySize = SizeConstancy.encode(flow.bytes);
            tuple.onlyAnswered = Handshake.isAnswered(flow);
            insert(tuple, once);
        } else {
            addAgain(tuple, flow);
        }
        schedule(tuple);
        keepWithinBounds();
    }

    private BeaconTuple find(Flow flow, int protocol, int hash) {
        BeaconTuple each = chains[hash & chains.length - 1];
        while (each != null && !each.is(flow, protocol, hash)) {
            each = each.chained;
        }
        return each;
    }

    private void addAgain(BeaconTuple tuple, Flow flow) {
        if (tuple.window == null) {
            once.remove(tuple);
            tuple.window = tuple.opened(rule.cadence() != null, rule.slideMs());
            held += tuple.window.size();
        } else {
            again.remove(tuple);
        }
        again.add(tuple);
        held -= tuple.window.size();
        tuple.window.add(flow, rule.slideMs());
        held += tuple.window.size();
    }

    private void keepWithinBounds() {
        while (once.size > maxNew) {
            evict(once.leastRecent);
        }
        while (held > maxHeld && again.size > 1) {
            evict(again.leastRecent);
        }
    }

    private void evict(BeaconTuple tuple) {
        remove(tuple);
        listener.evicted(tuple);
    }

    /** From now on windows of so few connections are judged too. */
    void atLeast(int connections) {
        if (connections < minConnections) {
            minConnections = connections;
            once.forEach(this::schedule);
            again.forEach(this::schedule);
        }
    }

    /** Sets the time at which the tuple's window changes next. */
    private void schedule(BeaconTuple tuple) {
        long changesMs = nextChangeMs(tuple, judgedMs) - 1;
        if (!tuple.isScheduled() || tuple.dueMs() != changesMs) {
            wheel.schedule(tuple, changesMs);
        }
    }

    /**
     * The end of the next window after {@code afterMs} whose content matters: because its newest slice has connections and
     * the rule may hold, or because its oldest slice leaves. Where a tuple has settled the windows between two rests are passed over,
     * if the rule holds or slices only leave.
     */
    private long nextChangeMs(BeaconTuple tuple, long afterMs) {
        if (tuple.window == null) {
            long sliceEndMs = (Math.floorDiv(tuple.onlyMs, rule.slideMs()) + 1) * rule.slideMs();
            return minConnections > 1 || sliceEndMs <= afterMs ? sliceEndMs + rule.windowMs() : sliceEndMs;
        }
        BeaconWindow window = tuple.window;
        long leavesMs = window.oldestSliceMs(rule.slideMs()) + rule.slideMs() + rule.windowMs();
        if (!matters(tuple)) {
            return leavesMs;
        }
        if (tuple.holds) {
            long nextMs = Math.min(leavesMs, window.sliceEndAfter(lookedAtMs(tuple, afterMs), rule.slideMs()));
            return isSettled(tuple, Math.max(afterMs, nextMs)) ? restFrom(nextMs) : nextMs;
        }
        return Math.min(
                isSettled(tuple, leavesMs) ? restFrom(leavesMs) : leavesMs, window.sliceEndAfter(afterMs, rule.slideMs()));
    }

    /** Whether its oldest slice is so far back that between two rests nothing of interest is to be expected. */
    private boolean isSettled(BeaconTuple tuple, long atMs) {
        return settledMs != Long.MAX_VALUE
                && tuple.window != null
                && atMs >= tuple.window.oldestSliceMs(rule.slideMs()) + settledMs;
    }

    /** All windows of a tuple of which the rule holds were looked at that end up to this, when all were that are due by {@code atMs}. */
    private long lookedAtMs(BeaconTuple tuple, long atMs) {
        return isSettled(tuple, atMs) ? Math.floorDiv(atMs, restMs) * restMs : atMs;
    }

    /** The first rest from {@code timeMs} on, epoch ms. */
    private long restFrom(long timeMs) {
        return -Math.floorDiv(-timeMs, restMs) * restMs;
    }

    /** Whether anything may be said of its windows: the rule held before, or they may have connections enough. */
    private boolean matters(BeaconTuple tuple) {
        return tuple.holds || (tuple.window == null ? 1 : tuple.window.total()) >= minConnections;
    }

    /** Looks at all windows of the tuple that end up to the watermark, one after the other. */
    void advance(BeaconTuple tuple, long watermarkMs) {
        long untilMs = watermarkMs == Long.MAX_VALUE ? Long.MAX_VALUE : watermarkMs + 1;
        long atMs = judgedMs;
        while (true) {
            long lastMs = atMs;
            atMs = nextChangeMs(tuple, atMs);
            if (atMs > untilMs) {
                wheel.schedule(tuple, atMs - 1);
                return;
            }
            if (watermarkMs == Long.MAX_VALUE && atMs > newestSliceEndMs(tuple)) {
                // The input is over: what would leave later windows was never observed to be quiet.
                if (tuple.holds && lookedAtMs(tuple, lastMs) < newestSliceEndMs(tuple)) {
                    listener.changed(tuple, newestSliceEndMs(tuple));
                }
                return;
            }
            if (matters(tuple)) {
                listener.changed(tuple, atMs);
            }
            if (!evictBefore(tuple, atMs - rule.windowMs())) {
                remove(tuple);
                return;
            }
        }
    }

    private long newestSliceEndMs(BeaconTuple tuple) {
        return tuple.window == null
                ? (Math.floorDiv(tuple.onlyMs, rule.slideMs()) + 1) * rule.slideMs()
                : tuple.window.newestSliceMs(rule.slideMs()) + rule.slideMs();
    }

    /** @return whether anything is left */
    private boolean evictBefore(BeaconTuple tuple, long startMs) {
        if (tuple.window == null) {
            return Math.floorDiv(tuple.onlyMs, rule.slideMs()) * rule.slideMs() >= startMs;
        }
        held -= tuple.window.size();
        tuple.window.evictBefore(startMs, rule.slideMs());
        held += tuple.window.size();
        return !tuple.window.isEmpty();
    }

    /** To be called when all tuples that were due have been advanced. */
    void judged(long watermarkMs) {
        // A restored job may begin with an older watermark than it had.
        judgedMs = Math.max(judgedMs, watermarkMs == Long.MAX_VALUE ? Long.MAX_VALUE : watermarkMs + 1);
    }

    private void insert(BeaconTuple tuple, Order order) {
        if (tuples() >= chains.length) {
            resize(chains.length * 2);
        }
        chain(tuple);
        order.add(tuple);
    }

    private void chain(BeaconTuple tuple) {
        int at = tuple.hash & chains.length - 1;
        tuple.chained = chains[at];
        chains[at] = tuple;
    }

    private void resize(int length) {
        chains = new BeaconTuple[length];
        for (Order order : new Order[] {once, again}) {
            for (BeaconTuple each = order.leastRecent; each != null; each = each.moreRecent) {
                chain(each);
            }
        }
    }

    private void remove(BeaconTuple tuple) {
        wheel.cancel(tuple);
        if (tuple.window == null) {
            once.remove(tuple);
        } else {
            again.remove(tuple);
            held -= tuple.window.size();
        }
        int at = tuple.hash & chains.length - 1;
        if (chains[at] == tuple) {
            chains[at] = tuple.chained;
        } else {
            BeaconTuple each = chains[at];
            while (each.chained != tuple) {
                each = each.chained;
            }
            each.chained = tuple.chained;
        }
        tuple.chained = null;
        if (chains.length > 16 && tuples() < chains.length / 8) {
            resize(chains.length / 2);
        }
    }

    void write(DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(judgedMs);
        RecordSerializer.writeVarInt(tuples(), out);
        for (Order order : new Order[] {once, again}) {
            for (BeaconTuple each = order.leastRecent; each != null; each = each.moreRecent) {
                write(each, out);
            }
        }
    }

    private static void write(BeaconTuple tuple, DataOutputView out) throws IOException {
        out.writeLong(tuple.srcHi);
        out.writeLong(tuple.srcLo);
        out.writeLong(tuple.dstHi);
        out.writeLong(tuple.dstLo);
        out.writeShort(tuple.dstPort);
        out.writeShort(tuple.protocol);
        out.writeByte((tuple.holds ? 1 : 0) | (tuple.window != null ? 2 : 0));
        if (tuple.window != null) {
            tuple.window.write(out);
        } else {
            out.writeLong(tuple.onlyMs);
            out.writeInt(tuple.onlyQuality);
            out.writeInt(tuple.onlyPackets);
            out.writeShort(tuple.onlySize);
            out.writeBoolean(tuple.onlyAnswered);
        }
    }

    /** Adds what {@link #write} wrote. */
    void read(DataInputView in) throws IOException {
        KeyGroups.readVersion("beacon tuples", VERSION, VERSION, in);
        judgedMs = in.readLong();
        int count = RecordSerializer.readVarInt(in);
        for (int i = 0; i < count; i++) {
            BeaconTuple tuple = new BeaconTuple(
                    this, in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readUnsignedShort(), in.readShort(), seed);
            int bits = in.readByte();
            tuple.holds = (bits & 1) != 0;
            if ((bits & 2) != 0) {
                tuple.window = BeaconWindow.read(rule.cadence() != null, in);
                held += tuple.window.size();
            } else {
                tuple.onlyMs = in.readLong();
                tuple.onlyQuality = in.readInt();
                tuple.onlyPackets = in.readInt();
                tuple.onlySize = in.readUnsignedShort();
                tuple.onlyAnswered = in.readBoolean();
            }
            insert(tuple, tuple.window == null ? once : again);
            schedule(tuple);
        }
    }
}
