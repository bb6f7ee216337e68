package io.botwatch.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules as Prometheus itself takes them. */
@Tag("promtool")
class PromtoolTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    Path folder;

    @Test
    void theRulesAreSound() throws Exception {
        Answer answer = promtool("check", "rules", MonitoringFiles.ALERTS.toString());
        assertThat(answer.code()).as(answer.said()).isZero();
    }

    @Test
    void everyCaseHolds() throws Exception {
        Answer answer = promtool("test", "rules", MonitoringFiles.ALERT_TESTS.toString());
        assertThat(answer.code()).as(answer.said()).isZero();
    }

    @Test
    void anAlertThatNeverFiresFailsEachOfItsCasesThatFire() throws Exception {
        assertFailing("vector(1) > 2", "fires");
    }

    @Test
    void anAlertThatAlwaysFiresFailsEachOfItsCasesThatDoNot() throws Exception {
        assertFailing("vector(1)", "does not fire");
    }

    /** Runs the cases on rules whose alerts all have this expression; those of the kind must fail, all of them. */
    private void assertFailing(String expression, String kind) throws Exception {
        JsonNode rules = MonitoringFiles.yaml(MonitoringFiles.ALERTS);
        MonitoringFiles.rules(rules).stream()
                .filter(rule -> rule.has("alert"))
                .forEach(rule -> ((ObjectNode) rule).put("expr", expression));
        // JSON is YAML.
        new ObjectMapper().writeValue(folder.resolve("alerts.yaml").toFile(), rules);
        Path tests = Files.copy(MonitoringFiles.ALERT_TESTS, folder.resolve("alerts-test.yaml"));
        Answer answer = promtool("test", "rules", tests.toString());

        assertThat(answer.code()).isEqualTo(1);
        List<String> expected = new ArrayList<>();
        for (JsonNode test : MonitoringFiles.yaml(tests).path("tests")) {
            String name = test.path("name").asText();
            if (name.matches("\\w+ " + kind + ": .*")) {
                expected.add("name: " + name + ",");
            }
        }
        assertThat(answer.said().lines().map(String::strip).toList()).containsAll(expected);
    }

    @Test
    void everyQueryOfTheDashboardIsOne() throws Exception {
        JsonNode dashboard = MonitoringFiles.dashboard();
        Answer answer = check(MonitoringFiles.queries(dashboard, "botwatch"));
        assertThat(answer.code()).as(answer.said()).isZero();

        Answer faulty = check(Map.of("", "sum by (rule (up)"));
        assertThat(faulty.code()).as(faulty.said()).isNotZero();
    }

    /** Queries as rules that would record them. */
    private Answer check(Map<String, String> queries) throws Exception {
        List<Map<String, String>> rules = new ArrayList<>();
        queries.values().forEach(query -> rules.add(Map.of("record", "query:" + rules.size(), "expr", query)));
        Path file = folder.resolve("queries.yaml");
        new ObjectMapper()
                .writeValue(file.toFile(), Map.of("groups", List.of(Map.of("name", "dashboard", "rules", rules))));
        return promtool("check", "rules", file.toString());
    }

    private record Answer(int code, String said) {}

    private Answer promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(find().toString()));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile(folder, "promtool", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
        try {
            if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("not ended after " + LIMIT.toSeconds() + " s: " + command);
            }
        } finally {
            process.destroyForcibly();
        }
        return new Answer(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    }

    private static Path find() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "promtool is not installed, and profile real-exporters needs it: apt-get install prometheus"));
    }
}
