package io.botwatch.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A Kafka broker (KRaft, broker and controller in one) as a process of its own, which can be stopped and started again. */
final class KafkaBroker implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Path folder;
    private final int port;
    private JavaProcess process;

    KafkaBroker(Path folder) throws Exception {
        this.folder = folder;
        this.port = Ports.free();
        int controllerPort = Ports.free();
        Properties properties = new Properties();
        properties.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", "PLAINTEXT"),
                Map.entry("log.dirs", folder.resolve("logs").toString()),
                Map.entry("log.retention.ms", "-1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("auto.create.topics.enable", "false")));
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve("server.properties"))) {
            properties.store(out, null);
        }
        java("kafka.tools.StorageTool", "format", "-t", Uuid.randomUuid().toString(), "-c", configuration()).end(60);
        start();
    }

    private String configuration() {
        return folder.resolve("server.properties").toString();
    }

    private JavaProcess java(String mainClass, String... arguments) throws IOException {
        return JavaProcess.start(
                Map.of(),
                "broker",
                folder.resolve("broker.log"),
                List.of("-Xmx384m", "-Dlog4j2.level=WARN"),
                Libraries.kafka(),
                mainClass,
                List.of(arguments));
    }

    /** Returns once it answers. */
    void start() throws Exception {
        process = java("kafka.Kafka", configuration());
        try (Admin admin = admin()) {
            Await.until("the broker answers", START, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError(process.state() + " and said: " + process.tail());
                }
                try {
                    return !admin.describeCluster().nodes().get().isEmpty();
                } catch (java.util.concurrent.ExecutionException notYet) {
                    return false;
                }
            });
        }
    }

    /** In good order, as for an upgrade. */
    void stop() {
        process.close();
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    void createTopics(int partitions, String... names) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(Arrays.stream(names)
                            .map(name -> new NewTopic(name, partitions, (short) 1))
                            .collect(Collectors.toList()))
                    .all()
                    .get();
        }
    }

    /** A live job starts at its group's offsets; these are the topic's beginning. */
    void readFromTheBeginning(String group, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            beginning.put(new TopicPartition(topic, partition), new OffsetAndMetadata(0));
        }
        try (Admin admin = admin()) {
            admin.alterConsumerGroupOffsets(group, beginning).all().get();
        }
    }

    /** Records of the topic that the group has not committed, over all partitions. */
    long lag(String group, String topic) throws Exception {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            committed.keySet().removeIf(partition -> !partition.topic().equals(topic));
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            long lag = 0;
            for (var end : admin.listOffsets(latest).all().get().entrySet()) {
                lag += end.getValue().offset() - committed.get(end.getKey()).offset();
            }
            return lag;
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
