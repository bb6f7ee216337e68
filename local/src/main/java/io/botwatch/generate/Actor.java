package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/**
 * One source of flows in a scenario: it knows when its next flow starts, and describes it when its turn has come.
 *
 * <p>An actor holds what it needs for that one flow and no more; the {@link Scenario} merges actors by start time.
 * Times are epoch milliseconds.
 */
abstract class Actor {
    /** The start of an actor that has nothing more to say. */
    static final long NEVER = Long.MAX_VALUE;

    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;

    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int PSH = 0x08;
    private static final int ACK = 0x10;

    static final int SYN_ONLY = SYN;
    static final int COMPLETED = FIN | SYN | PSH | ACK;
    static final int ABORTED = RST | SYN | PSH | ACK;

    final Dice dice;

    /** Start of the next flow, epoch ms. */
    long nextMs = NEVER;

    Actor(Dice dice) {
        this.dice = dice;
    }

    /** Describes the flow that starts at {@code flow.startMs} and moves {@link #nextMs} on, never backwards. */
    abstract void emit(Flow flow);

    final void ends(Flow flow, Address src, Address dst, int dstPort) {
        flow.srcHi = src.hi;
        flow.srcLo = src.lo;
        flow.srcPort = dice.ephemeralPort();
        flow.dstHi = dst.hi;
        flow.dstLo = dst.lo;
        flow.dstPort = dstPort;
    }

    /** Fills the counters; {@code payload} is application bytes from source to destination, beside 52 a packet of headers. */
    final void tcp(Flow flow, long packets, long payload, int flags, long durationMs) {
        flow.protocol = TCP;
        flow.packets = packets;
        flow.bytes = payload + 52 * packets;
        flow.tcpFlags = flags;
        flow.endMs = flow.startMs + durationMs;
    }

    /** Fills the counters; {@code payload} is application bytes from source to destination, beside 28 a packet of headers. */
    final void udp(Flow flow, long packets, long payload, long durationMs) {
        flow.protocol = UDP;
        flow.packets = packets;
        flow.bytes = payload + 28 * packets;
        flow.tcpFlags = 0;
        flow.endMs = flow.startMs + durationMs;
    }

    /** A connection attempt that nobody answers: one to three SYNs with the usual back-off of 1 s and 2 s. */
    final void unanswered(Flow flow, int attempts) {
        flow.protocol = TCP;
        flow.packets = attempts;
        flow.bytes = 60L * attempts;
        flow.tcpFlags = SYN_ONLY;
        flow.endMs = flow.startMs + (attempts == 1 ? 0 : attempts == 2 ? 1_000 : 3_000);
    }

    /** What a client sends over one web connection: a handshake, requests, acknowledgements of what it downloads. */
    final void webRequest(Flow flow) {
        long packets = Math.min(20_000, Math.round(dice.logNormal(14, 0.9)) + 5);
        long payload = 500 + Math.round(dice.logNormal(900, 0.8));
        long durationMs = Math.min(110_000, Math.round(dice.logNormal(1_800, 1.5)));
        tcp(flow, packets, payload, dice.chance(0.12) ? ABORTED : COMPLETED, durationMs);
    }
}
