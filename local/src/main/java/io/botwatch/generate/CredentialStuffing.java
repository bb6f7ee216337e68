package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** Many sources, each trying a few sign-ins a minute at one service, so that none of them stands out alone. */
final class CredentialStuffing extends Actor {
    private static final long WINDOW_MS = 300_000;

    private final Address victim;
    private final int port;
    private final long endMs;
    private final Address[] source;
    private final long[] sourceNextMs;
    private final long[] periodMs;
    private int turn;

    /** Each source makes 10 to 20 connections in 5 minutes, from start to end (epoch ms, exclusive). */
    CredentialStuffing(Dice dice, long startMs, long endMs, Address victim, int port, int sources) {
        super(dice);
        this.victim = victim;
        this.port = port;
        this.endMs = endMs;
        source = new Address[sources];
        sourceNextMs = new long[sources];
        periodMs = new long[sources];
        for (int i = 0; i < sources; i++) {
            source[i] = Internet.address(dice);
            periodMs[i] = WINDOW_MS / dice.between(10, 20);
            sourceNextMs[i] = startMs + dice.between(0, periodMs[i]);
        }
        takeTurn();
    }

    private void takeTurn() {
        turn = 0;
        for (int i = 1; i < source.length; i++) {
            if (sourceNextMs[i] < sourceNextMs[turn]) {
                turn = i;
            }
        }
        nextMs = sourceNextMs[turn] < endMs ? sourceNextMs[turn] : NEVER;
    }

    @Override
    void emit(Flow flow) {
        ends(flow, source[turn], victim, port);
        tcp(flow, dice.between(11, 18), dice.between(1_400, 3_200), COMPLETED, dice.between(900, 6_000));
        sourceNextMs[turn] += Math.round(periodMs[turn] * dice.between(0.75, 1.25));
        takeTurn();
    }
}
