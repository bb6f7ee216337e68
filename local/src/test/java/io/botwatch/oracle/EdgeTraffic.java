package io.botwatch.oracle;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Small random traffic on and beside every edge of the three queries, over 30 hours so that windows lose what they held.
 * Each seed has internal hosts of its own, so that several seeds can share a run: its number is the second octet of
 * their addresses.
 */
final class EdgeTraffic {
    static final List<String> INTERNAL = List.of("10.0.0.0/8", "198.18.0.0/15", "fd00::/8", "2001:db8::/32");

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long BUCKET = 5 * MINUTE;

    /** Beside ordinary ones, the first and last outside each network that a query leaves out, and some inside. */
    private static final String[] PEERS = {
        "45.1.2.3", "45.1.2.4", "203.0.113.9", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.16.0.0", "172.31.255.255",
        "172.32.0.0", "192.167.255.255", "192.168.0.1", "192.169.0.0", "126.255.255.255", "127.0.0.1", "128.0.0.0",
        "169.253.255.255", "169.254.1.1", "169.255.0.0", "198.17.255.255", "198.20.0.0", "2a00:1::7", "2001:db9::",
        "fcff:ffff::1", "fe00::1"
    };
    private static final int[] PORTS = {8080, 8443, 6667, 22, 1, 65_535, 25, 80, 443, 53};
    private static final int[] SERVICES = {80, 443, 8080, 8443, 22, 3389, 25, 587};

    /** Connections and their span in minutes, at the thresholds of count, duration, rate and severity. */
    private static final int[][] BEACONS = {
        {12, 30}, {11, 30}, {13, 31}, {12, 180}, {16, 240}, {20, 300}, {12, 181}, {16, 241}, {60, 30}, {61, 30}, {62, 31},
        {63, 31}, {66, 33}, {20, 60}, {21, 60}, {50, 100}, {51, 100}, {100, 121}, {101, 120}, {101, 121}, {110, 55}
    };

    /** One connection. */
    record Connection(long startMs, String src, String dst, int dstPort, int protocol, boolean denied) {

        SqlOracle.Row row() {
            return new SqlOracle.Row(startMs, src, dst, dstPort, denied);
        }

        Flow flow() {
            Flow flow = new Flow();
            Address from = Address.parse(src);
            Address to = Address.parse(dst);
            flow.startMs = startMs;
            flow.endMs = startMs + Math.floorMod(startMs, 90_000);
            flow.srcHi = from.hi;
            flow.srcLo = from.lo;
            flow.dstHi = to.hi;
            flow.dstLo = to.lo;
            flow.srcPort = protocol == ICMP ? 0 : 1_024 + (int) Math.floorMod(startMs, 60_000);
            flow.dstPort = dstPort;
            flow.protocol = protocol;
            flow.packets = 5;
            flow.bytes = 500;
            flow.verdict = denied ? Verdict.DENIED : Verdict.UNKNOWN;
            return flow;
        }
    }

    private final int seed;
    private final Random random;
    private final long startMs;
    private final boolean denials;
    private final List<Connection> connections = new ArrayList<>();

    private EdgeTraffic(int seed, long startMs, boolean denials) {
        this.seed = seed;
        this.random = new Random(seed);
        this.startMs = startMs;
        this.denials = denials;
    }

    /**
     * @param seed 0 to 255
     * @param startMs a multiple of five minutes, epoch ms
     * @param denials whether a firewall stopped some of it
     */
    static List<Connection> of(int seed, long startMs, boolean denials) {
        EdgeTraffic traffic = new EdgeTraffic(seed, startMs, denials);
        for (int i = 0; i < 14; i++) {
            traffic.beacon(i);
        }
        for (int i = 0; i < 2; i++) {
            traffic.burstThenSteady(20 + i);
            traffic.twiceADayApart(30 + i);
            traffic.onAndOff(40 + i);
        }
        for (int i = 0; i < 4; i++) {
            traffic.crowd(50 + i);
        }
        for (int i = 0; i < 4; i++) {
            traffic.relays(60 + i);
        }
        traffic.crossTraffic();
        return traffic.connections;
    }

