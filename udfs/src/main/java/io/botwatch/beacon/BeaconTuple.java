package io.botwatch.beacon;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.timing.Timed;

/**
 * One (source, destination, destination port, protocol) and its check-ins. Most are seen once, so the first one lies here; a
 * window is made for the second.
 */
final class BeaconTuple extends Timed {
    static final int ANY_PROTOCOL = -1;

    final long srcHi;
    final long srcLo;
    final long dstHi;
    final long dstLo;
    final int dstPort;

    /** IANA number, or {@link #ANY_PROTOCOL}. */
    final int protocol;

    final int hash;
    final BeaconTable table;

    /** Of the only check-in so far; of no meaning once there is a window. */
    long onlyMs;

    int onlyQuality;
    int onlyPackets;
    int onlySize;
    boolean onlyAnswered;

    /** Null until the second check-in. */
    BeaconWindow window;

    /** Whether the rule held when it was last judged. */
    boolean holds;

    BeaconTuple chained;
    BeaconTuple lessRecent;
    BeaconTuple moreRecent;

    BeaconTuple(
            BeaconTable table, long srcHi, long srcLo, long dstHi, long dstLo, int dstPort, int protocol, long seed) {
        this.table = table;
        this.srcHi = srcHi;
        this.srcLo = srcLo;
        this.dstHi = dstHi;
        this.dstLo = dstLo;
        this.dstPort = dstPort;
        this.protocol = protocol;
        this.hash = hash(srcHi, srcLo, dstHi, dstLo, dstPort, protocol, seed);
    }

    static int hash(long srcHi, long srcLo, long dstHi, long dstLo, int dstPort, int protocol, long seed) {
        long h = Address.mix(srcHi + seed) + srcLo;
        h = Address.mix(h) + dstHi;
        h = Address.mix(h) + dstLo;
        return (int) Address.mix(h + ((long) dstPort << 16) + protocol);
    }

    boolean is(Flow flow, int protocol, int hash) {
        return this.hash == hash
                && srcLo == flow.srcLo
                && dstLo == flow.dstLo
                && dstPort == flow.dstPort
                && this.protocol == protocol
                && srcHi == flow.srcHi
                && dstHi == flow.dstHi;
    }

    /** What the window [{@code fromMs}, {@code toMs}) holds. */
    BeaconWindow.Summary summary(long fromMs, long toMs, long slideMs) {
        return (window == null ? opened(false, slideMs) : window).summary(fromMs, toMs, slideMs);
    }

    /** A window of the only check-in. */
    BeaconWindow opened(boolean keepsCheckIns, long slideMs) {
        BeaconWindow opened = new BeaconWindow(keepsCheckIns);
        opened.add(onlyMs, slideMs, onlyQuality, onlyPackets, onlySize, onlyAnswered);
        return opened;
    }
}
