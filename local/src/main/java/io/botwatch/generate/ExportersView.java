package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/**
 * Connections as two routers on the way export them: both directions, cut at the active timeout, everything twice, the second
 * router's clock a little behind the first's. What a detector is given that reads plain NetFlow.
 */
public final class ExportersView implements FlowCursor {
    private static final Address SECOND_EXPORTER = Address.parse("10.1.0.253");
    private static final long CLOCK_DIFFERENCE_MS = 1_300;
    private static final long ROUND_TRIP_MS = 24;

    /** How much more than a packet its answer holds, on average. */
    private static final int ANSWER_BYTES = 500;

    private static final int TCP = 6;
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int ACK = 16;

    private final FlowCursor connections;
    private final PriorityQueue<Numbered> pending = new PriorityQueue<>();
    private final ArrayDeque<Numbered> spare = new ArrayDeque<>();
    private final Flow ahead = new Flow();
    private boolean more;
    private long number;

    private static final class Numbered implements Comparable<Numbered> {
        private final Flow flow = new Flow();
        private long number;

        @Override
        public int compareTo(Numbered other) {
            int byStart = Long.compare(flow.startMs, other.flow.startMs);
            return byStart != 0 ? byStart : Long.compare(number, other.number);
        }
    }

    /** @param connections in order of start, one flow a connection, the initiator's side */
    public ExportersView(FlowCursor connections) {
        this.connections = connections;
        more = connections.next(ahead);
    }

    @Override
    public boolean next(Flow into) {
        while (more && (pending.isEmpty() || ahead.startMs <= pending.peek().flow.startMs)) {
            export(0);
            export(CLOCK_DIFFERENCE_MS);
            more = connections.next(ahead);
        }
        Numbered first = pending.poll();
        if (first == null) {
            return false;
        }
        into.copyFrom(first.flow);
        spare.push(first);
        return true;
    }

    private void export(long clockMs) {
        cut(clockMs, false);
        if (ahead.protocol != TCP || (ahead.tcpFlags & ACK) != 0) {
            cut(clockMs, true);
        }
    }

    /** Queues the records of one direction. */
    private void cut(long clockMs, boolean reply) {
        long lasts = ahead.endMs - ahead.startMs;
        long pieces = Math.max(1, Math.min(ahead.packets, lasts / ArrivalOrder.ACTIVE_TIMEOUT_MS + 1));
        for (long i = 0; i < pieces; i++) {
            Numbered next = spare.isEmpty() ? new Numbered() : spare.pop();
            Flow piece = next.flow;
            piece.copyFrom(ahead);
            if (reply) {
                turnRound(piece);
            }
            long from = ahead.startMs + lasts * i / pieces + clockMs;
            long to = ahead.startMs + lasts * (i + 1) / pieces + clockMs - (i + 1 < pieces ? 100 : 0);
            piece.startMs = reply ? Math.min(from + ROUND_TRIP_MS, to) : from;
            piece.endMs = Math.max(piece.startMs, to);
            piece.packets = share(piece.packets, i, pieces);
            piece.bytes = share(piece.bytes, i, pieces);
            piece.tcpFlags &= (i == 0 ? ~0 : ~SYN) & (i == pieces - 1 ? ~0 : ~FIN);
            if (clockMs != 0) {
                piece.exporterHi = SECOND_EXPORTER.hi;
                piece.exporterLo = SECOND_EXPORTER.lo;
            }
            next.number = number++;
            pending.add(next);
        }
    }

    private static void turnRound(Flow flow) {
        long hi = flow.srcHi;
        long lo = flow.srcLo;
        int port = flow.srcPort;
        flow.srcHi = flow.dstHi;
        flow.srcLo = flow.dstLo;
        flow.srcPort = flow.dstPort;
        flow.dstHi = hi;
        flow.dstLo = lo;
        flow.dstPort = port;
        flow.bytes += flow.packets * ANSWER_BYTES;
    }

    private static long share(long whole, long i, long of) {
        return whole * (i + 1) / of - whole * i / of;
    }
}
