package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** A distributed flood of one service from spoofed addresses: half-open connections of one to three packets. */
final class Flood extends Actor {
    private final Address victim;
    private final int port;
    private final Crowd sources;
    private final double meanGapMs;
    private final long endMs;

    /** @param flows on average, between start and end (epoch ms, exclusive) */
    Flood(Dice dice, long startMs, long endMs, Address victim, int port, Crowd sources, int flows) {
        super(dice);
        this.victim = victim;
        this.port = port;
        this.sources = sources;
        this.endMs = endMs;
        meanGapMs = (double) (endMs - startMs) / flows;
        nextMs = startMs;
    }

    @Override
    void emit(Flow flow) {
        ends(flow, sources.anyone(dice), victim, port);
        flow.srcPort = dice.between(1_024, 65_535);
        unanswered(flow, dice.between(1, 3));
        nextMs = flow.startMs + Math.round(dice.exponential(meanGapMs));
        if (nextMs >= endMs) {
            nextMs = NEVER;
        }
    }
}
