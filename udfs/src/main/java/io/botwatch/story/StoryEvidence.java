package io.botwatch.story;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;

/** How two findings of one host explain themselves together. */
public final class StoryEvidence {
    private StoryEvidence() {}

    /**
     * @param control the finding that something controls the host
     * @param action the finding of what the host does
     */
    public static Candidate candidate(StoryRule rule, Finding control, Finding action) {
        Finding finding = rule.info().finding(Finding.Type.STORY, control.configVersion);
        finding.severity = Severity.CRITICAL.atMost(rule.info().level());
        finding.firstSeenMs = Math.min(control.firstSeenMs, action.firstSeenMs);
        finding.lastSeenMs = Math.max(control.lastSeenMs, action.lastSeenMs);
        finding.episodeMs = Math.min(control.episodeMs, action.episodeMs);
        finding.timeMs = Math.max(control.timeMs, action.timeMs);
        finding.src = control.host();
        finding.dst = control.dst;
        finding.dstPort = control.dstPort;
        finding.protocol = control.protocol;
        finding.connections = control.connections + action.connections;
        finding.message = finding.src + " is controlled from outside, and acts: " + control.message + " And: " + action.message;
        finding.measure("control_finding", control.uid)
                .measure("control_rule", control.ruleId)
                .measure("action_finding", action.uid)
                .measure("action_rule", action.ruleId)
                .measure("threshold_hours", rule.windowMs() / 3_600_000.0)
                .measure("threshold_severity", rule.minSeverity().label());
        finding.samples.addAll(control.samples.subList(0, Math.min(10, control.samples.size())));
        finding.samples.addAll(action.samples.subList(0, Math.min(10, action.samples.size())));
        return new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + '|' + finding.src,
                finding.src,
                rule.info().suppressionMs(),
                finding);
    }
}
