package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.control.Answer;
import io.botwatch.control.Ledger;
import io.botwatch.control.Message;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.JobConfig;
import io.botwatch.live.KafkaDesk;
import io.botwatch.live.RuleDesk;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rules send} and {@code rules diff}, on a real broker. */
class RulesOfARunningJobTest {
    private static final Path SHIPPED = Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml");
    private static final Instant LATEST = Instant.parse("2026-01-05T09:59:59.999Z");
    private static final String FROM = "in force from 2026-01-05T10:00:00Z";

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startBroker() throws IOException {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    /** What of a job answers commands, as if all readers had come as far as {@link #LATEST}. */
    private static final class Answering implements AutoCloseable {
        private final RuleDesk desk;
        private final Ledger ledger;
        private final Thread thread = new Thread(this::run, "answering");
        private volatile boolean ended;
        private volatile Exception failure;

        Answering(String configFile) throws Exception {
            JobConfig config = JobConfig.load(Path.of(configFile));
            desk = new KafkaDesk.Opening(
                            config.bootstrapServers(), config.kafka(), config.liveRules(), "answering", config.ruleText().yaml())
                    .open();
            assertThat(desk.history()).isEmpty();
            ledger = Ledger.begin(config.ruleText(), false);
            desk.answer(List.of(ledger.beginning()));
            thread.start();
        }

        private void run() {
            Queue<Message> commands = new ArrayDeque<>();
            try {
                while (!ended) {
                    commands.addAll(desk.poll());
                    List<Answer> answers = new ArrayList<>();
                    while (!commands.isEmpty()) {
                        ledger.take(commands, System.currentTimeMillis());
                        answers.addAll(ledger.settle(LATEST.toEpochMilli()));
                    }
                    if (!answers.isEmpty()) {
                        desk.answer(answers);
                    }
                }
            } catch (Exception e) {
                failure = e;
            }
        }

        @Override
        public void close() throws Exception {
            ended = true;
            thread.join();
            desk.close();
            assertThat(failure).isNull();
        }
    }

    /** With topics, and rules in a file that is like the shipped one. */
    private static String config(String name) throws Exception {
        kafka.createTopics(1, name + "-rules", name + "-answers");
        return config(name, "live_rules: {topic: " + name + "-rules, results_topic: " + name + "-answers}\n");
    }

    private static String config(String name, String more) throws Exception {
        Path rules = Files.copy(SHIPPED, folder.resolve(name + "-rules.yaml"));
        return Files.writeString(
                        folder.resolve(name + ".yaml"),
                        "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [flows]\nsink:\n"
                                + "  findings_topic: findings\n  dead_letter_topic: dead\nrules: " + rules.getFileName() + "\n" + more)
                .toString();
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** The rule as it is shipped, with one thing changed. */
    private static String upsert(String id, String from, String to) throws IOException {
        String rules = Files.readString(SHIPPED);
        int begin = rules.indexOf("  - id: " + id + "\n");
        String rule = rules.substring(begin, rules.indexOf("\n  - id: ", begin + 1)).replace("  - id: ", "    id: ");
        assertThat(rule).contains(from);
        return "command: UPSERT\nrule:\n" + rule.replace(from, to) + "\n";
    }

    private static CommandLineRun run(int exitCode, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(exitCode);
        return run;
    }

    private static long end(String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
        }
    }

    @Test
    void whatIsSentIsAnsweredAndTheDifferenceToTheFileIsShownUntilItIsUndone() throws Exception {
        String config = config("changed");
        assertThat(run(0, "rules", "diff", "--config", config).out()).startsWith("no difference: ");
        try (Answering job = new Answering(config)) {
            CommandLineRun sent = run(0, "rules", "send", file("change.yaml",
                    upsert("BEACON-SLOW", "min_connections: 6", "min_connections: 40") + "---\n"
                            + upsert("BEACON-FAST", "size: 1h", "size: 2h") + "---\n{command: DISABLE, rule: STROBE}\n"
                            + "--- {command: UPSERT, role: {name: scanner, networks: [10.9.9.9/32]}}\n"), "--config", config);
            assertThat(sent.out().lines().map(line -> line.replaceFirst(", version \\w+$", "")))
                    .containsExactly(
                            "UPSERT rule BEACON-SLOW: accepted, " + FROM,
                            "UPSERT rule BEACON-FAST: accepted, " + FROM,
                            "  the state of rule BEACON-FAST begins anew: its window, or what it counts by, has changed",
                            "DISABLE rule STROBE: accepted, " + FROM,
                            "  rule STROBE ends",
                            "UPSERT role scanner: accepted, " + FROM,
                            "  relay rules keep the roles that they were started with");
            assertThat(sent.err()).isEmpty();

            CommandLineRun differs = run(3, "rules", "diff", "--config", config);
            assertThat(differs.out().lines())
                    .startsWith(
                            "roles.scanner: [10.9.9.9/32] only in force",
                            "rules[BEACON-FAST].window.size: 1h in the file, 2h in force",
                            "rules[BEACON-SLOW].condition.min_connections: 6 in the file, 40 in force",
                            "rules[STROBE].mode: active in the file, disabled in force")
                    .hasSize(5);
            assertThat(differs.out().lines().toList().get(4))
                    .matches("4 differences: the configuration's rule file has version \\w+, in force is version \\w+, its last change"
                            + " since 2026-01-05T10:00:00Z");
            assertThat(run(3, "rules", "diff", "aql", "--config", config).out()).contains("rules[BEACON-SLOW]: only in force");

            run(0, "rules", "send", file("undo.yaml",
                    upsert("BEACON-SLOW", "min_connections: 6", "min_connections: 6") + "---\n"
                            + upsert("BEACON-FAST", "size: 1h", "size: 1h") + "---\n{command: ENABLE, rule: STROBE}\n"
                            + "---\n{command: DELETE, role: scanner}\n"), "--config", config);
            CommandLineRun same = run(0, "rules", "diff", SHIPPED.toString(), "--config", config);
            assertThat(same.out()).startsWith("no difference: " + SHIPPED + " has version ").hasLineCount(1);
        }
    }

    @Test
    void aCommandThatTheJobRefusesIsPrintedWithTheFieldAndOthersAreDone() throws Exception {
        String config = config("refused");
        InputStream before = System.in;
        try (Answering job = new Answering(config)) {
            System.setIn(new ByteArrayInputStream((upsert("BEACON-SLOW", "min_connections: 6", "min_connections: 0")
                            + "---\n{command: DISABLE, rule: STROBE}\n---\n{command: DELETE, rule: NOWHERE}\n")
                    .getBytes(StandardCharsets.UTF_8)));
            CommandLineRun sent = run(1, "rules", "send", "-", "--config", config);
            assertThat(sent.out()).contains(
                    "UPSERT rule BEACON-SLOW: refused\n  rule.condition.min_connections: 0 is not ",
                    "DISABLE rule STROBE: accepted, " + FROM,
                    "DELETE rule NOWHERE: refused\n  rule: there is no rule 'NOWHERE'\n");
            assertThat(sent.err()).isEmpty();
        } finally {
            System.setIn(before);
        }
        assertThat(run(3, "rules", "diff", "--config", config).out()).contains("\n1 difference: ");
    }

    @Test
    void withoutAJobTheCommandsWaitAndTheMessageSaysSo() throws Exception {
        String config = config("alone");
        CommandLineRun sent = run(
                1, "rules", "send", file("alone-command.yaml", "{command: DISABLE, rule: STROBE}"), "--config", config, "--wait", "1s");
        assertThat(sent.out()).isEmpty();
        assertThat(sent.err()).contains(
                "no answer within 1s to 1 of 1 commands: mode:STROBE",
                "The job that reads topic alone-rules and answers in topic alone-answers may not be running.",
                "The commands stay in the topic and will be answered when it runs.");
        assertThat(end("alone-rules")).isEqualTo(1);

        // What was sent before is answered too, and is not taken for an answer to what is sent now.
        try (Answering job = new Answering(config)) {
            assertThat(run(0, "rules", "send", file("alone-back.yaml", "{command: ENABLE, rule: STROBE}"), "--config", config).out())
                    .startsWith("ENABLE rule STROBE: accepted")
                    .contains("  rule STROBE begins");
        }
    }

    @Test
    void withAFaultInOneCommandNoneIsSent() throws Exception {
        String config = config("faulty");
        String file = file("faulty-commands.yaml", "{command: DISABLE, rule: STROBE}\n---\ncommand: DISABLE\nrul: STROBE\n");
        CommandLineRun sent = run(2, "rules", "send", file, "--config", config);
        assertThat(sent.err()).contains(file + ":4: rul: unknown key; did you mean 'rule'?");
        assertThat(end("faulty-rules")).isZero();
        assertThat(run(2, "rules", "send", folder.resolve("nowhere").toString(), "--config", config).err())
                .contains("nowhere: no such file");
        assertThat(run(2, "rules", "send", file, "--config", config, "--wait", "soon").err())
                .contains("--wait: 'soon' is not a duration such as 60s, 5m or 24h");
    }

    @Test
    void aConfigurationWithoutATopicToSendToIsNamedWithTheRemedy() throws Exception {
        String command = file("any.yaml", "{command: DISABLE, rule: STROBE}");
        String without = config("without", "");
        for (String[] arguments : List.of(
                new String[] {"rules", "send", command, "--config", without}, new String[] {"rules", "diff", "--config", without})) {
            assertThat(run(2, arguments).err())
                    .contains("without.yaml: live_rules: missing", "name live_rules.topic and live_rules.results_topic");
        }
        String watched = config("watched", "live_rules: {watch: true, results_topic: watched-answers}\n");
        assertThat(run(2, "rules", "send", command, "--config", watched).err())
                .contains("watched.yaml: live_rules.watch: the job takes changes from ", "watched-rules.yaml; edit that, or name a topic");
        String absent = config("absent", "live_rules: {topic: absent-rules, results_topic: absent-answers}\n");
        assertThat(run(1, "rules", "send", command, "--config", absent).err())
                .contains("live_rules: there is no topic absent-rules; create it with one partition");
        assertThat(run(2, "rules", "diff", "--config", absent).err())
                .contains("live_rules.results_topic: there is no topic absent-answers; create it with one partition");
    }
}
