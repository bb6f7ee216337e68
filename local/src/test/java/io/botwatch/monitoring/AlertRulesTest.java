package io.botwatch.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What an alert must bring with it: who is called, what to do, and two cases that show when. */
class AlertRulesTest {
    private static final Set<String> SEVERITIES = Set.of("critical", "warning", "info");

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        List<JsonNode> alerts = alerts();
        assertThat(alerts).hasSizeGreaterThan(15);
        assertThat(alerts).extracting(alert -> alert.path("alert").asText()).doesNotHaveDuplicates();
        for (JsonNode alert : alerts) {
            String name = alert.path("alert").asText();
            assertThat(SEVERITIES).as(name).contains(alert.path("labels").path("severity").asText());
            for (String annotation : List.of("summary", "description")) {
                assertThat(alert.path("annotations").path(annotation).asText()).as("%s: %s", name, annotation).isNotBlank();
            }
            assertThat(anchors(alert.path("annotations").path("runbook_url").asText()))
                    .as("%s: runbook", name)
                    .contains(name.toLowerCase(Locale.ROOT));
        }
    }

    /** The anchors of the page that an address such as docs/page.md#anchor names, if it is one of this page. */
    private static Set<String> anchors(String address) throws IOException {
        Path page = MonitoringFiles.ROOT.resolve(address.replaceFirst("#.*", ""));
        Set<String> anchors = new TreeSet<>();
        for (String line : Files.readAllLines(page)) {
            if (line.matches("#+ .*")) {
                anchors.add(line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-'));
            }
        }
        return anchors.contains(address.replaceFirst(".*#", "")) ? anchors : Set.of();
    }

    @Test
    void everyAlertHasACaseInWhichItFiresAndOneInWhichItDoesNot() throws IOException {
        Set<String> expected = new TreeSet<>();
        alerts().forEach(alert -> {
            expected.add(alert.path("alert").asText() + " fires");
            expected.add(alert.path("alert").asText() + " does not fire");
        });
        assertThat(cases(MonitoringFiles.yaml(MonitoringFiles.ALERT_TESTS))).isEqualTo(expected);
    }

    private static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>(MonitoringFiles.rules(MonitoringFiles.yaml(MonitoringFiles.ALERTS)));
        alerts.removeIf(rule -> !rule.has("alert"));
        return alerts;
    }

    /** What is tested of which alert; the name of a test must say the same. */
    private static Set<String> cases(JsonNode tests) {
        Set<String> cases = new TreeSet<>();
        for (JsonNode test : tests.path("tests")) {
            for (JsonNode at : test.path("alert_rule_test")) {
                String kind = at.path("alertname").asText() + (at.path("exp_alerts").isEmpty() ? " does not fire" : " fires");
                assertThat(test.path("name").asText()).startsWith(kind + ": ");
                cases.add(kind);
            }
        }
        return cases;
    }
}
