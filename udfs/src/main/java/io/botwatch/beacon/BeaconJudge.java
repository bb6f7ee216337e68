package io.botwatch.beacon;

import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.rule.OutboundFilter;

/** A beacon rule as it is in force for a time: whose connections it looks at, and what is said of a tuple's window. */
final class BeaconJudge {
    private final BeaconRule rule;
    private final String configVersion;
    private final boolean anyProtocol;
    private final OutboundFilter filter;

    /** Null where the rule asks for no cadence. */
    private final Rhythm rhythm;

    /**
     * @param filter of the rule
     * @param anyProtocol whether protocols are not told apart
     */
    BeaconJudge(BeaconRule rule, OutboundFilter filter, String configVersion, boolean anyProtocol) {
        this.rule = rule;
        this.filter = filter;
        this.configVersion = configVersion;
        this.anyProtocol = anyProtocol;
        this.rhythm = rule.cadence() == null ? null : new Rhythm(rule.cadence());
    }

    BeaconRule rule() {
        return rule;
    }

    OutboundFilter filter() {
        return filter;
    }

    /**
     * What is to be said of the window that ends at {@code toMs}; null for nothing. Remembers at the tuple whether the rule
     * holds.
     */
    Candidate judge(BeaconTuple tuple, long toMs) {
        if (tuple.window == null ? rule.minConnections() > 1 : tuple.window.total() < rule.minConnections() && !tuple.holds) {
            return null;
        }
        Summary summary = tuple.summary(toMs - rule.windowMs(), toMs, rule.slideMs());
        Regularity regularity = null;
        boolean holds = summary.count() >= rule.minConnections()
                && summary.minutes() >= rule.minDurationMinutes()
                && BeaconEvidence.perHour(summary) >= rule.minPerHour()
                && BeaconEvidence.perHour(summary) <= rule.maxPerHour();
        if (holds && rule.cadence() != null) {
            regularity = regularity(tuple, summary, toMs);
            holds = regularity != null;
        }
        if (holds) {
            tuple.holds = true;
            return candidate(Candidate.Signal.HOLDS, tuple, holds(tuple, summary, regularity, toMs), regularity, toMs);
        }
        return tuple.holds ? end(tuple, toMs) : null;
    }

    /** That the rule no longer holds of a tuple. */
    Candidate end(BeaconTuple tuple, long toMs) {
        tuple.holds = false;
        Finding finding = finding(tuple, toMs);
        finding.severity = rule.info().level();
        return candidate(Candidate.Signal.ENDED, tuple, finding, null, toMs);
    }

    private Regularity regularity(BeaconTuple tuple, Summary summary, long toMs) {
        rhythm.clear();
        BeaconWindow window = tuple.window == null ? tuple.opened(true, rule.slideMs()) : tuple.window;
        window.addTo(rhythm, toMs - rule.windowMs(), toMs, rule.slideMs());
        return rhythm.regularity(summary.lastMs() - summary.firstMs());
    }

    private Candidate candidate(
            Candidate.Signal signal, BeaconTuple tuple, Finding finding, Regularity regularity, long toMs) {
        String story = rule.info().id() + '|' + finding.src + '|' + finding.dst + '|' + tuple.dstPort + '|' + tuple.protocol;
        Candidate candidate = new Candidate(signal, story, finding.dst, rule.info().suppressionMs(), finding);
        if (!anyProtocol) {
            candidate
                    .weighed(
                            regularity == null ? 0 : regularity.rarityWeight(), finding.severity.atMost(rule.info().level()))
                    .suspect(rule.suspects().contains(finding.dst.hi, finding.dst.lo, toMs));
        }
        return candidate;
    }

    private Finding holds(BeaconTuple tuple, Summary summary, Regularity regularity, long toMs) {
        Finding finding = finding(tuple, toMs);
        if (regularity == null) {
            BeaconEvidence.ofRate(finding, rule, summary);
        } else {
            BeaconEvidence.ofCadence(finding, rule, summary, regularity);
            finding.measure("rita_score", rhythm.ritaScore(toMs - rule.windowMs(), toMs));
        }
        return finding;
    }

    private Finding finding(BeaconTuple tuple, long toMs) {
        Finding finding = rule.info().finding(Finding.Type.BEACON, configVersion);
        finding.episodeMs = toMs;
        finding.timeMs = toMs;
        finding.src = new Address(tuple.srcHi, tuple.srcLo);
        finding.dst = new Address(tuple.dstHi, tuple.dstLo);
        finding.dstPort = tuple.dstPort;
        finding.protocol = tuple.protocol;
        return finding;
    }
}