    /** An internal host of this seed: private, public, or of IPv6. */
    private String host(int number) {
        return switch (number % 4) {
            case 0 -> "198.18." + seed + "." + number;
            case 1 -> "fd00:" + Integer.toHexString(seed) + "::" + Integer.toHexString(number);
            default -> "10." + seed + ".0." + number;
        };
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private String peer() {
        return PEERS[random.nextInt(PEERS.length)];
    }

    private int port() {
        return PORTS[random.nextInt(PORTS.length)];
    }

    private long between(long from, long to) {
        return from + (long) (random.nextDouble() * (to - from));
    }

    /** Of either protocol, since the queries do not tell them apart; some twice, since they do not deduplicate either. */
    private void add(long ms, String src, String dst, int port, boolean denied) {
        int protocol = port == 0 ? ICMP : random.nextBoolean() ? TCP : UDP;
        connections.add(new Connection(ms, src, dst, port, protocol, denied));
    }

    private void add(long ms, String src, String dst, int port) {
        add(ms, src, dst, port, denials && random.nextInt(4) == 0);
    }

    private void beacon(int number) {
        int[] shape = BEACONS[random.nextInt(BEACONS.length)];
        int count = shape[0] + random.nextInt(3) / 2;
        // Exactly so many minutes, or a millisecond less.
        long span = shape[1] * MINUTE - random.nextInt(2);
        long first = startMs + between(0, 4 * HOUR) / BUCKET * BUCKET + oneOf(List.of(0L, 1L, BUCKET - 1, between(0, BUCKET)));
        if (random.nextInt(3) == 0) {
            first += 24 * HOUR - span / 2; // so that others leave the window meanwhile
        }
        String src = host(number);
        String dst = random.nextInt(8) == 0 ? host(100 + number) : peer();
        int port = random.nextInt(12) == 0 ? 0 : port();
        add(first, src, dst, port);
        add(first + span, src, dst, port);
        for (int i = 2; i < count; i++) {
            add(random.nextInt(10) == 0 ? first : between(first, first + span), src, dst, port);
        }
    }

    /** Too often for the query until the burst has left the window, a day later. */
    private void burstThenSteady(int number) {
        String src = host(number);
        String dst = oneOf(List.of("45.1.2.3", "2a00:1::7", "11.0.0.0"));
        long burst = startMs + between(0, HOUR);
        int size = 1_500 + random.nextInt(1_500);
        for (int i = 0; i < size; i++) {
            add(between(burst, burst + 20 * MINUTE), src, dst, 8080);
        }
        long end = burst + between(25 * HOUR, 29 * HOUR);
        long step = between(5 * MINUTE, 14 * MINUTE);
        for (long ms = burst + HOUR; ms < end; ms += step) {
            add(ms, src, dst, 8080);
        }
    }

    /** Two clusters that share a window for a while, or just do not. */
    private void twiceADayApart(int number) {
        String src = host(number);
        long first = startMs + between(0, 2 * HOUR);
        long second = first + 24 * HOUR - between(0, HOUR) / 10_000 * 10_000;
        for (int i = 0; i < 10; i++) {
            add(between(first, first + 40 * MINUTE), src, "203.0.113.9", 8443);
            add(between(second, second + 25 * MINUTE), src, "203.0.113.9", 8443);
        }
    }

    /** Episodes: a pause drives the rate below its threshold, the next cluster back above it. */
    private void onAndOff(int number) {
        String src = host(number);
        String dst = oneOf(List.of("45.1.2.4", "9.255.255.255"));
        long ms = startMs + between(0, HOUR);
        for (int cluster = 0; cluster < 5; cluster++) {
            int size = 8 + random.nextInt(40);
            for (int i = 0; i < size; i++) {
                add(between(ms, ms + 45 * MINUTE), src, dst, 6667);
            }
            ms += between(2 * HOUR, 7 * HOUR);
            add(ms, src, dst, 6667);
        }
    }

    /** Sources and connections at their thresholds, filling one bucket to its edges, with some in the next one. */
    private void crowd(int number) {
        int sources = 50 + random.nextInt(2) + (random.nextInt(4) == 0 ? random.nextInt(300) : 0);
        int count = 500 + random.nextInt(2) + (random.nextInt(4) == 0 ? 100 : 0);
        long bucket = startMs + random.nextInt(12) * BUCKET;
        String dst = host(number);
        int port = random.nextInt(8) == 0 ? 8081 : SERVICES[random.nextInt(SERVICES.length)];
        for (int i = 0; i < count; i++) {
            long ms = bucket + oneOf(List.of(0L, BUCKET - 1, between(0, BUCKET), between(0, BUCKET)));
            add(ms, source(i % sources), dst, port, false);
        }
        for (int i = 0; i < 5; i++) {
            add(bucket + BUCKET, source(1_000 + i), dst, port, false);
            add(bucket - 1, source(1_000 + i), dst, port, false);
            if (denials) {
                add(bucket, source(2_000 + i), dst, port, true);
            }
        }
    }

    private static String source(int i) {
        return i % 10 == 9 ? "2a00:2::" + Integer.toHexString(i) : i % 10 == 8 ? "192.168.7." + i % 256 : "46." + i / 250 + ".0." + i % 250;
    }

    private void relays(int number) {
        String host = host(number);
        long base = startMs + between(0, 10 * HOUR) / 5_000 * 5_000;
        // Pairs of their own, a millisecond on either side of both bounds, wherever the buckets of five seconds lie.
        List<Long> delays = List.of(-1L, 0L, 1L, 4_999L, 5_000L, 294_999L, 295_000L, 299_999L, 300_000L, 300_001L, 305_000L);
        for (int i = 0; i < 12; i++) {
            long in = base + i * 20 * MINUTE + oneOf(List.of(0L, 4_999L, between(0, 5_000)));
            add(in, peer(), host, port());
            add(in + oneOf(delays), host, random.nextInt(4) == 0 ? host(104 + 4 * random.nextInt(3)) : peer(), port());
        }
        // A few peers over and over: the same pair many times, sources that are targets, equal times, ICMP.
        List<String> peers = List.of(peer(), peer(), "45.1.2.3", "2a00:1::7", host(104), host(103));
        List<Integer> ports = List.of(0, 25, 443, 8080);
        long soup = base + 6 * HOUR;
        for (int i = 0; i < 40; i++) {
            long ms = soup + between(0, 25 * MINUTE) / 1_000 * 1_000;
            boolean in = random.nextBoolean();
            String peer = oneOf(peers);
            add(ms, in ? peer : host, in ? host : peer, oneOf(ports));
            if (random.nextInt(3) == 0) {
                add(ms, in ? host : peer, in ? peer : host, oneOf(ports));
            }
        }
    }

    /** What no query looks at: between internal hosts, and between others. */
    private void crossTraffic() {
        for (int i = 0; i < 60; i++) {
            long ms = startMs + between(0, 30 * HOUR);
            add(ms, host(i), host(i + 1), 8080);
            add(ms, peer(), peer(), 22);
        }
    }
}
