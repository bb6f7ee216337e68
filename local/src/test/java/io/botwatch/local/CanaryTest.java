package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.cluster.Ports;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.flow.Address;
import io.botwatch.job.JobConfig;
import io.botwatch.monitoring.Exposition;
import io.botwatch.monitoring.LiveJob;
import io.botwatch.monitoring.MonitoringFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The canary, from a record in the flow topic to a time that Prometheus reads; and what it tells of a job that finds no beacons. */
class CanaryTest {
    private static final String HOST = "10.255.255.254";
    private static final int DAY_OF_MINUTES = 1_440;
    private static final int POLLS = 5;
    private static final String LAST_FOUND = "botwatch_canary_last_found_timestamp_seconds";
    private static final String LIFECYCLE = "flink_taskmanager_job_task_operator_currentInputWatermark";
    private static final String COMPLETED = "flink_jobmanager_job_numberOfCompletedCheckpoints";

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
    void itIsFoundAndSpokenOfEveryDayAndItsEndpointSaysWhen() throws Exception {
        int days = 4;
        Instant began = Instant.now();
        Path config = LiveJob.config(kafka, folder, "sung", "rules: enterprise\n");
        Exposition metrics = afterDays(config, "sung", days);

        Set<String> documented = MonitoringFiles.documented();
        documented.removeIf(name -> !name.startsWith("botwatch_canary_"));
        assertThat(metrics.names()).isEqualTo(documented);
        assertThat(metrics.sum("botwatch_canary_sent_total")).isEqualTo(days * DAY_OF_MINUTES);
        assertThat(metrics.sum(LAST_FOUND)).isBetween(began.toEpochMilli() / 1e3, System.currentTimeMillis() / 1e3);

        List<Long> times = new ArrayList<>(List.of(began.minus(Duration.ofDays(days)).toEpochMilli()));
        times.addAll(timesOfFindings("sung-findings"));
        assertThat(metrics.sum("botwatch_canary_found_total")).isEqualTo(times.size() - 1);
        times.add(System.currentTimeMillis());
        for (int i = 1; i < times.size(); i++) {
            assertThat(Duration.ofMillis(times.get(i) - times.get(i - 1)))
                    .as("between findings %d and %d of %s; the alert waits for 26 hours", i - 1, i, times)
                    .isLessThan(Duration.ofHours(25));
        }
    }

    /** As in the case of alerts-test.yaml in which it was never found: that alert fires. */
    @Test
    void whereTheBeaconRulesAreDisabledItIsSentAndNeverFound() throws Exception {
        String rules = Files.readString(Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml"));
        String deaf = rules.replaceAll("(type: beacon\\n\\s+mode: )active", "$1disabled");
        assertThat(deaf).isNotEqualTo(rules);
        Files.writeString(folder.resolve("deaf-rules.yaml"), deaf);
        Path config = LiveJob.config(kafka, folder, "deaf", "rules: deaf-rules.yaml\n");
        Exposition metrics = afterDays(config, "deaf", 1);

        assertThat(metrics.names())
                .isEqualTo(new TreeSet<>(Set.of(
                        "botwatch_canary_started_timestamp_seconds",
                        "botwatch_canary_sent_total",
                        "botwatch_canary_found_total")));
        assertThat(metrics.sum("botwatch_canary_sent_total")).isEqualTo(DAY_OF_MINUTES);
        assertThat(metrics.sum("botwatch_canary_found_total")).isZero();
    }

    /** In the order of event time, epoch ms. */
    private static List<Long> timesOfFindings(String topic) throws IOException {
        List<Long> times = new ArrayList<>();
        Map<String, Object> properties =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    times.add(new ObjectMapper().readTree(record.value()).path("time").asLong());
                }
            }
        }
        times.sort(null);
        return times;
    }

    /** What the endpoint says when the job has judged so many days of the canary, and committed what it found. */
    private static Exposition afterDays(Path file, String name, int days) throws Exception {
        JobConfig config = JobConfig.load(file);
        Address host = Address.parse(HOST);
        CanaryStatus status = new CanaryStatus(Instant.now());
        long now = System.currentTimeMillis();
        AtomicReference<Exception> refused = new AtomicReference<>();
        try (CanaryBeacon beacon = new CanaryBeacon(config, host)) {
            for (int minute = days * DAY_OF_MINUTES; minute > 0; minute--) {
                long startMs = now - minute * 60_000L;
                beacon.send(startMs, startMs + 1_000, failure -> {
                    if (failure == null) {
                        status.addSent();
                    } else {
                        refused.set(failure);
                    }
                });
            }
        }
        assertThat(refused.get()).isNull();
        int port = Ports.free();
        try (LiveJob job = new LiveJob(file, name, folder);
                CanaryFindings findings = new CanaryFindings(config, host, Instant.now());
                MetricsEndpoint endpoint = new MetricsEndpoint(port, status::exposition)) {
            long judged = now - Duration.ofHours(1).toMillis();
            Exposition atEnd = job.await(
                    "the last hour's windows are judged",
                    metrics -> metrics.sum(LIFECYCLE, labels -> "lifecycle".equals(labels.get("operator_name"))) > judged);
            double completed = atEnd.sum(COMPLETED);
            // One may have begun before; what was found then is in the next.
            job.await("two checkpoints later", metrics -> metrics.sum(COMPLETED) >= completed + 2);
            for (int i = 0; i < POLLS; i++) {
                findings.read(Duration.ofSeconds(1), status); // one poll need not give all partitions
            }
            return Exposition.scrape(port);
        }
    }

    @Test
    void theCommandSendsAndEndsWhenItsTimeIsOver() throws Exception {
        Path config = LiveJob.config(kafka, folder, "short", "");
        CommandLineRun run = CommandLineRun.of(
                "canary", "--config", config.toString(), "--host", HOST, "--interval", "15s", "--duration", "2s",
                "--metrics-port", String.valueOf(Ports.free()));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("10.255.255.254 -> 198.51.100.77:8443").endsWith("1 sent, 0 found\n");
    }

    @Test
    void whatCannotBeFoundIsRefused() throws Exception {
        Path config = LiveJob.config(kafka, folder, "wrong", "");
        assertRefused(config, "is not within internal_subnets", "--host", "192.0.2.1");
        assertRefused(config, "is not an IP address", "--host", "canary");
        assertRefused(config, "is not 15s to 30m", "--host", HOST, "--interval", "1s");
        assertRefused(config, "is not a duration", "--host", HOST, "--duration", "soon");
        assertRefused(config, "is not 1 to 65535", "--host", HOST, "--metrics-port", "0");
        Path auto = Files.writeString(
                folder.resolve("auto.yaml"), Files.readString(config).replace("format: goflow2-json", "format: auto"));
        assertRefused(auto, "source.format is auto; name the format", "--host", HOST);
        Path zeek = Files.writeString(
                folder.resolve("zeek.yaml"), Files.readString(config).replace("format: goflow2-json", "format: zeek-json"));
        assertRefused(zeek, "source.format is zeek-json", "--host", HOST);
    }

    private static void assertRefused(Path config, String why, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = "canary";
        arguments[1] = "--config";
        arguments[2] = config.toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(why);
    }
}
