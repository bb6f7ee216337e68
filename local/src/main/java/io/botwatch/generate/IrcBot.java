package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** A bot in a chat channel: few connections, each kept open for a long time by a ping every 90 s. */
final class IrcBot extends Actor {
    private static final long PING_MS = 90_000;

    private final Address bot;
    private final Address server;
    private final int port;
    private final double meanDurationMs;
    private final long endMs;
    private int connectionsLeft;

    /** @param endMs no connection starts or lasts beyond it, epoch ms */
    IrcBot(Dice dice, long startMs, long endMs, Address bot, Address server, int port, int connections) {
        super(dice);
        this.bot = bot;
        this.server = server;
        this.port = port;
        this.endMs = endMs;
        connectionsLeft = connections;
        meanDurationMs = 0.85 * (endMs - startMs) / connections;
        nextMs = startMs;
    }

    @Override
    void emit(Flow flow) {
        ends(flow, bot, server, port);
        long durationMs = Math.round(meanDurationMs * dice.between(0.8, 1.2));
        durationMs = Math.min(durationMs, endMs - 1 - flow.startMs);
        long pings = durationMs / PING_MS;
        long lines = pings / 4;
        tcp(flow, 6 + 2 * pings + lines, 200 + 26 * pings + 90 * lines, COMPLETED, durationMs);
        connectionsLeft--;
        nextMs = flow.endMs + dice.between(10_000, 120_000);
        if (connectionsLeft == 0 || nextMs >= endMs) {
            nextMs = NEVER;
        }
    }
}
