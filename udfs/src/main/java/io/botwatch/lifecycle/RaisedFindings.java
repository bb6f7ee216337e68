package io.botwatch.lifecycle;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How many findings were raised, as counters {@value #NAME} in groups {@code rule} and {@code severity}; of shadow rules
 * {@value #SHADOW}; of what exceptions kept back {@value #SUPPRESSED}, in groups {@code exception} and {@code severity}. Counters
 * are made, for all severities, with the first finding. Not thread-safe.
 */
final class RaisedFindings {
    static final String NAME = "findings_raised";
    static final String SHADOW = "shadow_findings_raised";
    static final String SUPPRESSED = "findings_suppressed";

    /** Exceptions with counters of their own; those beyond share one. */
    private static final int MOST_EXCEPTIONS = 1_000;

    private static final Severity[] SEVERITIES = Severity.values();

    private final MetricGroup group;
    private final Map<Finding.Audience, Map<String, Counter[]>> byAudience = new EnumMap<>(Finding.Audience.class);

    RaisedFindings(MetricGroup group) {
        this.group = group;
        for (Finding.Audience audience : Finding.Audience.values()) {
            byAudience.put(audience, new HashMap<>());
        }
    }

    /** Counts a finding at the severity that it has now: when it is created, and at each severity that it steps up to. */
    void add(Finding finding) {
        boolean suppressed = finding.audience == Finding.Audience.SUPPRESSED;
        Map<String, Counter[]> counters = byAudience.get(finding.audience);
        String name = suppressed ? finding.exception : finding.ruleId;
        String shown = suppressed && counters.size() >= MOST_EXCEPTIONS && !counters.containsKey(name) ? "others" : name;
        counters.computeIfAbsent(shown, of -> register(finding.audience, of))[finding.severity.ordinal()].inc();
    }

    private Counter[] register(Finding.Audience audience, String of) {
        MetricGroup named = group.addGroup(audience == Finding.Audience.SUPPRESSED ? "exception" : "rule", of);
        String counter = switch (audience) {
            case ALL -> NAME;
            case SHADOW -> SHADOW;
            case SUPPRESSED -> SUPPRESSED;
        };
        Counter[] counters = new Counter[SEVERITIES.length];
        for (Severity severity : SEVERITIES) {
            counters[severity.ordinal()] = named.addGroup("severity", severity.label()).counter(counter);
        }
        return counters;
    }
}
