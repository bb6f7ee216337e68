package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** A worm looking for its next host: one connection to each of many addresses, hardly any answered. */
final class Spreader extends Actor {
    private final Address host;
    private final int port;
    private final double meanGapMs;
    private final long endMs;
    private int targetsLeft;

    /** @param endMs epoch ms, exclusive; targets left over by then are not contacted */
    Spreader(Dice dice, long startMs, long endMs, Address host, int port, int targets) {
        super(dice);
        this.host = host;
        this.port = port;
        this.endMs = endMs;
        targetsLeft = targets;
        // Paced to be done at nine tenths of the time, so that chance does not cut it short.
        meanGapMs = 0.9 * (endMs - startMs) / targets;
        nextMs = startMs;
    }

    @Override
    void emit(Flow flow) {
        ends(flow, host, Internet.address(dice), port);
        if (dice.chance(0.1)) {
            tcp(flow, dice.between(8, 20), dice.between(300, 1_500), COMPLETED, dice.between(500, 8_000));
        } else {
            unanswered(flow, dice.between(1, 3));
        }
        targetsLeft--;
        nextMs = flow.startMs + Math.round(meanGapMs * dice.between(0.5, 1.5));
        if (targetsLeft == 0 || nextMs >= endMs) {
            nextMs = NEVER;
        }
    }
}
