package io.botwatch.finding;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * How many findings were raised, as counters {@value #NAME} in groups {@code rule} and {@code severity}. A rule's counters are
 * made, for all severities, with its first finding. Not thread-safe.
 */
final class RaisedFindings {
    static final String NAME = "findings_raised";

    private static final Severity[] SEVERITIES = Severity.values();

    private final MetricGroup group;
    private final Map<String, Counter[]> byRule = new HashMap<>();

    RaisedFindings(MetricGroup group) {
        this.group = group;
    }

    /** Counts a finding at the severity that it has now: when it is created, and at each severity that it steps up to. */
    void add(Finding finding) {
        byRule.computeIfAbsent(finding.ruleId, this::register)[finding.severity.ordinal()].inc();
    }

    private Counter[] register(String rule) {
        MetricGroup ofRule = group.addGroup("rule", rule);
        Counter[] counters = new Counter[SEVERITIES.length];
        for (Severity severity : SEVERITIES) {
            counters[severity.ordinal()] = ofRule.addGroup("severity", severity.label()).counter(NAME);
        }
        return counters;
    }
}
