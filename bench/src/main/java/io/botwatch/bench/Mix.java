package io.botwatch.bench;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import java.util.SplittableRandom;

/** What a day's traffic is mixed with: nine of ten records are then an attack's. */
public enum Mix {
    /** The day alone. */
    NORMAL,
    /** A SYN of another source each, to one host and port. */
    ONE_DESTINATION,
    /** One internal host's connection to another address and port each. */
    UNIQUE_TUPLES;

    private static final int OF_TEN = 9;
    private static final int SYN = 0x02;
    private static final int TCP = 6;
    private static final int VICTIM = 10 << 24 | 1 << 16 | 80 << 8 | 20;
    private static final int SCANNER = 10 << 24 | 1 << 16 | 100 << 8 | 200;

    /** The day with nine flows of the attack after each of its own. */
    public FlowCursor with(FlowCursor day) {
        if (this == NORMAL) {
            return day;
        }
        SplittableRandom random = new SplittableRandom(1);
        long[] atMs = {0};
        int[] left = {0};
        return into -> {
            if (left[0] == 0) {
                if (!day.next(into)) {
                    return false;
                }
                atMs[0] = into.startMs;
                left[0] = OF_TEN;
                return true;
            }
            left[0]--;
            attack(into, atMs[0], random);
            return true;
        };
    }

    private void attack(Flow into, long atMs, SplittableRandom random) {
        long exporterHi = into.exporterHi;
        long exporterLo = into.exporterLo;
        into.clear();
        into.exporterHi = exporterHi;
        into.exporterLo = exporterLo;
        into.startMs = into.endMs = atMs;
        into.protocol = TCP;
        into.tcpFlags = SYN;
        into.packets = 1;
        into.bytes = 60;
        long outside = Address.v4((198 << 24 | 18 << 16) + random.nextInt(1 << 17));
        int port = random.nextInt(1_024, 65_536);
        if (this == ONE_DESTINATION) {
            into.srcLo = outside;
            into.srcPort = port;
            into.dstLo = Address.v4(VICTIM);
            into.dstPort = 443;
        } else {
            into.srcLo = Address.v4(SCANNER);
            into.srcPort = random.nextInt(32_768, 61_000);
            into.dstLo = outside;
            into.dstPort = port;
        }
    }
}
