package io.botwatch.monitoring;

import io.botwatch.cluster.Ports;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.prometheus.PrometheusReporterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The live job from Kafka to Kafka, on a cluster in this process that reports its metrics as the suggested configuration has it. */
public final class LiveJob implements AutoCloseable {
    public static final int PARTITIONS = 2;

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long LOOK_EVERY_NANOS = 200_000_000;

    private final JobClient client;
    private final int metricsPort;

    /** Of a scrape. */
    public interface Condition {
        boolean holds(Exposition metrics) throws IOException;
    }

    /** @param name of its topics: flows in NAME, findings in NAME-findings, dead letters in NAME-dead */
    public LiveJob(Path config, String name, Path folder) throws Exception {
        metricsPort = Ports.free();
        Configuration flink = new Configuration();
        flink.setString("metrics.reporters", "prom");
        flink.setString("metrics.reporter.prom.factory.class", PrometheusReporterFactory.class.getName());
        flink.setString("metrics.reporter.prom.port", String.valueOf(metricsPort));
        flink.setString("rest.bind-address", "127.0.0.1");
        flink.setString("rest.bind-port", "0");
        flink.setString("restart-strategy.type", "none");
        flink.setString("state.backend.type", "rocksdb");
        flink.setString("taskmanager.memory.managed.size", "64m");
        flink.setString("taskmanager.memory.network.min", "64m");
        flink.setString("taskmanager.memory.network.max", "64m");
        flink.setString("execution.checkpointing.dir", folder.resolve(name + "-checkpoints").toUri().toString());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, flink);
        BotwatchJob.live(env, JobConfig.load(config));
        client = env.executeAsync("botwatch");
    }

    /**
     * Makes the topics, and a configuration of a job that reads them from their beginning.
     *
     * @param more keys of the configuration, as YAML
     */
    public static Path config(EmbeddedKafka kafka, Path folder, String name, String more) throws Exception {
        kafka.createTopics(PARTITIONS, name, name + "-findings", name + "-shadow", name + "-suppressed", name + "-dead");
        Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            beginning.put(new TopicPartition(name, partition), new OffsetAndMetadata(0));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.alterConsumerGroupOffsets(name, beginning).all().get();
        }
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + name + "]\n  group: " + name
                        + "\n  format: goflow2-json\n  idleness: 5s\nsink:\n  findings_topic: " + name + "-findings\n  shadow_topic: " + name
                        + "-shadow\n  suppressed_topic: " + name + "-suppressed\n  dead_letter_topic: " + name
                        + "-dead\n  transactional_id_prefix: " + name + "\ncheckpoint_interval: 1s\n" + more);
    }

    public static void produce(EmbeddedKafka kafka, String topic, List<String> records) throws Exception {
        AtomicReference<Exception> refused = new AtomicReference<>();
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

    /** Scrapes until the condition holds, and gives the scrape of which it does. */
    public Exposition await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        Exposition metrics = Exposition.scrape(metricsPort);
        while (!condition.holds(metrics)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            if (client.getJobStatus().get().isGloballyTerminalState()) {
                client.getJobExecutionResult().get();
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
            metrics = Exposition.scrape(metricsPort);
        }
        return metrics;
    }

    @Override
    public void close() throws Exception {
        client.cancel().get();
    }
}
