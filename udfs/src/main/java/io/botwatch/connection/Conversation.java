package io.botwatch.connection;

import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.timing.Timed;

/**
 * One 5-tuple, whichever end a record names first: the records of it that wait for the watermark, and the connection that is
 * open on it. It is linked into its table's chains and order of sight, and into the timing wheel.
 */
final class Conversation extends Timed {
    final ConnectionTable table;
    final int hash;

    final long firstHi;
    final long firstLo;
    final long secondHi;
    final long secondLo;
    final int firstPort;
    final int secondPort;
    final int protocol;

    /** Whether it holds the records of one direction only, because they are not to be joined with the other's. */
    final boolean oneWay;

    /** From the first end to the second. */
    final Direction direction;

    final Pieces waiting = new Pieces();

    /** Null when none is open. */
    Connection open;

    Conversation chained;
    Conversation lessRecent;
    Conversation moreRecent;

    Conversation(ConnectionTable table, Flow flow, int hash) {
        this(
                table,
                hash,
                isReversed(flow),
                flow.srcHi,
                flow.srcLo,
                flow.dstHi,
                flow.dstLo,
                flow.srcPort,
                flow.dstPort,
                flow.protocol,
                !flow.mayBePiece,
                flow.direction);
    }

    private Conversation(
            ConnectionTable table,
            int hash,
            boolean reversed,
            long srcHi,
            long srcLo,
            long dstHi,
            long dstLo,
            int srcPort,
            int dstPort,
            int protocol,
            boolean oneWay,
            Direction direction) {
        this.table = table;
        this.hash = hash;
        this.firstHi = reversed ? dstHi : srcHi;
        this.firstLo = reversed ? dstLo : srcLo;
        this.secondHi = reversed ? srcHi : dstHi;
        this.secondLo = reversed ? srcLo : dstLo;
        this.firstPort = reversed ? dstPort : srcPort;
        this.secondPort = reversed ? srcPort : dstPort;
        this.protocol = protocol;
        this.oneWay = oneWay;
        this.direction = reversed ? direction.reversed() : direction;
    }

    /** Whether the flow's destination is the first end: records of one direction only are never. */
    static boolean isReversed(Flow flow) {
        if (!flow.mayBePiece) {
            return false;
        }
        int order = Address.compare(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo);
        return order > 0 || order == 0 && flow.srcPort > flow.dstPort;
    }

    /** The same for both directions of a 5-tuple. */
    static int hash(Flow flow, long seed) {
        long ends = Address.mix(Address.mix(flow.srcHi + seed) + flow.srcLo + ((long) flow.srcPort << 40))
                + Address.mix(Address.mix(flow.dstHi + seed) + flow.dstLo + ((long) flow.dstPort << 40));
        return (int) Address.mix(ends + flow.protocol);
    }

    boolean is(Flow flow, int hash, boolean reversed) {
        if (this.hash != hash || protocol != flow.protocol || oneWay == flow.mayBePiece) {
            return false;
        }
        return reversed
                ? firstLo == flow.dstLo
                        && secondLo == flow.srcLo
                        && firstPort == flow.dstPort
                        && secondPort == flow.srcPort
                        && firstHi == flow.dstHi
                        && secondHi == flow.srcHi
                : firstLo == flow.srcLo
                        && secondLo == flow.dstLo
                        && firstPort == flow.srcPort
                        && secondPort == flow.dstPort
                        && firstHi == flow.srcHi
                        && secondHi == flow.dstHi;
    }
}
