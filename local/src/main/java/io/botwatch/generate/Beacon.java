package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** A bot that calls home over short TCP connections, and now and then gets work to do. */
final class Beacon extends Polling {
    private static final double TASKED = 0.02;

    private final Address bot;
    private final Address controller;
    private final int port;
    private final int payload;
    private final double spread;

    /**
     * @param payload application bytes of a check-in
     * @param spread each check-in's payload is uniform in payload × [1 − spread, 1 + spread]
     */
    Beacon(
            Dice dice,
            long firstMs,
            long endMs,
            Cadence cadence,
            Address bot,
            Address controller,
            int port,
            int payload,
            double spread) {
        super(dice, firstMs, endMs, cadence);
        this.bot = bot;
        this.controller = controller;
        this.port = port;
        this.payload = payload;
        this.spread = spread;
    }

    @Override
    void describe(Flow flow) {
        ends(flow, bot, controller, port);
        long sent = Math.round(payload * dice.between(1 - spread, 1 + spread));
        if (dice.chance(TASKED)) {
            tcp(flow, dice.between(20, 80), sent + dice.between(2_000, 60_000), COMPLETED, dice.between(2_000, 15_000));
        } else {
            tcp(flow, dice.between(5, 8), sent, COMPLETED, dice.between(80, 400));
        }
    }
}
