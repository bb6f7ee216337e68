package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.rule.RuleSet;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Judges the windows that end with a bucket by the conditions of one rule. */
final class OutboundJudge {
    private final OutboundRule rule;
    private final String configVersion;
    private final OutboundTraffic traffic;

    /** Of the longest condition. */
    private final long windowMs;

    /** Indexes of the conditions, the shortest window first. */
    private final int[] byWindow;

    OutboundJudge(OutboundRule rule, RuleSet rules) {
        this.rule = rule;
        this.configVersion = rules.version();
        this.traffic = new OutboundTraffic(rule, rules.roles());
        this.windowMs = rule.windowMs();
        this.byWindow = IntStream.range(0, rule.conditions().size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> rule.conditions().get(i).windowMs()))
                .mapToInt(i -> i)
                .toArray();
    }

    /** Of the longest condition, ms. */
    long windowMs() {
        return windowMs;
    }

    /** Whether any condition may hold of sums up to these; if not, it holds of no part of them. */
    boolean mayHold(long flows, long packets, long bytes) {
        for (OutboundCondition condition : rule.conditions()) {
            if (condition.mayHold(flows, packets, bytes)) {
                return true;
            }
        }
        return false;
    }

    /**
     * By the severest condition that holds; null when none does.
     *
     * @param recent buckets up to {@code endMs}, the earliest first
     */
    Candidate judge(OutboundSums[] recent, long endMs) {
        OutboundCondition met = null;
        OutboundSums of = null;
        OutboundSums window = null;
        int apart = recent.length;
        for (int index : byWindow) {
            OutboundCondition condition = rule.conditions().get(index);
            while (apart > 0 && recent[apart - 1].bucketMs >= endMs - condition.windowMs()) {
                apart--;
                if (window == null) {
                    window = recent[apart].copy();
                } else {
                    window.merge(recent[apart]);
                }
            }
            if (rule.scope() != OutboundRule.Scope.PORT && window.destinations.estimate() > OutboundRule.Scope.FEW) {
                continue;
            }
            boolean severer = met == null || condition.level().compareTo(met.level()) > 0;
            if (severer && traffic.isFor(index, window.port, window.protocol) && condition.holds(window)) {
                met = condition;
                of = window.copy();
            }
        }
        return met == null ? null : candidate(met, of, endMs);
    }

    private Candidate candidate(OutboundCondition condition, OutboundSums window, long endMs) {
        Finding finding = OutboundEvidence.finding(rule, configVersion, condition, window, endMs);
        Candidate candidate = new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + '|' + window.key(),
                finding.dst == null ? finding.src : finding.dst,
                rule.info().suppressionMs(),
                finding);
        // What goes to a named port is of that service; what goes to any other may be peer-to-peer.
        return condition.ports().isEmpty() ? candidate.weighed(0, rule.info().level()) : candidate;
    }
}
