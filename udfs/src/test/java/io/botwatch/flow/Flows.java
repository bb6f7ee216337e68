package io.botwatch.flow;

import java.util.SplittableRandom;

/** Flows for tests: classified ones, as detectors get them, and random ones with anything in any field. */
public final class Flows {
    /** 2026-03-01T00:00:00Z: a day's, an hour's and five minutes' boundary. */
    public static final long T = 1_772_323_200_000L;

    private Flows() {}

    /** The n-th address of 10.0.0.0/8. */
    public static long internal(int n) {
        return Address.v4(10 << 24 | n);
    }

    /** The n-th address of 198.18.0.0/15 and what follows it. */
    public static long external(int n) {
        return Address.v4((198 << 24 | 18 << 16) + n);
    }

    /** An IPv4 flow of one packet, unclassified. */
    public static Flow flow(long srcLo, int srcPort, long dstLo, int dstPort, long startMs) {
        Flow flow = new Flow();
        flow.startMs = startMs;
        flow.endMs = startMs;
        flow.srcLo = srcLo;
        flow.srcPort = srcPort;
        flow.dstLo = dstLo;
        flow.dstPort = dstPort;
        flow.protocol = 6;
        flow.packets = 1;
        flow.bytes = 40;
        return flow;
    }

    /** Internal host to external peer. */
    public static Flow outbound(int host, int peer, int port, long startMs) {
        Flow flow = flow(internal(host), 50_000, external(peer), port, startMs);
        flow.direction = Direction.OUTBOUND;
        return flow;
    }

    /** External peer to internal host. */
    public static Flow inbound(int peer, int srcPort, int host, int port, long startMs) {
        Flow flow = flow(external(peer), srcPort, internal(host), port, startMs);
        flow.direction = Direction.INBOUND;
        return flow;
    }

    /** Any content in any field that a flow may have. */
    public static Flow random(SplittableRandom random) {
        Flow flow = new Flow();
        flow.startMs = random.nextInt(4) == 0 ? random.nextLong(-(1L << 60), 1L << 60) : T + random.nextInt();
        flow.endMs = flow.startMs + random.nextLong(1L << random.nextInt(1, 60));
        flow.srcHi = random.nextBoolean() ? 0 : random.nextLong();
        flow.srcLo = random.nextBoolean() ? Address.v4(random.nextInt()) : random.nextLong();
        flow.dstHi = random.nextBoolean() ? 0 : random.nextLong();
        flow.dstLo = random.nextBoolean() ? Address.v4(random.nextInt()) : random.nextLong();
        flow.srcPort = random.nextInt(65_536);
        flow.dstPort = random.nextInt(65_536);
        flow.protocol = random.nextInt(256);
        flow.bytes = random.nextLong(1L << random.nextInt(1, 63));
        flow.packets = random.nextLong(1L << random.nextInt(1, 63));
        flow.biflow = random.nextBoolean();
        if (flow.biflow) {
            flow.reverseBytes = random.nextLong(1L << random.nextInt(1, 63));
            flow.reversePackets = random.nextLong(1L << random.nextInt(1, 63));
        }
        flow.tcpFlags = random.nextInt(1 << 12);
        flow.samplingRate = random.nextBoolean() ? 1 : random.nextInt(1, Integer.MAX_VALUE);
        if (random.nextBoolean()) {
            flow.exporterHi = random.nextBoolean() ? 0 : random.nextLong();
            flow.exporterLo = random.nextBoolean() ? Address.v4(random.nextInt()) : random.nextLong();
        }
        flow.mayBePiece = random.nextBoolean();
        flow.mayBeCopy = random.nextBoolean();
        flow.traits = random.nextInt(128);
        flow.exportedMs = random.nextBoolean() ? 0 : T + random.nextInt();
        flow.verdict = Verdict.values()[random.nextInt(3)];
        flow.direction = Direction.values()[random.nextInt(5)];
        flow.routes = random.nextInt(256);
        return flow;
    }

    /** In random order, as a Fisher-Yates shuffle gives it. */
    public static <T> void shuffle(java.util.List<T> values, SplittableRandom random) {
        for (int i = values.size() - 1; i > 0; i--) {
            java.util.Collections.swap(values, i, random.nextInt(i + 1));
        }
    }
}
