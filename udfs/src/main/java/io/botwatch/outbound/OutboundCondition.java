package io.botwatch.outbound;

import io.botwatch.document.Durations;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.finding.Severity;
import io.botwatch.flow.PortSet;
import io.botwatch.rule.RuleReader;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds that all must hold of what a host did within a window. A bound that is not given holds.
 *
 * @param ports destination ports; empty for all that no other condition of the rule names
 * @param protocols IANA numbers; empty for all
 * @param windowMs whole buckets up to an hour, ms
 * @param destinations distinct destinations, at least
 * @param flows flows, at least
 * @param answered flows that were answered, or of which it is not known, at least
 * @param packets packets, at least
 * @param bytes bytes, at least
 * @param packetsPerFlow packets a flow on average, at most
 * @param failedShare share of flows that nobody answered, 0 to 1, at least
 * @param replyShare packets that came back for each that went, at most
 * @param level severity where it holds
 */
public record OutboundCondition(
        List<Integer> ports,
        List<Integer> protocols,
        long windowMs,
        long destinations,
        long flows,
        long answered,
        long packets,
        long bytes,
        double packetsPerFlow,
        double failedShare,
        double replyShare,
        Severity level)
        implements Serializable {
    private static final long MAX_WINDOW_MS = 3_600_000;
    private static final int MANY = 1_000_000_000;
    private static final Map<String, Integer> PROTOCOLS = new TreeMap<>(Map.of("icmp", 1, "tcp", 6, "udp", 17, "icmp6", 58));

    static OutboundCondition read(Section section, RuleReader rule) {
        section.allow(
                "dst_port", "proto", "window", "destinations", "flows", "answered", "packets", "bytes", "packets_per_flow", "failed_share",
                "reply_share", "level");
        long windowMs = section.durationMs("window", OutboundSums.BUCKET_MS, MAX_WINDOW_MS);
        if (windowMs > 0 && windowMs % OutboundSums.BUCKET_MS != 0) {
            section.problem(
                    "window",
                    Durations.format(windowMs) + " is not a multiple of " + Durations.format(OutboundSums.BUCKET_MS));
        }
        return new OutboundCondition(
                rule.ports(section, "dst_port", false),
                protocols(section, rule),
                windowMs,
                count(section, "destinations"),
                count(section, "flows"),
                count(section, "answered"),
                count(section, "packets"),
                count(section, "bytes"),
                section.has("packets_per_flow") ? section.decimal("packets_per_flow", 1, MANY) : Double.POSITIVE_INFINITY,
                section.has("failed_share") ? section.decimal("failed_share", 0, 1) : 0,
                section.has("reply_share") ? section.decimal("reply_share", 0, 1) : Double.POSITIVE_INFINITY,
                RuleReader.constant(
                        Severity.values(), section.choice("level", true, RuleReader.labels(Severity.values()))));
    }

    private static List<Integer> protocols(Section section, RuleReader rule) {
        List<Integer> protocols = new ArrayList<>();
        for (Scalar scalar : section.list("proto", false, null)) {
            Integer protocol = PROTOCOLS.get(scalar.text());
            if (protocol == null) {
                rule.problem(scalar, Section.notOneOf(scalar.text(), PROTOCOLS.keySet()));
            } else {
                protocols.add(protocol);
            }
        }
        return List.copyOf(protocols);
    }

    private static long count(Section section, String key) {
        return section.has(key) ? section.count(key, 1, MANY) : 0;
    }

    /** Whether it may hold of buckets with so much in all; that needs no sketch. */
    boolean mayHold(long inFlows, long inPackets, long inBytes) {
        return inFlows >= Math.max(Math.max(flows, destinations), answered) && inPackets >= packets && inBytes >= bytes;
    }

    boolean holds(OutboundSums sums) {
        return sums.flows >= flows
                && sums.flows - sums.failed >= answered
                && sums.packets >= packets
                && sums.bytes >= bytes
                && sums.packets <= packetsPerFlow * sums.flows
                && sums.failed >= failedShare * sums.flows
                && sums.replyPackets <= replyShare * sums.packets
                && (destinations == 0 || Math.min(sums.flows, sums.destinations.estimate()) >= destinations);
    }

    PortSet portSet() {
        return new PortSet(ports);
    }
}
