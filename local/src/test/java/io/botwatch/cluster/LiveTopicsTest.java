package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What topics do to a live job: silent partitions, new ones, poison, and a backfill beside it. */
@Tag("cluster")
class LiveTopicsTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final long NEXT_DAY_MS = Instant.parse("2026-01-06T18:00:00Z").toEpochMilli();
    private static final int LARGE_BYTES = 2 << 20;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static OneProcess flink;
    private static List<String> records;
    private static Map<String, String> truth;

    @BeforeAll
    static void start() throws Exception {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
        flink = new OneProcess(folder);
        Path day = folder.resolve("day.json");
        CommandLineRun generated = CommandLineRun.of(
                "generate", "--hours", "6", "--scale", "0.05", "--seed", "41", "--out", day.toString());
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        records = Files.readAllLines(day);
        truth = detect(day);
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        kafka.close();
    }

    @Test
    void silentPartitionsHoldNothingBackAndNothingIsLate() throws Exception {
        Run run = new Run("silent", 6, "  idleness: 15s\n");
        JobID job = run.start();
        // Two of six partitions have flows. The next day's keep them alive: where all fall silent, event time stands.
        List<String> flows = new ArrayList<>(records);
        List<String> nextDay = List.of(flow(NEXT_DAY_MS), flow(NEXT_DAY_MS));
        flows.addAll(nextDay);
        long closed = closed(detect(Files.write(folder.resolve("and-next-day.json"), flows)));
        assertThat(closed).isPositive();
        run.send(2, flows);
        Await.until("stories close, though four partitions are silent", LIMIT, () -> {
            flows.addAll(nextDay);
            run.send(2, nextDay);
            return closed(run.finals()) == closed;
        });
        run.awaitConsumed();
        flink.stop(job, true);
        assertThat(run.finals())
                .containsExactlyEntriesOf(detect(Files.write(folder.resolve("all-flows.json"), flows)));
        assertThat(run.deadByReason()).isEmpty();
    }

    @Test
    void aPartitionThatIsAddedIsReadAndNothingIsLate() throws Exception {
        Run run = new Run("grown", 2, "  idleness: 10m\n");
        JobID job = run.start();
        run.send(2, records.subList(0, records.size() / 2));
        run.awaitConsumed();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createPartitions(Map.of("grown", NewPartitions.increaseTo(3))).all().get();
        }
        // Event time stands until the new partition is known, as it would go on for some seconds only.
        int half = records.size() / 2;
        run.send(3, records.subList(half, half + 3));
        run.awaitConsumed(3);
        run.send(3, records.subList(half + 3, records.size()));
        run.awaitConsumed(3);
        flink.stop(job, true);
        assertThat(run.finals()).containsExactlyEntriesOf(truth);
        assertThat(run.deadByReason()).isEmpty();
    }

    @Test
    void poisonIsADeadLetterAndTheWatermarkIsUnharmed() throws Exception {
        Run run = new Run("poison", 2, "  idleness: 10m\n");
        JobID job = run.start();
        run.send(2, records.subList(0, records.size() / 2));
        run.awaitConsumed();
        Random random = new Random(41);
        long now = Instant.now().toEpochMilli();
        List<byte[]> poison = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            poison.add(flow(now + Duration.ofDays(2 + i).toMillis()).getBytes(StandardCharsets.UTF_8));
            poison.add(flow(86_400_000L * (i + 1)).getBytes(StandardCharsets.UTF_8)); // the first days of 1970
            byte[] rubbish = new byte[1 + random.nextInt(300)];
            random.nextBytes(rubbish);
            poison.add(rubbish);
        }
        poison.add(new byte[LARGE_BYTES]);
        poison.add(("{\"type\":\"" + "x".repeat(LARGE_BYTES) + "\"}").getBytes(StandardCharsets.UTF_8));
        run.sendBytes(2, poison);
        run.send(2, records.subList(records.size() / 2, records.size()));
        run.awaitConsumed();
        flink.stop(job, true);
        Map<String, Integer> dead = run.deadByReason();
        System.out.println("poison, dead letters by reason: " + dead);
        assertThat(run.finals()).as("findings, as without the poison").containsExactlyEntriesOf(truth);
        assertThat(dead.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(poison.size());
        assertThat(dead).containsExactlyInAnyOrderEntriesOf(
                Map.of("TIME_OUT_OF_RANGE", 10, "LATE", 10, "MALFORMED", 10, "TOO_LARGE", 2));
    }

    @Test
    void aBackfillBesideTheLiveJobDisturbsNeither() throws Exception {
        Run live = new Run("both", 4, "  idleness: 10m\n");
        live.send(4, records.subList(0, records.size() / 2));
        JobID job = live.start();
        live.awaitConsumed();
        // The same configuration but for where its findings go: the same topic of flows, the same group and prefix by name.
        new Topics(kafka.bootstrapServers()).create(4, "again-findings", "again-dead");
        JobConfig again = live.config("again-findings", "again-dead");
        Path half = Files.write(folder.resolve("half.json"), records.subList(0, records.size() / 2));
        JobID backfill = flink.start(2, "hashmap", null, env -> BotwatchJob.backfill(env, again, null, null));
        flink.end(backfill);
        live.send(4, records.subList(records.size() / 2, records.size()));
        live.awaitConsumed();
        flink.stop(job, true);

        Emissions ofBackfill = Emissions.of(kafka.bootstrapServers(), "again-findings");
        Emissions ofLive = Emissions.of(kafka.bootstrapServers(), "both-findings");
        assertThat(ofBackfill.finals()).containsExactlyEntriesOf(detect(half));
        assertThat(ofLive.finals()).containsExactlyEntriesOf(truth);
        assertThat(ofBackfill.repeated() + ofLive.repeated()).isZero();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            List<String> groups = admin.listGroups().all().get().stream().map(group -> group.groupId()).toList();
            assertThat(groups).contains("both");
            System.out.println("live " + ofLive.sha256() + ", backfill " + ofBackfill.sha256() + ", transactional ids "
                    + admin.listTransactions().all().get().stream().map(each -> each.transactionalId()).sorted().toList());
        }
    }

    private static long closed(Map<String, String> finals) {
        return finals.values().stream().filter(record -> record.contains("\"activity_name\":\"Close\"")).count();
    }

    /** Of a host and to a destination that no other flow has: it is no part of any finding. */
    private static String flow(long startMs) {
        return "{\"type\":\"NETFLOW_V9\",\"time_received_ns\":" + startMs + "000000,\"time_flow_start_ns\":" + startMs
                + "000000,\"time_flow_end_ns\":" + startMs + "000000,\"bytes\":100,\"packets\":1,\"src_addr\":\"10.250.0.1"
                + "\",\"dst_addr\":\"203.0.113.200\",\"etype\":\"IPv4\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":8443}";
    }

    private static Map<String, String> detect(Path file) throws Exception {
        CommandLineRun detect = CommandLineRun.of("detect", file.toString(), "--out", "-");
        assertThat(detect.exitCode()).as(detect.err()).isZero();
        return Emissions.of(detect.out().lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList()).finals();
    }

    /** One live job, and its topics. */
    private static final class Run {
        private final String name;
        private final String source;
        private final Topics topics = new Topics(kafka.bootstrapServers());

        Run(String name, int partitions, String source) throws Exception {
            this.name = name;
            this.source = source;
            try (Admin admin = topics.admin()) {
                // As large as poison comes.
                admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1)
                                .configs(Map.of("max.message.bytes", Integer.toString(2 * LARGE_BYTES)))))
                        .all()
                        .get();
            }
            topics.create(2, name + "-findings", name + "-dead");
            topics.readFromTheBeginning(name, name, partitions);
        }

        JobConfig config(String findings, String dead) throws IOException {
            return JobConfig.load(Files.writeString(
                    folder.resolve(name + ".yaml"),
                    "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + name + "]\n  group: " + name
                            + "\n  format: goflow2-json\n" + source + "sink:\n  findings_topic: " + findings
                            + "\n  dead_letter_topic: " + dead + "\n  transactional_id_prefix: " + name
                            + "\ncheckpoint_interval: 1s\n"));
        }

        JobID start() throws Exception {
            JobConfig config = config(name + "-findings", name + "-dead");
            return flink.start(2, "hashmap", null, env -> BotwatchJob.live(env, config));
        }

        void send(int partitions, List<String> lines) throws Exception {
            sendBytes(partitions, lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList());
        }

        void sendBytes(int partitions, List<byte[]> values) {
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            properties.setProperty("max.request.size", Integer.toString(2 * LARGE_BYTES));
            properties.setProperty("max.in.flight.requests.per.connection", "1");
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
                IntStream.range(0, values.size())
                        .forEach(i -> producer.send(new ProducerRecord<>(name, i % partitions, null, values.get(i))));
            }
        }

        void awaitConsumed() throws Exception {
            awaitConsumed(0);
        }

        /** @param partitions that must have been committed; 0 for those that were */
        void awaitConsumed(int partitions) throws Exception {
            Await.until("all of " + name + " is consumed", LIMIT,
                    () -> topics.committed(name, name) >= partitions && topics.lag(name, name) == 0);
        }

        Map<String, String> finals() throws Exception {
            return Emissions.of(kafka.bootstrapServers(), name + "-findings").finals();
        }

        /** Records that are in dead letters: one that is late for several rules counts once. */
        Map<String, Integer> deadByReason() throws Exception {
            Map<String, Set<String>> reasons = new HashMap<>();
            Properties properties = new Properties();
            properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
            properties.setProperty("isolation.level", "read_committed");
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                List<TopicPartition> partitions = List.of(new TopicPartition(name + "-dead", 0), new TopicPartition(name + "-dead", 1));
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                Await.until("the dead letters are read", LIMIT, () -> {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                        reasons.computeIfAbsent(
                                        new String(record.headers().lastHeader("reason").value(), StandardCharsets.US_ASCII),
                                        reason -> new HashSet<>())
                                .add(new String(record.value(), StandardCharsets.ISO_8859_1));
                    }
                    return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
                });
            }
            Map<String, Integer> counts = new TreeMap<>();
            reasons.forEach((reason, payloads) -> counts.put(reason, payloads.size()));
            return counts;
        }
    }
}
