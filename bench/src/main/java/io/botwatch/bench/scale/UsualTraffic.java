package io.botwatch.bench.scale;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import java.util.SplittableRandom;

/**
 * Connections of so many keys an hour at a steady rate: every third record begins a key, the others are of one that began
 * within the last hour. A key has a peer of its own and a host of its own that reaches it; of
 * every fourth it is the peer that reaches the host of the key before.
 */
final class UsualTraffic implements FlowCursor {
    static final int RECORDS_PER_KEY = 3;

    private static final long HOUR_MS = 3_600_000;
    private static final int TCP = 6;
    private static final int CLOSED = 0x1B;
    private static final int[] PORTS = {443, 8_443, 22, 993, 4_444, 80, 53, 9_001};

    private final long keys;
    private final SplittableRandom random = new SplittableRandom(1);
    private long record;

    UsualTraffic(long keys) {
        this.keys = keys;
    }

    /** Records of so much event time. */
    static long records(long keys, long ms) {
        return keys * RECORDS_PER_KEY * ms / HOUR_MS;
    }

    @Override
    public boolean next(Flow into) {
        long latest = record / RECORDS_PER_KEY;
        long key = record % RECORDS_PER_KEY == 0 ? latest : latest - random.nextLong(Math.min(latest + 1, keys));
        into.clear();
        into.startMs = Scenario.START.toEpochMilli() + record * HOUR_MS / (keys * RECORDS_PER_KEY);
        into.endMs = into.startMs + 200;
        into.protocol = TCP;
        into.tcpFlags = CLOSED;
        into.packets = 6;
        into.bytes = 900;
        into.srcPort = 32_768 + random.nextInt(28_000);
        into.dstPort = PORTS[(int) (key / 4 % PORTS.length)];
        boolean inbound = key % 4 == 3;
        long host = Address.v4((int) (10L << 24 | (inbound ? key - 1 : key) & 0xFFFFFF));
        long peer = Address.v4((int) (0x20000000L + key));
        into.srcLo = inbound ? peer : host;
        into.dstLo = inbound ? host : peer;
        record++;
        return true;
    }
}
