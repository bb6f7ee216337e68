package io.botwatch.outbound;

import io.botwatch.finding.Finding;
import io.botwatch.finding.ServiceLabel;
import io.botwatch.flow.Address;
import io.botwatch.quality.DataQuality;
import io.botwatch.sketch.DistinctCount;
import java.util.Locale;

/** How what a host did outward explains itself. */
final class OutboundEvidence {
    private OutboundEvidence() {}

    /** @param endMs end of the window that qualifies, epoch ms */
    static Finding finding(
            OutboundRule rule, String configVersion, OutboundCondition condition, OutboundSums window, long endMs) {
        Finding finding = rule.info().finding(rule.type(), configVersion);
        finding.severity = condition.level().atMost(rule.info().level());
        finding.firstSeenMs = window.firstMs;
        finding.lastSeenMs = window.lastMs;
        finding.episodeMs = endMs;
        finding.timeMs = endMs;
        finding.src = new Address(window.hostHi, window.hostLo);
        finding.connections = window.flows;
        if (rule.scope() != OutboundRule.Scope.PORT) {
            finding.dst = window.sample.address(0);
        } else {
            finding.distinctTargets = Math.min(window.flows, window.destinations.estimate());
        }
        if (rule.scope() != OutboundRule.Scope.PEER) {
            finding.dstPort = window.port;
        }
        finding.protocol = window.protocol;
        finding.message = message(finding, condition, window);
        finding.measure("window_minutes", condition.windowMs() / 60_000)
                .measure("flows", window.flows)
                .measure("unanswered_share", share(window.failed, window.flows))
                .measure("packets", window.packets)
                .measure("reply_packets", window.replyPackets)
                .measure("bytes", window.bytes);
        thresholds(finding, condition);
        DataQuality quality = DataQuality.ofCounts(window.samplingRate, "flows and destinations");
        finding.confidence = quality.confidence();
        finding.notes.addAll(quality.notes());
        if (!window.destinations.exact()) {
            finding.notes.add("Distinct counts above " + DistinctCount.EXACT_LIMIT
                    + " are a sketch's estimates, standard error 1.6 %, and never more than the flows.");
        }
        if (rule.scope() != OutboundRule.Scope.PORT && window.sample.size() > 1) {
            finding.notes.add("the numbers are of " + window.sample.size() + " destinations together, see the samples");
        }
        for (int i = 0; i < window.sample.size(); i++) {
            finding.samples.add(
                    new Finding.Sample(finding.src, window.sample.address(i), finding.dstPort, window.firstMs));
        }
        return finding;
    }

    private static void thresholds(Finding finding, OutboundCondition condition) {
        if (condition.destinations() > 0) {
            finding.measure("threshold_destinations", condition.destinations());
        }
        if (condition.flows() > 0) {
            finding.measure("threshold_flows", condition.flows());
        }
        if (condition.answered() > 0) {
            finding.measure("threshold_answered", condition.answered());
        }
        if (condition.packets() > 0) {
            finding.measure("threshold_packets", condition.packets());
        }
        if (condition.bytes() > 0) {
            finding.measure("threshold_bytes", condition.bytes());
        }
        if (condition.failedShare() > 0) {
            finding.measure("threshold_unanswered_share", condition.failedShare());
        }
    }

    private static String message(Finding finding, OutboundCondition condition, OutboundSums window) {
        long minutes = condition.windowMs() / 60_000;
        String service = ServiceLabel.of(finding.dstPort, finding.protocol);
        return switch (finding.type) {
            case SPREADER -> String.format(
                    Locale.ROOT,
                    "%s tried %d external hosts on %s within %d min, %.0f %% of %d flows without an answer.",
                    finding.src,
                    finding.distinctTargets,
                    service,
                    minutes,
                    100 * share(window.failed, window.flows),
                    window.flows);
            case SPAM -> String.format(
                    Locale.ROOT,
                    "%s contacted %d external mail servers (%s) within %d min, and is no declared mail server.",
                    finding.src,
                    finding.distinctTargets,
                    service,
                    minutes);
            case DNS -> String.format(
                    Locale.ROOT,
                    "%s asked %d external name servers (%s) %d times within %d min, %d bytes, and is no declared resolver.",
                    finding.src,
                    finding.distinctTargets,
                    service,
                    window.flows,
                    minutes,
                    window.bytes);
            case IRC -> String.format(
                    Locale.ROOT,
                    "%s %s %s:%s, a port of IRC, %d times within %d min%s.",
                    finding.src,
                    condition.answered() > 0 ? "connected to" : "tried to reach",
                    finding.dst,
                    service,
                    window.flows,
                    minutes,
                    condition.answered() > 0 ? "" : "; attempts, never answered");
            case OUTBOUND_FLOOD -> String.format(
                    Locale.ROOT,
                    "%s sent %d packets in %d flows to %s within %d min, %d came back.",
                    finding.src,
                    window.packets,
                    window.flows,
                    finding.dst,
                    minutes,
                    window.replyPackets);
            default -> throw new IllegalStateException("no rule of outbound sums finds " + finding.type);
        };
    }

    private static double share(long part, long all) {
        return Math.round(1000.0 * part / Math.max(1, all)) / 1000.0;
    }
}
