package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.finding.FlatView;
import io.botwatch.finding.OcsfSchema;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka in, Kafka out, on a real broker: the same findings as from files, nothing lost, nothing in the way. */
class KafkaJobTest {
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

    @Test
    void aBackfillOfASimulatedDayGivesTheFindingsThatDetectGivesByteForByte() throws Exception {
        Path flows = folder.resolve("day.json");
        run("generate", "--hours", "8", "--scale", "0.1", "--seed", "11", "--out", flows.toString());

        for (String rules : List.of("enterprise", "aql")) {
            assertSameFindings("day-" + rules, Files.readAllLines(flows), flows, rules, List.of());
        }
    }

    @Test
    void aBackfillOfTheUniversityCaptureGivesTheFindingsThatDetectGivesByteForByte() throws Exception {
        Path capture = Path.of(System.getProperty("botwatch.shared"), "ctu13-scenario6", "capture20110816.binetflow.gz");
        if (!Files.exists(capture)) {
            capture = Path.of(System.getProperty("botwatch.shared"), "data", "ctu13-scenario6", "capture20110816.binetflow.gz");
        }
        assumeThat(capture).as("real captures are absent: the capture over Kafka is not compared").exists();
        List<String> lines;
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(capture)), StandardCharsets.UTF_8))) {
            lines = reader.lines().toList();
        }
        int findings = assertSameFindings("ctu", lines, capture, "enterprise", List.of("147.32.0.0/16"));
        System.out.println("CTU-13 scenario 6 over 4 Kafka partitions: " + findings + " findings, equal to those of the file");
    }

    @Test
    void theFindingsGoToTopicsOfOtherFormatsAsDetectWritesThem() throws Exception {
        Path flows = folder.resolve("formats.json");
        run("generate", "--hours", "6", "--scale", "0.05", "--seed", "13", "--out", flows.toString());
        List<String> formats = List.of("ecs", "leef", "csv");
        String also = String.join(", ", formats.stream().map(format -> format + ": formats-" + format).toList());
        Path config = config("formats", "enterprise", List.of(), "  also: {" + also + "}\n");
        kafka.createTopics(2, "formats-ecs", "formats-leef", "formats-csv");
        produce("formats", Files.readAllLines(flows));
        run("backfill", "--config", config.toString());
        for (String format : formats) {
            Path out = folder.resolve("formats." + format);
            run("detect", flows.toString(), "--as", format, "--out", out.toString());
            String written = Files.readString(out).substring(format.equals("csv") ? FlatView.HEADER.length() + 1 : 0);
            Map<String, String> last = new HashMap<>();
            poll("formats-" + format, record -> {
                last.put(new String(record.key(), StandardCharsets.US_ASCII), new String(record.value(), StandardCharsets.UTF_8) + '\n');
                return last.values().stream().mapToInt(String::length).sum() == written.length()
                        && last.values().stream().allMatch(written::contains);
            });
            assertThat(last).hasSizeGreaterThan(5);
        }
    }

    /** @return how many findings there were */
    private static int assertSameFindings(
            String name, List<String> records, Path file, String rules, List<String> internal) throws Exception {
        Path config = config(name, rules, internal, "");
        produce(name, records);
        run("backfill", "--config", config.toString());

        Path out = folder.resolve(name + ".jsonl");
        List<String> detect = new ArrayList<>(List.of("detect", file.toString(), "--rules", rules, "--out", out.toString()));
        if (!internal.isEmpty()) {
            detect.addAll(List.of("--internal", String.join(",", internal)));
        }
        run(detect.toArray(String[]::new));

        List<String> overKafka = TopicFindings.read(kafka.bootstrapServers(), name + "-findings").stream()
                .map(entry -> new String(entry.json(), StandardCharsets.UTF_8))
                .toList();
        assertThat(overKafka).isNotEmpty().containsExactlyElementsOf(Files.readAllLines(out));
        return overKafka.size();
    }

    @Test
    void aLiveJobFindsTheSameStoriesThroughGarbageLatecomersAndRecordsFromTheFuture() throws Exception {
        Path flows = folder.resolve("live.json");
        run("generate", "--hours", "6", "--scale", "0.1", "--seed", "12", "--out", flows.toString());
        List<String> records = Files.readAllLines(flows);
        Path config = config("live", "enterprise", List.of(), "  delivery: exactly-once\n");

        Random random = new Random(1);
        List<String> spoilt = new ArrayList<>(records);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            spoilt.add(random.nextInt(spoilt.size()), "garbage " + new String(garbage, StandardCharsets.ISO_8859_1));
        }
        long now = Instant.now().toEpochMilli();
        spoilt.add(spoilt.size() / 2, flow(now + Duration.ofDays(2).toMillis(), "10.9.9.9"));
        produce("live", spoilt);
        // A flow of today in every partition closes every window of the simulated day.
        produce("live", Collections.nCopies(PARTITIONS, flow(now, "10.9.9.8")));
        // Now these are far too late; connections of their own, which the next watermark puts out.
        List<String> late = IntStream.range(0, PARTITIONS)
                .mapToObj(i -> flow(Instant.parse("2026-01-05T02:00:00Z").toEpochMilli(), "10.9.7." + i))
                .toList();

        readFromTheBeginning("live");
        StreamExecutionEnvironment env = EmbeddedCluster.environment(2, folder.resolve("live-checkpoints"));
        BotwatchJob.live(env, JobConfig.load(config));
        JobClient client = env.executeAsync("live");
        try {
            List<String> expected = uids(flows);
            Map<String, JsonNode> closed = new HashMap<>();
            poll("live-findings", record -> {
                JsonNode finding = new ObjectMapper().readTree(record.value());
                OcsfSchema.assertValid(record.value());
                if (finding.path("activity_id").asInt() == 3) {
                    closed.put(new String(record.key(), StandardCharsets.US_ASCII), finding);
                }
                return closed.size() >= expected.size();
            });
            assertThat(closed.keySet()).containsExactlyInAnyOrderElementsOf(expected);

            produce("live", late);
            produce("live", Collections.nCopies(PARTITIONS, flow(now + Duration.ofMinutes(1).toMillis(), "10.9.9.8")));
            Map<String, Integer> reasons = new HashMap<>();
            poll("live-dead", record -> {
                reasons.merge(header(record, "reason"), 1, Integer::sum);
                return reasons.getOrDefault("LATE", 0) >= PARTITIONS;
            });
            assertThat(reasons).containsEntry("TIME_OUT_OF_RANGE", 1).containsEntry("LATE", PARTITIONS);
            assertThat(reasons.getOrDefault("MALFORMED", 0)).isEqualTo(50);
        } finally {
            client.cancel().get();
        }
    }

    /** A goflow2 record of a connection that the beacon rule looks at. */
    private static String flow(long startMs, String src) {
        return "{\"type\":\"NETFLOW_V9\",\"time_received_ns\":" + startMs + "000000,\"time_flow_start_ns\":" + startMs
                + "000000,\"time_flow_end_ns\":" + startMs + "000000,\"bytes\":100,\"packets\":1,\"src_addr\":\"" + src
                + "\",\"dst_addr\":\"203.0.113.200\",\"etype\":\"IPv4\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":8443}";
    }

    private static List<String> uids(Path flows) throws IOException {
        CommandLineRun detect = CommandLineRun.of("detect", flows.toString(), "--out", "-");
        List<String> uids = new ArrayList<>();
        for (String line : detect.out().lines().toList()) {
            uids.add(new ObjectMapper().readTree(line).path("finding_info").path("uid").asText());
        }
        assertThat(uids).hasSizeGreaterThan(5);
        return uids;
    }

    private static void run(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private static Path config(String name, String rules, List<String> internal, String sink) throws Exception {
        kafka.createTopics(PARTITIONS, name, name + "-findings", name + "-dead");
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + name + "]\n  group: " + name
                        + "\nsink:\n  findings_topic: " + name + "-findings\n  dead_letter_topic: " + name + "-dead\n"
                        + "  transactional_id_prefix: " + name + "\n" + sink
                        + "rules: " + rules + "\ncheckpoint_interval: 1s\n"
                        + (internal.isEmpty() ? "" : "internal_subnets: " + internal + "\n"));
    }

    private static void produce(String topic, List<String> records) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        // In order, also when a batch is sent again.
        properties.setProperty("enable.idempotence", "false");
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        properties.setProperty("delivery.timeout.ms", "60000");
        AtomicReference<Exception> refused = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records.size(); i++) {
                producer.send(
                        new ProducerRecord<>(
                                topic, i % PARTITIONS, null, records.get(i).getBytes(StandardCharsets.UTF_8)),
                        (sent, failure) -> refused.compareAndSet(null, failure));
            }
        }
        if (refused.get() != null) {
            throw refused.get();
        }
    }

    /** A live job starts at its group's offsets; here they are the topic's beginning. */
    private static void readFromTheBeginning(String group) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            beginning.put(new TopicPartition(group, partition), new OffsetAndMetadata(0));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(group, beginning).all().get();
        }
    }

    private interface Until {
        boolean done(ConsumerRecord<byte[], byte[]> record) throws IOException;
    }

    /** Reads committed records until one is the last that was waited for; fails after two minutes. */
    private static void poll(String topic, Until until) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        properties.setProperty("isolation.level", "read_committed");
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (until.done(record)) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("what was waited for did not come in topic " + topic);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
