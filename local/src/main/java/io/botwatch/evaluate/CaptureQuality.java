package io.botwatch.evaluate;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What rules made of one capture. A finding is true where its host, or either of its ends, is malicious, and false otherwise;
 * only findings of medium severity and above count.
 */
public final class CaptureQuality {
    /** What a detection engineer looks at first. */
    private static final Severity COUNTS = Severity.MEDIUM;

    /**
     * What one rule, or all of them, came to.
     *
     * @param found malicious hosts with a finding
     * @param firstMinutes median over these of the time from the host's first flow to the first finding, event time, min;
     *     NaN where none was found
     * @param trueFindings of malicious hosts
     * @param falseFindings of others
     * @param falseHigh of those, of high severity and above
     */
    public record Row(int found, double firstMinutes, int trueFindings, int falseFindings, int falseHigh) {}

    private final Dataset dataset;
    private final CaptureSurvey survey;
    private final Set<Address> malicious;
    private final Map<UUID, Finding> finals = new LinkedHashMap<>();

    /** Event time of a finding's first state of severity {@link #COUNTS} or above, epoch ms. */
    private final Map<UUID, Long> raisedMs = new HashMap<>();

    CaptureQuality(Dataset dataset, CaptureSurvey survey, Set<Address> malicious) {
        this.dataset = dataset;
        this.survey = survey;
        this.malicious = malicious;
    }

    /** Takes every state of every finding; those of one finding in order. */
    void add(Finding finding) {
        finals.put(finding.uid, finding.copy());
        if (finding.severity.compareTo(COUNTS) >= 0) {
            raisedMs.merge(finding.uid, finding.timeMs, Math::min);
        }
    }

    public Dataset dataset() {
        return dataset;
    }

    public long flows() {
        return survey.flows();
    }

    public int hosts() {
        return survey.hosts();
    }

    public double hours() {
        return survey.hours();
    }

    public int malicious() {
        return malicious.size();
    }

    /** False findings a host and day. */
    public double perHostDay(Row row) {
        return row.falseFindings() / survey.hostDays();
    }

    /** Of every rule that raised something, by its id. */
    public Map<String, Row> byRule() {
        Map<String, List<Finding>> byRule = new TreeMap<>();
        counted().forEach(finding -> byRule.computeIfAbsent(finding.ruleId, id -> new ArrayList<>()).add(finding));
        Map<String, Row> rows = new TreeMap<>();
        byRule.forEach((id, findings) -> rows.put(id, row(findings)));
        return rows;
    }

    public Row all() {
        return row(counted());
    }

    /** Of all findings, ranked by severity, score and connections: the share of true ones among the first; NaN where nothing can be true. */
    public double precision(int first) {
        List<Finding> ranked = finals.values().stream()
                .sorted(Comparator.comparing((Finding finding) -> finding.severity)
                        .thenComparingDouble(finding -> Double.isNaN(finding.score) ? 0 : finding.score)
                        .thenComparingLong(finding -> finding.connections)
                        .reversed()
                        .thenComparing(finding -> finding.uid))
                .limit(first)
                .toList();
        return ranked.isEmpty() || malicious.isEmpty() ? Double.NaN : (double) ranked.stream().filter(this::isTrue).count() / ranked.size();
    }

    private List<Finding> counted() {
        return finals.values().stream().filter(finding -> finding.severity.compareTo(COUNTS) >= 0).toList();
    }

    private boolean isTrue(Finding finding) {
        return !of(finding).isEmpty();
    }

    private Set<Address> of(Finding finding) {
        Set<Address> concerned = new TreeSet<>();
        for (Address address : new Address[] {finding.host(), finding.src, finding.dst}) {
            if (address != null && malicious.contains(address)) {
                concerned.add(address);
            }
        }
        return concerned;
    }

    private Row row(List<Finding> findings) {
        Map<Address, Long> firstMs = new TreeMap<>();
        int falseFindings = 0;
        int falseHigh = 0;
        for (Finding finding : findings) {
            Set<Address> concerned = of(finding);
            concerned.forEach(host -> firstMs.merge(host, raisedMs.get(finding.uid) - survey.firstMs(host), Math::min));
            if (concerned.isEmpty()) {
                falseFindings++;
                falseHigh += finding.severity.compareTo(Severity.HIGH) >= 0 ? 1 : 0;
            }
        }
        List<Long> ascending = firstMs.values().stream().sorted().toList();
        return new Row(
                firstMs.size(),
                ascending.isEmpty() ? Double.NaN : ascending.get(ascending.size() / 2) / 60_000.0,
                findings.size() - falseFindings,
                falseFindings,
                falseHigh);
    }
}
