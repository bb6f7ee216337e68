package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", "demo", "detect", "run", "backfill", "backtest", "explain", "replay-dead", "generate", "rules", "rules check", "rules test", "rules import-rita", "rules send", "rules diff"})
    void everyCommandExplainsItself(String command) {
        String[] arguments = (command + " --help").trim().split(" ");
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: botwatch" + (command.isEmpty() ? "" : " " + command));
    }

    @Test
    void withoutACommandTheUsageIsShownAndTheExitCodeIs2() {
        CommandLineRun run = CommandLineRun.of();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Usage: botwatch");
    }

    @Test
    void theShippedRuleFilesPassTheCheck() {
        Path rules = Path.of(System.getProperty("botwatch.root"), "flink-conf");
        CommandLineRun run = CommandLineRun.of(
                "rules", "check", rules.resolve("rules.yaml").toString(), rules.resolve("rules-aql.yaml").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("rules.yaml: ok, preset enterprise, 17 rules", "rules-aql.yaml: ok, preset aql, 3 rules");
    }

    @Test
    void aFaultyRuleFileFailsTheCheckAndEveryFaultIsNamed() throws IOException {
        Path rules = Files.writeString(folder.resolve("r.yaml"), "preset: aql\nrulez: []\nrules: []\n");
        CommandLineRun run = CommandLineRun.of("rules", "check", rules.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("r.yaml:2: rulez: unknown key; did you mean 'rules'?", "r.yaml:3: rules: must list at least one rule");
    }

    @Test
    void exceptionsThatSomebodyShouldLookAtAreWarnedOf() throws IOException {
        StringBuilder rules = new StringBuilder("""
                rules:
                  - {id: R, title: T, type: relay, level: low, window: {size: 5m}, condition: {max_pairs_per_host: 1}}
                exceptions:
                  - {id: OLD, title: t, selection: {dst_port: [1]}, action: drop, owner: o, expires: 2020-01-01}
                """);
        for (int i = 0; i < 30; i++) {
            rules.append("  - {id: EX-").append(i).append(", title: t, selection: {dst_port: [1]}, action: drop}\n");
        }
        CommandLineRun run = CommandLineRun.of("rules", "check", Files.writeString(folder.resolve("r.yaml"), rules).toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("1 rules, 31 exceptions");
        assertThat(run.err())
                .contains("warning: exception OLD has expired; it counts for older flows only")
                .contains("warning: exception EX-0 has no 'expires'", "warning: exception EX-0 has no 'owner'")
                .contains("and 41 warnings more");
    }

    @Test
    void theShippedJobConfigurationIsReadAndAFaultyOneNamesItsFaults() throws IOException {
        Path shipped = Path.of(System.getProperty("botwatch.root"), "flink-conf", "botwatch.yaml");
        assertThat(io.botwatch.job.JobConfig.load(shipped).topics()).isNotEmpty();

        Path faulty = Files.writeString(
                folder.resolve("job.yaml"),
                "source:\n  bootstrap_servers: a:1\n  topics: []\n  formt: auto\nsink:\n  findings_topic: f\n  dead_letter_topic: d\n"
                        + "  delivery: twice\nrules: nowhere.yaml\n");
        CommandLineRun run = CommandLineRun.of("run", "--config", faulty.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(
                "job.yaml:3: source.topics: must list at least one topic",
                "job.yaml:4: source.formt: unknown key; did you mean 'format'?",
                "job.yaml:8: sink.delivery: 'twice' is not one of exactly-once, at-least-once",
                "nowhere.yaml: no such file");
    }

    @Test
    void aMappingLiesBesideTheConfigurationAndItsFaultsAreTheConfigurations() throws IOException {
        String job = "source:\n  bootstrap_servers: a:1\n  topics: [t]\n  mapping: m.yaml\n%ssink:\n  findings_topic: f\n  dead_letter_topic: d\n";
        Path config = Files.writeString(folder.resolve("job.yaml"), String.format(job, ""));
        Path mapping = folder.resolve("m.yaml");
        Files.copy(Path.of(System.getProperty("botwatch.root"), "flink-conf", "mappings", "vflow-netflow9.yaml"), mapping);
        assertThat(io.botwatch.job.JobConfig.load(config).format().label()).isEqualTo("mapped-json");

        Files.writeString(mapping, "each: /a\nfields: {start: {at: s, unit: hours}}\n");
        Files.writeString(config, String.format(job, "  format: zeek-json\n"));
        CommandLineRun run = CommandLineRun.of("run", "--config", config.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(
                "job.yaml:4: source.mapping: is a format of its own; take 'format: zeek-json' away",
                "m.yaml:2: fields.start.unit: 'hours' is not one of s, ms, us, ns, iso, uptime",
                "m.yaml:2: fields.src: missing");
    }

    @Test
    void aMissingConfigurationIsNamed() {
        CommandLineRun run = CommandLineRun.of("backfill", "--config", folder.resolve("none.yaml").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("none.yaml: no such file");
    }

    @Test
    void generatedFlowsAreTheSameForTheSameSeedAndComeWithLabels() throws IOException {
        Path a = folder.resolve("a.json");
        Path b = folder.resolve("b.json");
        for (Path out : new Path[] {a, b}) {
            CommandLineRun run = CommandLineRun.of(
                    "generate", "--hours", "4", "--scale", "0.1", "--seed", "5", "--out", out.toString());
            assertThat(run.exitCode()).as(run.err()).isZero();
        }
        assertThat(Files.mismatch(a, b)).isEqualTo(-1);
        assertThat(folder.resolve("a.json.labels.csv")).isNotEmptyFile();
        CommandLineRun again = CommandLineRun.of("generate", "--hours", "4", "--scale", "0.1", "--out", a.toString());
        assertThat(again.exitCode()).isEqualTo(2);
        assertThat(again.err()).contains("exists; --force replaces it");
    }

    @Test
    void aSmallDemoDayFindsEveryLabelledAttackAndLeavesOnlyItsOutput() {
        CommandLineRun run = CommandLineRun.of(
                "demo", "--hours", "10", "--scale", "0.1", "--seed", "3", "--out", folder.resolve("demo").toString());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("found 11, missed 0, ");
        // So few hosts share a service that keepalives are medium; nothing above is wrong.
        assertThat(run.out().split("without a label of an attack:", 2)[1]).doesNotContain("High:", "Critical:");
        assertThat(folder.resolve("demo")).isDirectoryContaining(file -> file.endsWith("findings.jsonl"));
        assertThat(folder.resolve("demo").toFile().list()).containsExactlyInAnyOrder("findings.jsonl", "labels.csv");
    }
}
