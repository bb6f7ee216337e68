package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.rules.RulesDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir
    static Path folder;

    private static Path day;
    private static Path findings;

    /** One finding's uid by rule. */
    private static final TreeMap<String, String> UIDS = new TreeMap<>();

    @BeforeAll
    static void detect() throws Exception {
        day = folder.resolve("day.json");
        findings = folder.resolve("findings.json");
        assertThat(CommandLineRun.of("generate", "--hours", "8", "--scale", "0.1", "--seed", "31", "--out", day.toString()).exitCode()).isZero();
        assertThat(CommandLineRun.of("detect", day.toString(), "--out", findings.toString()).exitCode()).isZero();
        for (String line : Files.readAllLines(findings)) {
            JsonNode info = new ObjectMapper().readTree(line).path("finding_info");
            UIDS.put(info.path("analytic").path("uid").asText(), info.path("uid").asText());
        }
    }

    @Test
    void everyFindingOfADayIsExplainedByNumbersAndThresholds() {
        UIDS.forEach((rule, uid) -> {
            CommandLineRun run = CommandLineRun.of("explain", uid, findings.toString(), "--rules", "enterprise");
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out())
                    .contains("rule     " + rule, "the numbers", "the thresholds, and what would have changed it")
                    .contains(", those at hand")
                    .doesNotContain("null", "NaN");
        });
        assertThat(UIDS).hasSizeGreaterThan(5);
    }

    /** What it says would have changed the finding does. */
    @Test
    void atTheThresholdThatItNamesTheFindingIsGone() throws Exception {
        String rule = "VOLUMETRIC-INBOUND";
        String target = targetOf(UIDS.get(rule));
        CommandLineRun run = CommandLineRun.of("explain", UIDS.get(rule).substring(0, 13), findings.toString());
        Matcher sources = Pattern.compile("\\d+ distinct sources, more than 50 asked for .*; would not hold at (\\d+)").matcher(run.out());
        assertThat(sources.find()).as(run.out()).isTrue();
        long limit = Long.parseLong(sources.group(1));
        assertThat(found(rule, target, limit - 1)).isTrue();
        assertThat(found(rule, target, limit)).isFalse();
    }

    private static String targetOf(String uid) throws Exception {
        for (String line : Files.readAllLines(findings)) {
            if (line.contains(uid)) {
                return new ObjectMapper().readTree(line).path("evidences").path(0).path("dst_endpoint").path("ip").asText();
            }
        }
        throw new AssertionError(uid);
    }

    private static boolean found(String rule, String target, long distinctSources) throws Exception {
        String shipped = new String(RulesDocument.class.getResourceAsStream("rules.yaml").readAllBytes(), StandardCharsets.UTF_8);
        Path file = Files.writeString(
                folder.resolve("rules.yaml"),
                shipped.replaceFirst("distinct_sources: \\{gt: 50\\}", "distinct_sources: {gt: " + distinctSources + "}"));
        CommandLineRun run = CommandLineRun.of("detect", day.toString(), "--rules", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().lines().anyMatch(line -> line.contains("  " + rule + "  ") && line.contains(" to " + target + " port "));
    }

    @Test
    void aUidThatIsNotThereIsNamed() {
        CommandLineRun run = CommandLineRun.of("explain", "ffffffff-ffff", findings.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no finding whose uid begins with 'ffffffff-ffff'");
    }
}
