package io.botwatch.longconnection;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.ServiceLabel;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.rule.OutboundFilter;
import io.botwatch.rule.RuleSet;
import java.util.Locale;

/** Judges the totals of a connection by one rule. */
final class LongConnectionJudge {
    private final LongConnectionRule rule;
    private final String configVersion;
    private final OutboundFilter filter;

    LongConnectionJudge(LongConnectionRule rule, RuleSet rules) {
        this.rule = rule;
        this.configVersion = rules.version();
        this.filter = new OutboundFilter(
                rule.excludedPorts(),
                rule.excludedDestinations(),
                rule.excludedSourceRoles(),
                rule.excludedDestinationRoles(),
                rules.roles());
    }

    /** Null when it has not lasted for long, or is none of the rule's. */
    Candidate judge(Flow total) {
        Severity severity = rule.severity(total.endMs - total.startMs);
        if (severity == null || !filter.passes(total)) {
            return null;
        }
        Finding finding = finding(total, severity.atMost(rule.info().level()));
        String story = rule.info().id() + '|' + finding.src + '|' + finding.dst + '|' + total.srcPort + '|' + total.dstPort + '|'
                + total.protocol + '|' + total.startMs;
        return new Candidate(Candidate.Signal.RAISED, story, finding.dst, rule.info().suppressionMs(), finding)
                .weighed(0, finding.severity);
    }

    private Finding finding(Flow total, Severity severity) {
        Finding finding = rule.info().finding(Finding.Type.LONG_CONNECTION, configVersion);
        finding.severity = severity;
        finding.firstSeenMs = total.startMs;
        finding.lastSeenMs = total.endMs;
        finding.episodeMs = total.startMs;
        finding.timeMs = total.endMs;
        finding.src = new Address(total.srcHi, total.srcLo);
        finding.dst = new Address(total.dstHi, total.dstLo);
        finding.dstPort = total.dstPort;
        finding.protocol = total.protocol;
        finding.connections = 1;
        finding.message = String.format(
                Locale.ROOT,
                "%s has held one connection to %s:%s for %.1f h, %d bytes out and %d back.",
                finding.src,
                finding.dst,
                ServiceLabel.of(total.dstPort, total.protocol),
                (total.endMs - total.startMs) / 3_600_000.0,
                total.bytes,
                total.reverseBytes);
        finding.measure("duration_s", (total.endMs - total.startMs) / 1_000)
                .measure("bytes_out", total.bytes)
                .measure("bytes_back", total.reverseBytes)
                .measure("threshold_s", rule.lowMs() / 1_000);
        return finding;
    }
}
