package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/**
 * One node of an operational relay box network: sessions that come in on one port and go on to another host.
 *
 * <p>No target is visited often enough to look like a beacon.
 */
final class RelaySessions extends Actor {
    /** Visits of one target; the beacon rule begins at 12. */
    private static final int MOST_VISITS = 9;

    private static final int[] TARGET_PORTS = {22, 25, 8080, 9001};

    private final Address relay;
    private final int listeningPort;
    private final Address[] source;
    private final Address[] target;
    private final int[] targetPort;
    private final int[] visits;
    private final double meanGapMs;
    private final long endMs;
    private int sessionsLeft;

    // The session under way.
    private boolean goingOut;
    private int chosen;
    private long payload;
    private long packets;
    private long inboundEndMs;

    /**
     * @param endMs no flow at or after this, epoch ms
     * @param sessions 1 to 9 times {@code targets}, spread over {@code spanMs} on average
     */
    RelaySessions(
            Dice dice,
            long startMs,
            long endMs,
            long spanMs,
            Address relay,
            int listeningPort,
            int sources,
            int targets,
            int sessions) {
        super(dice);
        this.endMs = endMs;
        this.relay = relay;
        this.listeningPort = listeningPort;
        source = new Address[sources];
        for (int i = 0; i < sources; i++) {
            source[i] = Internet.address(dice);
        }
        target = new Address[targets];
        targetPort = new int[targets];
        visits = new int[targets];
        for (int i = 0; i < targets; i++) {
            target[i] = Internet.address(dice);
            targetPort[i] = dice.oneOf(TARGET_PORTS);
        }
        meanGapMs = (double) spanMs / sessions;
        sessionsLeft = sessions;
        nextMs = startMs;
    }

    @Override
    void emit(Flow flow) {
        if (goingOut) {
            ends(flow, relay, target[chosen], targetPort[chosen]);
            // The relay passes on what it received, less its own handshake.
            long passedOn = Math.round(payload * dice.between(0.96, 1.0));
            long closedMs = Math.max(flow.startMs + 300, inboundEndMs - dice.between(0, 800));
            tcp(flow, packets, passedOn, COMPLETED, closedMs - flow.startMs);
            goingOut = false;
            sessionsLeft--;
            nextMs = sessionsLeft > 0 ? flow.startMs + 1_000 + Math.round(dice.exponential(meanGapMs)) : NEVER;
        } else {
            ends(flow, source[dice.between(0, source.length - 1)], relay, listeningPort);
            payload = Math.round(dice.logNormal(24_000, 0.8));
            packets = 12 + payload / 700;
            long durationMs = dice.between(22_000, 55_000);
            tcp(flow, packets, payload, COMPLETED, durationMs);
            inboundEndMs = flow.endMs;
            do {
                chosen = dice.between(0, target.length - 1);
            } while (visits[chosen] == MOST_VISITS);
            visits[chosen]++;
            goingOut = true;
            nextMs = flow.startMs + dice.between(500, 20_000);
        }
        if (nextMs >= endMs) {
            nextMs = NEVER;
        }
    }
}
