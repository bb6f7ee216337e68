package io.botwatch.bench.scale;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Lookup;
import java.io.Serializable;
import java.util.List;

/**
 * What makes many keys of one rule's state, and nothing else: every key gets one record a turn.
 *
 * @param name of what is counted
 * @param rule its id
 * @param keysPerThousand of those asked for; fewer where one is large
 * @param turns records a key
 * @param turnMs from one turn to the next; a turn's records all come within 5 s
 * @param thenMs event time that passes after the last turn
 */
record KeyLoad(String name, String rule, Content content, int keysPerThousand, int turns, long turnMs, long thenMs)
        implements Serializable {
    private static final long TURN_WITHIN_MS = 5_000;
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SYN = 0x02;
    private static final int CLOSED = 0x1B;
    private static final int OPEN = 0x1A;
    private static final long CLIENT = 10L << 24;
    private static final long OUTSIDE = 0x20000000L;

    /** What a key's records are. */
    private enum Content {
        /** A connection from its host to a destination of its own, which ends. */
        OUTBOUND(4_444, CLOSED),
        /** One that goes on. */
        LASTING(4_444, OPEN),
        /** An attempt on a port of spreaders. */
        ATTEMPT(22, SYN),
        IRC(6_667, CLOSED),
        /** To its host's web server, each turn from another source. */
        INBOUND(443, CLOSED),
        /** In turns from outside to its host, and from there to another. */
        BOTH_WAYS(22, CLOSED),
        /** A lookup of a generated name, in vain. */
        LOOKUP(53, 0);

        private final int port;
        private final int flags;

        Content(int port, int flags) {
            this.port = port;
            this.flags = flags;
        }
    }

    static final List<KeyLoad> ALL = List.of(
            new KeyLoad("waiting record", "LONG-CONNECTION", Content.LASTING, 1_000, 1, 0, 0),
            new KeyLoad("open connection", "LONG-CONNECTION", Content.LASTING, 1_000, 1, 0, 6_000),
            new KeyLoad("beacon tuple seen once, 24 h", "BEACON-SLOW", Content.OUTBOUND, 1_000, 1, 0, MINUTE),
            new KeyLoad("beacon tuple seen once, 1 h", "BEACON-FAST", Content.OUTBOUND, 1_000, 1, 0, MINUTE),
            new KeyLoad("beacon tuple seen once, 7 d", "BEACON-LOW-AND-SLOW", Content.OUTBOUND, 1_000, 1, 0, MINUTE),
            new KeyLoad("beacon tuple seen once, 10 min", "STROBE", Content.OUTBOUND, 1_000, 1, 0, MINUTE),
            new KeyLoad("beacon tuple of 4 slices, 24 h", "BEACON-SLOW", Content.OUTBOUND, 1_000, 4, 5 * MINUTE, MINUTE),
            new KeyLoad("beacon tuple of 4 slices, 1 h", "BEACON-FAST", Content.OUTBOUND, 1_000, 4, MINUTE, MINUTE),
            new KeyLoad("beacon tuple of 4 slices, 7 d", "BEACON-LOW-AND-SLOW", Content.OUTBOUND, 1_000, 4, HOUR, MINUTE),
            new KeyLoad("beacon tuple of 4 slices, 10 min", "STROBE", Content.OUTBOUND, 1_000, 4, MINUTE, MINUTE),
            new KeyLoad("volumetric target of 1 source", "VOLUMETRIC-INBOUND", Content.INBOUND, 1_000, 1, 0, 0),
            new KeyLoad("volumetric target of 200 sources", "VOLUMETRIC-INBOUND", Content.INBOUND, 20, 200, 1_000, 0),
            new KeyLoad("spreader host of 1 bucket", "SPREADER", Content.ATTEMPT, 1_000, 1, 0, MINUTE),
            new KeyLoad("spreader host of 12 buckets", "SPREADER", Content.ATTEMPT, 200, 12, 5 * MINUTE, MINUTE),
            new KeyLoad("flooded destination of 1 bucket", "OUTBOUND-FLOOD", Content.ATTEMPT, 1_000, 1, 0, MINUTE),
            new KeyLoad("relay host of 1 in, 1 out", "ORB-RELAY", Content.BOTH_WAYS, 1_000, 2, 10_000, MINUTE),
            new KeyLoad("relay host of 5 in, 5 out", "ORB-RELAY", Content.BOTH_WAYS, 200, 10, 10_000, MINUTE),
            new KeyLoad("host that looked up 1 generated name", "DGA", Content.LOOKUP, 1_000, 1, 0, 0),
            new KeyLoad("open finding (IRC)", "IRC", Content.IRC, 200, 1, 0, 10 * MINUTE));

    int keys(int asked) {
        return (int) ((long) asked * keysPerThousand / 1_000);
    }

    Traffic traffic(int asked) {
        int keys = keys(asked);
        return () -> new Turns(keys);
    }

    private final class Turns implements Traffic.Cursor {
        /** Beyond the last turn: two records of the house's own traffic, so that the watermark moves. */
        private static final int AFTER = 2;

        private final int keys;
        private int turn;
        private int key;
        private int after;

        Turns(int keys) {
            this.keys = keys;
        }

        @Override
        public boolean next(Decoded into) {
            if (turn == turns) {
                return after++ < AFTER && thenMs > 0 && later(into);
            }
            fill(into, key, turn, Scenario.START.toEpochMilli() + turn * turnMs + key * TURN_WITHIN_MS / keys);
            if (++key == keys) {
                key = 0;
                turn++;
            }
            return true;
        }

        private boolean later(Decoded into) {
            Flow flow = into.asFlow().flow;
            flow.clear();
            flow.startMs = flow.endMs =
                    Scenario.START.toEpochMilli() + turns * turnMs + TURN_WITHIN_MS + thenMs + after * TURN_WITHIN_MS;
            flow.srcLo = Address.v4((int) CLIENT);
            flow.dstLo = Address.v4((int) CLIENT + 1);
            flow.protocol = UDP;
            return true;
        }
    }

    private void fill(Decoded into, int key, int turn, long ms) {
        Flow flow = into.asFlow().flow;
        flow.clear();
        flow.startMs = ms;
        flow.endMs = ms + 100;
        flow.protocol = TCP;
        flow.tcpFlags = content.flags;
        flow.packets = content.flags == SYN ? 1 : 5;
        flow.bytes = 600;
        flow.mayBePiece = flow.mayBeCopy = true;
        flow.srcPort = 40_000 + turn;
        flow.dstPort = content.port;
        long host = Address.v4((int) (CLIENT + key));
        boolean inbound = content == Content.INBOUND || content == Content.BOTH_WAYS && turn % 2 == 0;
        boolean samePeer = content == Content.OUTBOUND;
        long peer = Address.v4((int) (OUTSIDE + key + (samePeer ? 0 : (long) turn << 24)));
        flow.srcLo = inbound ? peer : host;
        flow.dstLo = inbound ? host : peer;
        if (content == Content.LOOKUP) {
            into.asLookup(new Lookup(name(key), 3, List.of()));
        }
    }

    /** Sixteen letters that no one would choose. */
    private static String name(int key) {
        StringBuilder name = new StringBuilder();
        long random = Address.mix(key);
        for (int i = 0; i < 16; i++) {
            name.append("qxzjkvwbfgptdhlm".charAt((int) (random >>> 4 * i & 15)));
        }
        return name.append(".com").toString();
    }
}
