package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters of a real topic, on a real broker, through the job and back into it. */
class ReplayDeadTopicTest {
    private static final int PARTITIONS = 4;

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

    private static CommandLineRun ok(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    /** A job over the topic whose findings and dead letters go to topics of its name. */
    private static String config(String name, String topic, String format, String perMinute) throws Exception {
        kafka.createTopics(PARTITIONS, name + "-findings", name + "-dead");
        return Files.writeString(
                        folder.resolve(name + ".yaml"),
                        "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + topic + "]\n  format: "
                                + format + "\nsink:\n  findings_topic: " + name + "-findings\n  dead_letter_topic: " + name
                                + "-dead\n  transactional_id_prefix: " + name + "\n  dead_letters_per_minute: " + perMinute
                                + "\ncheckpoint_interval: 1s\n")
                .toString();
    }

    private static void produce(String topic, List<String> records) throws Exception {
        AtomicReference<Exception> refused = new AtomicReference<>();
        // As FlowProducer does: an idempotent producer's first batch for a new topic may never be taken.
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "enable.idempotence", "false",
                "max.in.flight.requests.per.connection", "1");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records.size(); i++) {
                producer.send(
                        new ProducerRecord<>(topic, i % PARTITIONS, null, records.get(i).getBytes(StandardCharsets.UTF_8)),
                        (sent, failure) -> refused.compareAndSet(null, failure));
            }
        }
        if (refused.get() != null) {
            throw refused.get();
        }
    }

    @Test
    void aBackfillOfTheDeadLettersOfAWrongFormatGivesTheFindingsThatTheDayGives() throws Exception {
        Path day = folder.resolve("day.json");
        ok("generate", "--hours", "8", "--scale", "0.1", "--seed", "22", "--out", day.toString());
        List<String> records = Files.readAllLines(day);
        kafka.createTopics(PARTITIONS, "day", "day-again");
        produce("day", records);
        String wrong = config("wrong", "day", "pmacct-json", "1000000");
        ok("backfill", "--config", wrong);

        // The configuration still names the wrong format: nothing would come of it.
        assertThat(ok("replay-dead", "--config", wrong, "--dry-run").out()).contains(", 0 of them decode now");
        CommandLineRun replay =
                ok("replay-dead", "--config", wrong, "--format", "goflow2-json", "--to-topic", "day-again");
        String all = Progress.count(records.size());
        assertThat(replay.err()).contains("fed again         " + all + ", " + all + " of them decode now", "to                topic day-again");

        ok("backfill", "--config", config("right", "day-again", "goflow2-json", "1000"));
        Path out = folder.resolve("expected.jsonl");
        ok("detect", day.toString(), "--out", out.toString());
        List<String> found = TopicFindings.read(kafka.bootstrapServers(), "right-findings").stream()
                .map(entry -> new String(entry.json(), StandardCharsets.UTF_8))
                .toList();
        assertThat(found).isNotEmpty();
        assertThat(found.equals(Files.readAllLines(out))).as("the findings are the same, byte for byte").isTrue();
    }

    @Test
    void aRecordThatDiesAgainSaysHowOftenItWasFed() throws Exception {
        kafka.createTopics(PARTITIONS, "garbage");
        produce("garbage", List.of("rubbish", "more rubbish"));
        String config = config("loop", "garbage", "goflow2-json", "1000");
        ok("backfill", "--config", config);
        CommandLineRun first = ok("replay-dead", "--config", config, "--to-topic", "garbage");
        assertThat(first.err()).contains("fed again         2, 0 of them decode now").doesNotContain("before");

        // It reads the topic from its beginning: the two that came, and the two that were fed.
        Instant between = Instant.now();
        ok("backfill", "--config", config);
        CommandLineRun second = ok(
                "replay-dead", "--bootstrap", kafka.bootstrapServers(), "--topic", "loop-dead", "--since", between.toString(), "--dry-run");
        assertThat(second.out()).contains("would be fed      4,", "2 of them had been fed again before");
    }

    @Test
    void aFloodOfGarbageIsCountedAndNotWrittenBeyondItsCap() throws Exception {
        kafka.createTopics(PARTITIONS, "flood");
        produce("flood", java.util.Collections.nCopies(500, "rubbish"));
        CommandLineRun none = ok("backfill", "--config", config("none", "flood", "goflow2-json", "0"));
        assertThat(none.err()).contains("500 dead letters (500 not written)");
        assertThat(ok("replay-dead", "--config", folder.resolve("none.yaml").toString(), "--dry-run").out())
                .contains("dead letters      0");
    }

    @Test
    void aTopicThatDoesNotExistIsNamed() throws Exception {
        kafka.createTopics(1, "letters");
        for (String[] topics : new String[][] {{"nowhere", "letters"}, {"letters", "nowhere"}}) {
            CommandLineRun run = CommandLineRun.of(
                    "replay-dead", "--bootstrap", kafka.bootstrapServers(), "--topic", topics[0], "--to-topic", topics[1]);
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("topic nowhere does not exist at " + kafka.bootstrapServers() + "; create it first");
        }
    }

    @Test
    void recordsOfSomethingElseInTheTopicAreCountedAndLeft() throws Exception {
        kafka.createTopics(PARTITIONS, "mixed");
        produce("mixed", List.of("not a letter", "nor this"));
        assertThat(ok("replay-dead", "--bootstrap", kafka.bootstrapServers(), "--topic", "mixed", "--dry-run").out())
                .contains("dead letters      0", "no dead letters 2, left", "would be fed      0, 0 of them decode now");
    }
}
