package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * The three original queries by brute force over one day of flows in order of start: record by record, ends as recorded.
 *
 * <p>Written apart from the detectors, from the text of the queries, so that it can contradict them. Beacons are asked
 * for over the whole day instead of a sliding one.
 */
final class LiteralRules {
    private static final long RELAY_WINDOW_MS = 300_000;
    private static final long BUCKET_MS = 300_000;
    private static final Set<Integer> WEB_AND_DNS = Set.of(80, 443, 53);
    private static final Set<Integer> SERVICES = Set.of(80, 443, 8080, 8443, 22, 3389, 25, 587);

    record Tuple(Address src, Address dst, int dstPort) {}

    record Bucket(long index, Address dst, int dstPort) {}

    private record Inbound(Address src, long startMs) {}

    private static final class Count {
        private long records;
        private long firstMs = Long.MAX_VALUE;
        private long lastMs = Long.MIN_VALUE;
        private final Set<Address> sources = new HashSet<>();
    }

    private final Map<Tuple, Count> tuples = new HashMap<>();
    private final Map<Bucket, Count> buckets = new HashMap<>();
    private final Map<Address, ArrayDeque<Inbound>> recentInbound = new HashMap<>();
    private final Set<Address> relays = new HashSet<>();
    private long records;

    void add(Flow flow) {
        records++;
        Address src = new Address(flow.srcHi, flow.srcLo);
        Address dst = new Address(flow.dstHi, flow.dstLo);
        boolean inbound = !isInternal(src) && isInternal(dst);
        boolean outbound = isInternal(src) && !isInternal(dst);
        if (outbound && !isListedPrivate(dst) && !WEB_AND_DNS.contains(flow.dstPort)) {
            count(tuples.computeIfAbsent(new Tuple(src, dst, flow.dstPort), k -> new Count()), flow, null);
        }
        if (inbound && SERVICES.contains(flow.dstPort)) {
            Bucket bucket = new Bucket(Math.floorDiv(flow.startMs, BUCKET_MS), dst, flow.dstPort);
            count(buckets.computeIfAbsent(bucket, k -> new Count()), flow, src);
        }
        if (inbound && !isListedPrivate(src)) {
            recentInbound.computeIfAbsent(dst, k -> new ArrayDeque<>()).addLast(new Inbound(src, flow.startMs));
        }
        // No predicate on direction here: the query has none.
        if (!isListedPrivate(dst) && !WEB_AND_DNS.contains(flow.dstPort) && !relays.contains(src)) {
            joinOutbound(src, dst, flow.startMs);
        }
    }

    private void joinOutbound(Address host, Address target, long startMs) {
        ArrayDeque<Inbound> candidates = recentInbound.get(host);
        if (candidates == null) {
            return;
        }
        while (!candidates.isEmpty() && candidates.peekFirst().startMs() < startMs - RELAY_WINDOW_MS) {
            candidates.removeFirst();
        }
        for (Iterator<Inbound> i = candidates.iterator(); i.hasNext(); ) {
            if (!i.next().src().equals(target)) {
                relays.add(host);
                return;
            }
        }
    }

    private static void count(Count count, Flow flow, Address source) {
        count.records++;
        count.firstMs = Math.min(count.firstMs, flow.startMs);
        count.lastMs = Math.max(count.lastMs, flow.startMs);
        if (source != null) {
            count.sources.add(source);
        }
    }

    long records() {
        return records;
    }

    Set<Tuple> beacons() {
        Set<Tuple> rows = new HashSet<>();
        tuples.forEach((tuple, count) -> {
            long minutes = (count.lastMs - count.firstMs) / 60_000;
            if (count.records >= 12 && minutes >= 30) {
                double perHour = (double) count.records / minutes * 60;
                if (perHour >= 4 && perHour <= 120) {
                    rows.add(tuple);
                }
            }
        });
        return rows;
    }

    Set<Bucket> volumetrics() {
        Set<Bucket> rows = new HashSet<>();
        buckets.forEach((bucket, count) -> {
            if (count.sources.size() > 50 && count.records > 500) {
                rows.add(bucket);
            }
        });
        return rows;
    }

    Set<Address> relayHosts() {
        return relays;
    }

    /** 10.0.0.0/8 and fc00::/7, the scenario's own networks. */
    static boolean isInternal(Address address) {
        return Address.isV4(address.hi, address.lo)
                ? (address.lo >>> 24 & 0xFF) == 10
                : (address.hi >>> 57) == 0xFC >>> 1;
    }

    /** The networks that the queries spell out, all of IPv4. */
    private static boolean isListedPrivate(Address address) {
        if (!Address.isV4(address.hi, address.lo)) {
            return false;
        }
        int first = (int) (address.lo >>> 24) & 0xFF;
        int second = (int) (address.lo >>> 16) & 0xFF;
        return first == 10
                || first == 127
                || first == 172 && (second & 0xF0) == 16
                || first == 192 && second == 168
                || first == 169 && second == 254;
    }
}
