package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.monitoring.LiveJob;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacktestCommandTest {
    @TempDir
    static Path folder;

    private static String day;

    @BeforeAll
    static void generate() {
        day = folder.resolve("day.json").toString();
        CommandLineRun run = CommandLineRun.of("generate", "--hours", "8", "--scale", "0.1", "--seed", "31", "--out", day);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** Beside each other in one job, the two rule sets must find what each finds alone. */
    @Test
    void eachSideFindsWhatDetectFindsByItsRules() throws IOException {
        CommandLineRun run = CommandLineRun.of("backtest", day, "--baseline", "aql", "--rules", "enterprise", "--as", "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(run.out());
        Map<String, Long> old = new TreeMap<>();
        Map<String, Long> now = new TreeMap<>();
        for (JsonNode rule : result.get("rules")) {
            old.merge(rule.get("rule").asText(), rule.get("old").asLong(), Long::sum);
            now.merge(rule.get("rule").asText(), rule.get("new").asLong(), Long::sum);
        }
        old.values().removeIf(n -> n == 0);
        now.values().removeIf(n -> n == 0);
        assertThat(old).isEqualTo(detected("aql")).hasSizeGreaterThan(1);
        assertThat(now).isEqualTo(detected("enterprise")).hasSizeGreaterThan(3);
    }

    private static Map<String, Long> detected(String rules) {
        CommandLineRun run = CommandLineRun.of("detect", day, "--rules", rules, "--out", "-", "--as", "csv");
        assertThat(run.exitCode()).as(run.err()).isZero();
        Map<String, Long> byRule = new TreeMap<>();
        run.out().lines().skip(1).forEach(line -> byRule.merge(line.split(",")[1], 1L, Long::sum));
        return byRule;
    }

    @Test
    void oneThresholdThatIsChangedShowsWhatItCostsAndTheGateClosesTheOtherWay() throws IOException {
        String shipped = new String(RulesDocument.class.getResourceAsStream("rules.yaml").readAllBytes(), StandardCharsets.UTF_8);
        String strict = Files.writeString(
                        folder.resolve("strict.yaml"),
                        shipped.replaceFirst("distinct_sources: \\{gt: \\d+}", "distinct_sources: {gt: 1000000}"))
                .toString();

        CommandLineRun tightened = CommandLineRun.of("backtest", day, "--rules", strict, "--as", "json", "--max-new-per-day", "0");
        assertThat(tightened.exitCode()).as(tightened.err()).isZero();
        JsonNode result = new ObjectMapper().readTree(tightened.out());
        TreeSet<String> lost = new TreeSet<>();
        result.get("only_old").forEach(finding -> lost.add(finding.get("rule").asText()));
        assertThat(lost).containsExactly("VOLUMETRIC-INBOUND");
        assertThat(result.get("only_new")).isEmpty();

        CommandLineRun loosened =
                CommandLineRun.of("backtest", day, "--baseline", strict, "--rules", "enterprise", "--max-new-per-day", "0");
        assertThat(loosened.exitCode()).isEqualTo(3);
        assertThat(loosened.err()).contains("more than --max-new-per-day 0");
        assertThat(loosened.out()).containsPattern("VOLUMETRIC-INBOUND +2026-01-05 +0 +\\d+ +0 +\\d+").contains("only the new rules find");
    }

    @Test
    void overTheJobsTopicsItsOwnRulesAreTheBaseline() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"))) {
            Path config = LiveJob.config(kafka, folder, "flows", "rules: aql\n");
            LiveJob.produce(kafka, "flows", Files.readAllLines(Path.of(day)));
            CommandLineRun run = CommandLineRun.of("backtest", "--config", config.toString(), "--rules", "enterprise", "--as", "json");
            assertThat(run.exitCode()).as(run.err()).isZero();
            Map<String, Long> old = new TreeMap<>();
            Map<String, Long> now = new TreeMap<>();
            for (JsonNode rule : new ObjectMapper().readTree(run.out()).get("rules")) {
                old.merge(rule.get("rule").asText(), rule.get("old").asLong(), Long::sum);
                now.merge(rule.get("rule").asText(), rule.get("new").asLong(), Long::sum);
            }
            old.values().removeIf(n -> n == 0);
            now.values().removeIf(n -> n == 0);
            assertThat(old).isEqualTo(detected("aql"));
            assertThat(now).isEqualTo(detected("enterprise"));
        }
    }

    @Test
    void withoutFlowsOrWithTwoSourcesOfThemItSaysWhatIsMissing() {
        CommandLineRun none = CommandLineRun.of("backtest");
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("name flow files, or a job's configuration by --config, and not both");
    }
}
