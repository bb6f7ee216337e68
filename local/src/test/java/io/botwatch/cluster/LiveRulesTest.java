package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.control.Answer;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.job.RuleHistory;
import io.botwatch.local.CommandLineRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that change while a job runs, over Kafka. */
@Tag("cluster")
class LiveRulesTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 4;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static OneProcess flink;
    private static List<String> records;

    @BeforeAll
    static void start() throws Exception {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
        flink = new OneProcess(folder);
        Path day = folder.resolve("day.json");
        CommandLineRun generated = CommandLineRun.of(
                "generate", "--hours", "6", "--scale", "0.05", "--seed", "41", "--out", day.toString());
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        records = Files.readAllLines(day);
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        kafka.close();
    }

    @Test
    void changesCountFromTheStatedTimeSurviveRestartsAndABackfillAppliesThem() throws Exception {
        Run run = new Run("changed", "topic: changed-rules}\n");
        JobID job = run.start(2, null);
        run.send(0, 0.3);
        run.awaitConsumed();

        List<Duration> waited = new ArrayList<>();
        Answer slow = run.ask("rule:BEACON-SLOW", upsert("BEACON-SLOW", "min_connections: 6", "min_connections: 40"), waited);
        Answer off = run.ask("mode:STROBE", "{command: DISABLE, rule: STROBE}", waited);
        run.send(0.3, 0.5);
        run.awaitConsumed();
        flink.loseTaskManager(job);
        run.send(0.5, 0.6);
        run.awaitConsumed();

        Answer window = run.ask("rule:BEACON-FAST", upsert("BEACON-FAST", "size: 1h", "size: 2h"), waited);
        run.ask("role:scanner", "{command: UPSERT, role: {name: scanner, networks: [10.9.9.9/32]}}", waited);
        run.ask("exception:EX-1",
                "{command: UPSERT, exception: {id: EX-1, title: known, rules: [BEACON-SLOW, VOLUMETRIC-INBOUND], selection: {dst_port: [443, 8443]}, "
                        + "action: lower, to: low, owner: us, ticket: T-1, expires: 2027-01-01}}", waited);
        run.send(0.6, 0.8);
        run.awaitConsumed();
        String savepoint = flink.stop(job, false);

        job = run.start(3, savepoint);
        run.send(0.8, 0.9);
        run.awaitConsumed();
        Answer on = run.ask("mode:STROBE", "{command: ENABLE, rule: STROBE}", waited);
        run.ask("rule:IRC", null, waited);
        run.send(0.9, 1);
        run.awaitConsumed();
        flink.stop(job, true);

        System.out.println("answered within " + waited);
        List<Answer> history = RuleHistory.answers(run.config("changed-findings"));
        history.forEach(answer -> System.out.println(answer.sequence() + " " + answer.command() + " "
                + (answer.accepted() ? "from " + said(answer.effectiveFromMs()) : answer.reasons()) + " " + answer.notes()));
        assertThat(history).allMatch(Answer::accepted).hasSize(8);
        assertThat(List.of(slow, off, window, on)).isSortedAccordingTo((a, b) -> Long.compare(a.effectiveFromMs(), b.effectiveFromMs()));
        assertThat(window.notes()).singleElement().asString().contains("the state of rule BEACON-FAST begins anew");

        new Topics(kafka.bootstrapServers()).create(2, "changed-again");
        flink.end(flink.start(2, "rocksdb", null, env -> BotwatchJob.backfill(env, run.config("changed-again"), null, null)));
        Emissions live = Emissions.of(kafka.bootstrapServers(), "changed-findings");
        Emissions backfill = Emissions.of(kafka.bootstrapServers(), "changed-again");
        System.out.println("live " + live.sha256() + ", " + live.finals().size() + " findings; backfill " + backfill.sha256());
        assertThat(backfill.finals().keySet()).isEqualTo(live.finals().keySet());
        live.finals().forEach((uid, finding) -> assertThat(backfill.finals().get(uid)).isEqualTo(finding));
        assertThat(backfill.sha256()).isEqualTo(live.sha256());
        assertThat(live.repeated()).isZero();
        assertThat(waited).allMatch(each -> each.compareTo(Duration.ofSeconds(2)) <= 0);
        everyNewFindingIsOfTheRulesInForce("changed-findings", history, slow);
    }

    /** A finding that is new says by which threshold, and by which version of the rules, its window was judged. */
    private static void everyNewFindingIsOfTheRulesInForce(String topic, List<Answer> history, Answer slow) throws Exception {
        Map<Integer, Integer> byThreshold = new TreeMap<>();
        for (byte[] record : Emissions.records(kafka.bootstrapServers(), topic)) {
            JsonNode finding = JSON.readTree(record);
            if (!finding.path("activity_name").asText().equals("Create")) {
                continue;
            }
            long judgedMs = finding.path("time").asLong();
            if (finding.path("finding_info").path("types").path(0).asText().equals("volumetric")) {
                judgedMs = finding.path("finding_info").path("created_time").asLong(); // a window's beginning counts
            }
            String version = history.get(0).configVersion();
            for (Answer answer : history) {
                version = answer.accepted() && answer.effectiveFromMs() <= judgedMs ? answer.configVersion() : version;
            }
            assertThat(finding.path("unmapped").path("config_version").asText()).as("%s", finding).isEqualTo(version);
            if (finding.path("finding_info").path("analytic").path("uid").asText().equals("BEACON-SLOW")) {
                int threshold = finding.path("evidences").path(0).path("data").path("threshold_connections").asInt();
                assertThat(threshold).isEqualTo(judgedMs >= slow.effectiveFromMs() ? 40 : 6);
                byThreshold.merge(threshold, 1, Integer::sum);
            }
        }
        System.out.println("new findings of BEACON-SLOW by threshold: " + byThreshold);
        assertThat(byThreshold).containsOnlyKeys(6, 40);
    }

    private static String said(long ms) {
        return ms == Long.MIN_VALUE ? "the beginning" : Instant.ofEpochMilli(ms).toString();
    }

    /** The rule as it is shipped, with one thing changed. */
    private static String upsert(String id, String from, String to) throws Exception {
        String rules = Files.readString(Path.of("..", "flink-conf", "rules.yaml"));
        int begin = rules.indexOf("  - id: " + id + "\n");
        int end = rules.indexOf("\n  - id: ", begin + 1);
        String rule = rules.substring(begin, end).replace("  - id: ", "    id: ");
        assertThat(rule).contains(from);
        return "command: UPSERT\nrule:\n" + rule.replace(from, to) + "\n";
    }

    /** Twenty documents that are wrong, by what the reason for their refusal must name. */
    private static Map<String, String[]> wrong() throws Exception {
        Map<String, String[]> wrong = new LinkedHashMap<>();
        String slow = upsert("BEACON-SLOW", "min_connections: 6", "min_connections: 6");
        wrong.put("rule.condition.min_connections: -3 is not", of("rule:BEACON-SLOW", slow.replace("min_connections: 6", "min_connections: -3")));
        wrong.put("rule.condition.min_connection: unknown key; did you mean 'min_connections'", of("rule:BEACON-SLOW", slow.replace("min_connections: 6", "min_connection: 6")));
        wrong.put("rule.window.size: 'soon' is not a duration", of("rule:BEACON-SLOW", slow.replace("size: 24h", "size: soon")));
        wrong.put("rule.type: 'beecon' is not one of", of("rule:BEACON-SLOW", slow.replace("type: beacon", "type: beecon")));
        wrong.put("rule.level: 'hot' is not one of", of("rule:BEACON-SLOW", slow.replaceFirst("level: \\w+", "level: hot")));
        wrong.put("rule.title: missing", of("rule:BEACON-SLOW", slow.replaceFirst("(?m)^ +title: .*\\n", "")));
        wrong.put("key", of("rule:BEACON-FAST", slow));
        wrong.put("command: 'INSERT' is not one of", of("rule:BEACON-SLOW", slow.replace("UPSERT", "INSERT")));
        wrong.put("rule: there is no rule 'NONE'", of("mode:NONE", "{command: DISABLE, rule: NONE}"));
        wrong.put("exception: only a rule can be", of("mode:EX-1", "{command: ENABLE, exception: EX-1}"));
        wrong.put("exception.rules[0]: 'BEACON-SLOWER'", of("exception:EX-2",
                "{command: UPSERT, exception: {id: EX-2, title: t, rules: [BEACON-SLOWER], selection: {dst_port: [1]}, action: drop, owner: o, expires: 2027-01-01}}"));
        wrong.put("exception.action", of("exception:EX-3",
                "{command: UPSERT, exception: {id: EX-3, title: t, rules: [BEACON-SLOW], selection: {dst_port: [1]}, action: hide, owner: o, expires: 2027-01-01}}"));
        wrong.put("role.networks[0]", of("role:scanner", "{command: UPSERT, role: {name: scanner, networks: [10.0.0.0/33]}}"));
        wrong.put("roles.scaner: unknown key", of("role:scaner", "{command: UPSERT, role: {name: scaner, networks: [10.0.0.1]}}"));
        wrong.put("set", of("set:tor", "{command: UPSERT, set: {name: tor, file: tor.csv}}"));
        wrong.put("internal_subnets: must list at least one", of("internal_subnets", "{command: UPSERT, internal_subnets: []}"));
        wrong.put("effective_from: 'tomorrow' is not a time", of("mode:STROBE", "{command: DISABLE, rule: STROBE, effective_from: tomorrow}"));
        wrong.put("effective_from: more than a day ahead", of("mode:STROBE", "{command: DISABLE, rule: STROBE, effective_from: 2099-01-01T00:00:00Z}"));
        wrong.put("rule.window.size: ORB-RELAY", of("rule:ORB-RELAY", upsert("ORB-RELAY", "size: 300s", "size: 200s")));
        wrong.put("not YAML", of("rule:X", "{command: UPSERT, rule: ["));
        wrong.put("key: 'nonsense'", of("nonsense", null));
        return wrong;
    }

    private static String[] of(String key, String command) {
        return new String[] {key, command};
    }

    @Test
    void wrongDocumentsAreRefusedByFieldAndChangeNothing() throws Exception {
        Run run = new Run("wrong", "topic: wrong-rules}\n");
        JobID job = run.start(2, null);
        run.send(0, 0.5);
        run.awaitConsumed();
        Map<String, String[]> wrong = wrong();
        assertThat(wrong).hasSizeGreaterThanOrEqualTo(20);
        for (Map.Entry<String, String[]> each : wrong.entrySet()) {
            Answer answer = run.ask(each.getValue()[0], each.getValue()[1], new ArrayList<>());
            System.out.println(answer.reasons());
            assertThat(answer.accepted()).as(each.getKey()).isFalse();
            assertThat(String.join("\n", answer.reasons())).contains(each.getKey());
        }
        run.send(0.5, 1);
        run.awaitConsumed();
        flink.stop(job, true);
        assertThat(Emissions.of(kafka.bootstrapServers(), "wrong-findings").finals()).containsExactlyEntriesOf(unchanged());
    }

    @Test
    void aRuleFileThatIsWatchedTakesThePlaceOfTheOneBefore() throws Exception {
        Path file = folder.resolve("watched-rules.yaml");
        String shipped = Files.readString(Path.of("..", "flink-conf", "rules.yaml"));
        Files.writeString(file, shipped);
        Run run = new Run("watched", "watch: true}\nrules: watched-rules.yaml\n");
        JobID job = run.start(2, null);
        run.send(0, 0.5);
        run.awaitConsumed();
        replace(file, shipped.replace("min_connections: 6", "min_connections: 40"));
        Answer taken = run.await(answer -> answer.command().equals("REPLACE") && answer.accepted());
        replace(file, shipped.replace("min_connections: 6", "min_connections: many"));
        Answer refused = run.await(answer -> !answer.accepted());
        run.send(0.5, 1);
        run.awaitConsumed();
        String savepoint = flink.stop(job, false);
        replace(file, shipped);
        job = run.start(2, savepoint);
        run.await(answer -> answer.sequence() == 3 && answer.accepted());
        flink.stop(job, true);
        assertThat(taken.effectiveFromMs()).isPositive();
        assertThat(refused.reasons()).anyMatch(reason -> reason.contains("min_connections: 'many' is not a whole number"));
        assertThat(RuleHistory.answers(run.config("watched-findings"))).hasSize(4);
    }

    /** As an editor does, or a ConfigMap: the file is there whole, or not at all. */
    private static void replace(Path file, String content) throws Exception {
        Path next = Files.writeString(file.resolveSibling("next"), content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What is found when nothing changes. */
    private static Map<String, String> unchanged() throws Exception {
        CommandLineRun detect = CommandLineRun.of("detect", folder.resolve("day.json").toString(), "--out", "-");
        assertThat(detect.exitCode()).as(detect.err()).isZero();
        return Emissions.of(detect.out().lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList()).finals();
    }

    /** One live job, and its topics. */
    private static final class Run {
        private final String name;
        private final String rules;
        private final Topics topics = new Topics(kafka.bootstrapServers());
        private JobConfig started;

        /** @param rules as the configuration has them, after where changes are answered */
        Run(String name, String rules) throws Exception {
            this.name = name;
            this.rules = rules;
            topics.create(PARTITIONS, name);
            topics.create(2, name + "-findings", name + "-shadow", name + "-dead");
            try (Admin admin = topics.admin()) {
                admin.createTopics(List.of(
                                new NewTopic(name + "-rules", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")),
                                new NewTopic(name + "-answers", 1, (short) 1).configs(Map.of("retention.ms", "-1"))))
                        .all()
                        .get();
            }
            topics.readFromTheBeginning(name, name, PARTITIONS);
        }

        JobConfig config(String findings) throws Exception {
            return JobConfig.load(Files.writeString(
                    folder.resolve(name + ".yaml"),
                    "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + name + "]\n  group: " + name
                            + "\n  idleness: 10m\nsink:\n  findings_topic: " + findings + "\n  shadow_topic: " + name
                            + "-shadow\n  dead_letter_topic: " + name + "-dead\n  transactional_id_prefix: " + name
                            + "\ncheckpoint_interval: 1s\nlive_rules: {results_topic: " + name + "-answers, " + rules));
        }

        JobID start(int parallelism, String savepoint) throws Exception {
            started = config(name + "-findings");
            return flink.start(parallelism, "hashmap", savepoint, env -> BotwatchJob.live(env, started));
        }

        /** @param from share of the records */
        void send(double from, double to) throws Exception {
            List<String> some = records.subList((int) (from * records.size()), (int) (to * records.size()));
            try (SteadyFlows flows = new SteadyFlows(kafka.bootstrapServers(), name, PARTITIONS, some, 1)) {
                flows.sendTheRest();
            }
        }

        void awaitConsumed() throws Exception {
            Await.until("all of " + name + " is consumed", LIMIT, () -> topics.lag(name, name) == 0);
        }

        Answer await(Predicate<Answer> which) throws Exception {
            List<Answer> answers = new ArrayList<>();
            Await.until("an answer", LIMIT, () -> {
                RuleHistory.answers(started).stream().filter(which).forEach(answers::add);
                return !answers.isEmpty();
            });
            return answers.get(0);
        }

        /** Sends a command and waits for its answer. */
        Answer ask(String key, String command, List<Duration> waited) throws Exception {
            long offset;
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(), new StringSerializer())) {
                offset = producer.send(new ProducerRecord<>(name + "-rules", key, command)).get().offset();
            }
            List<Answer> answers = new ArrayList<>();
            waited.add(Await.until("an answer to " + command, LIMIT, () -> {
                RuleHistory.answers(started).stream().filter(answer -> answer.position() == offset).forEach(answers::add);
                return !answers.isEmpty();
            }));
            return answers.get(0);
        }
    }
}
