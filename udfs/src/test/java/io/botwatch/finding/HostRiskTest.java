package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.botwatch.flow.Address;
import org.junit.jupiter.api.Test;

class HostRiskTest {
    private static final long DAY = 86_400_000;

    private final HostRisk risk = new HostRisk();

    private void add(String rule, String host, Severity severity, long lastSeenMs) {
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = rule;
        finding.src = host == null ? null : Address.parse(host);
        finding.severity = severity;
        finding.lastSeenMs = lastSeenMs;
        risk.add(finding);
    }

    @Test
    void eachRuleCountsOnceByItsWorstFindingAndLessByTheDay() {
        for (int i = 0; i < 100; i++) {
            add("A", "10.0.0.1", Severity.LOW, 2 * DAY);
        }
        add("A", "10.0.0.2", Severity.LOW, 2 * DAY);
        add("A", "10.0.0.2", Severity.HIGH, DAY);
        add("B", "10.0.0.2", Severity.MEDIUM, 2 * DAY);
        add("A", "10.0.0.3", Severity.CRITICAL, 0);
        add("A", null, Severity.CRITICAL, 2 * DAY);
        assertThat(risk.ranked(10)).extracting(host -> host.address().toString())
                .containsExactly("10.0.0.3", "10.0.0.2", "10.0.0.1");
        assertThat(risk.ranked(10)).extracting(HostRisk.Host::risk).containsExactly(16.0, 12.0, 1.0);
        assertThat(risk.ranked(2).get(1).worst()).containsEntry("A", Severity.HIGH).containsEntry("B", Severity.MEDIUM);
    }

    @Test
    void withoutFindingsNobodyIsAtRisk() {
        assertThat(risk.ranked(10)).isEmpty();
    }

    @Test
    void halfADayIsWorthTheRootOfAHalf() {
        add("A", "10.0.0.1", Severity.LOW, 0);
        add("B", "10.0.0.2", Severity.LOW, DAY / 2);
        assertThat(risk.ranked(2).get(1).risk()).isCloseTo(Math.sqrt(0.5), within(1e-12));
    }
}
