package io.botwatch.finding;

import io.botwatch.flow.Address;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which hosts to look at first: what their findings weigh, each rule once, halved for every day since. A host with many findings
 * of one rule is no worse than with its worst.
 */
public final class HostRisk {
    private static final double HALF_LIFE_MS = 24 * 3_600_000.0;

    /**
     * What is said of one host.
     *
     * @param risk the sum of its rules' weights at the time of the latest finding of all: a fresh critical one is 64
     * @param worst by the rule's id, its worst finding's severity
     */
    public record Host(Address address, double risk, Map<String, Severity> worst) {}

    private record Last(Severity severity, long seenMs) {}

    private final Map<Address, Map<String, Last>> byHost = new HashMap<>();
    private long latestMs = Long.MIN_VALUE;

    /** Takes a finding's final state; one that is about no host counts for none. */
    public void add(Finding finding) {
        latestMs = Math.max(latestMs, finding.lastSeenMs);
        Address host = finding.host();
        if (host != null) {
            byHost.computeIfAbsent(host, address -> new TreeMap<>())
                    .merge(finding.ruleId, new Last(finding.severity, finding.lastSeenMs), this::worse);
        }
    }

    private Last worse(Last a, Last b) {
        int bySeverity = a.severity.compareTo(b.severity);
        return bySeverity > 0 || bySeverity == 0 && a.seenMs >= b.seenMs ? a : b;
    }

    /** The hosts of the highest risk first, no more than so many. */
    public List<Host> ranked(int most) {
        return byHost.entrySet().stream()
                .map(entry -> host(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(Host::risk).reversed().thenComparing(Host::address))
                .limit(most)
                .toList();
    }

    private Host host(Address address, Map<String, Last> rules) {
        double risk = 0;
        Map<String, Severity> worst = new TreeMap<>();
        for (Map.Entry<String, Last> rule : rules.entrySet()) {
            Last last = rule.getValue();
            worst.put(rule.getKey(), last.severity);
            risk += weight(last.severity) * Math.pow(0.5, (latestMs - last.seenMs) / HALF_LIFE_MS);
        }
        return new Host(address, risk, worst);
    }

    /** Four of one severity are one of the next. */
    private static double weight(Severity severity) {
        return switch (severity) {
            case INFORMATIONAL -> 0;
            case LOW -> 1;
            case MEDIUM -> 4;
            case HIGH -> 16;
            case CRITICAL -> 64;
        };
    }
}
