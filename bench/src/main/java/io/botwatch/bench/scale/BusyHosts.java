package io.botwatch.bench.scale;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Hosts that many sources reach within 150 s, and that reach as many targets within the 150 s after, so that every source
 * makes a pair with every target; and some hosts of one connection each. The first connections of either side are sessions
 * that end together and carry the same, so that a rule of one finding a host has one to tell.
 */
final class BusyHosts {
    private static final int QUIET_HOSTS = 2_000;
    private static final int SESSIONS = 12;
    private static final long HALF_MS = 150_000;
    private static final long LATER_MS = 900_000;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int CLOSED = 0x1B;
    private static final int PORT = 22;

    private final List<Flow> flows = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private final int peers;

    /** A row of the join of inbound and outbound connections. */
    record Row(Address source, Address host, Address target, int port) {}

    /** The times of its first pair, epoch ms. */
    record First(long inMs, long outMs) {}

    /** @param peers sources of each host, and targets */
    BusyHosts(int hosts, int peers) {
        this.peers = peers;
        for (int host = 0; host < QUIET_HOSTS; host++) {
            in(0x100000 + host, 0x1000000 + host, random.nextLong(HALF_MS), 0);
        }
        for (int host = 0; host < hosts; host++) {
            for (int peer = 0; peer < peers; peer++) {
                int session = peer < SESSIONS ? peer + 1 : 0;
                long inMs = session > 0 ? HALF_MS - 1_000 * session : random.nextLong(HALF_MS);
                in(host, 0x100000 * (host + 1) + peer, inMs, session);
                long outMs = HALF_MS + (session > 0 ? 1_000 * session : random.nextLong(HALF_MS));
                out(host, 0x100000 * (host + 1) + peers + peer, outMs, session);
            }
        }
        flows.sort(Comparator.comparingLong(flow -> flow.startMs));
        for (int i = 0; i < 3; i++) {
            later(i);
        }
    }

    private void in(int host, int source, long ms, int session) {
        Flow flow = flow(ms, session);
        flow.srcLo = Address.v4(0x20000000 + source);
        flow.dstLo = Address.v4(10 << 24 | host);
    }

    private void out(int host, int target, long ms, int session) {
        Flow flow = flow(ms, session);
        flow.srcLo = Address.v4(10 << 24 | host);
        flow.dstLo = Address.v4(0x20000000 + target);
    }

    private Flow flow(long ms, int session) {
        Flow flow = new Flow();
        flow.startMs = Scenario.START.toEpochMilli() + ms;
        flow.endMs = session > 0 ? Scenario.START.toEpochMilli() + HALF_MS + 20_000 + 20_000 * session : flow.startMs + 100;
        flow.bytes = session > 0 ? 20_000 << session : 600;
        flow.packets = 20;
        flow.protocol = TCP;
        flow.tcpFlags = CLOSED;
        flow.srcPort = random.nextInt(32_768, 61_000);
        flow.dstPort = PORT;
        flows.add(flow);
        return flow;
    }

    /** So that event time moves on. */
    private void later(int i) {
        Flow flow = new Flow();
        flow.startMs = flow.endMs = Scenario.START.toEpochMilli() + LATER_MS + i * 10_000L;
        flow.protocol = UDP;
        flow.srcLo = Address.v4(10 << 24 | 1);
        flow.dstLo = Address.v4(10 << 24 | 2);
        flows.add(flow);
    }

    FlowCursor cursor() {
        int[] next = {0};
        return into -> {
            if (next[0] == flows.size()) {
                return false;
            }
            into.copyFrom(flows.get(next[0]++));
            return true;
        };
    }

    /** Every inbound connection held against every outbound one of its host. */
    Map<Row, First> pairs(long windowMs) {
        Map<Address, List<Flow>> byHost = new HashMap<>();
        for (Flow flow : flows) {
            if (flow.dstPort == PORT) {
                byHost.computeIfAbsent(host(flow), host -> new ArrayList<>()).add(flow);
            }
        }
        Map<Row, First> rows = new HashMap<>();
        byHost.forEach((host, all) -> {
            for (Flow in : all) {
                for (Flow out : all) {
                    if (isInbound(in) && !isInbound(out) && out.startMs >= in.startMs && out.startMs - in.startMs <= windowMs) {
                        rows.merge(
                                new Row(new Address(in.srcHi, in.srcLo), host, new Address(out.dstHi, out.dstLo), out.dstPort),
                                new First(in.startMs, out.startMs),
                                (a, b) -> new First(Math.min(a.inMs, b.inMs), Math.min(a.outMs, b.outMs)));
                    }
                }
            }
        });
        return rows;
    }

    private static boolean isInbound(Flow flow) {
        return (flow.dstLo >>> 24 & 0xFF) == 10;
    }

    private static Address host(Flow flow) {
        return isInbound(flow) ? new Address(flow.dstHi, flow.dstLo) : new Address(flow.srcHi, flow.srcLo);
    }
}
