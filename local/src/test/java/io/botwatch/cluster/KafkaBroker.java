package io.botwatch.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A Kafka broker (KRaft, broker and controller in one) as a process of its own, which can be stopped and started again. */
final class KafkaBroker implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Path folder;
    private final int port;
    private JavaProcess process;

    private final Map<String, Object> client = new HashMap<>();

    /** Without any security. */
    KafkaBroker(Path folder) throws Exception {
        this(folder, "PLAINTEXT", Map.of(), List.of(), Map.of());
    }

    /**
     * @param protocol of its listener for clients
     * @param settings of the broker besides the usual
     * @param format arguments of the storage's format besides the usual
     * @param client what a client needs to be let in
     */
    KafkaBroker(Path folder, String protocol, Map<String, String> settings, List<String> format, Map<String, String> client)
            throws Exception {
        this.folder = folder;
        this.port = Ports.free();
        this.client.putAll(client);
        this.client.put("bootstrap.servers", bootstrapServers());
        int controllerPort = Ports.free();
        Properties properties = new Properties();
        properties.putAll(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("listeners", protocol + "://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort),
                Map.entry("advertised.listeners", protocol + "://127.0.0.1:" + port),
                Map.entry("listener.security.protocol.map", protocol + ":" + protocol + ",CONTROLLER:PLAINTEXT"),
                Map.entry("inter.broker.listener.name", protocol),
                Map.entry("log.dirs", folder.resolve("logs").toString()),
                Map.entry("log.retention.ms", "-1"),
                Map.entry("offsets.topic.num.partitions", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("auto.create.topics.enable", "false")));
        properties.putAll(settings);
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve("server.properties"))) {
            properties.store(out, null);
        }
        List<String> arguments = new ArrayList<>(
                List.of("format", "-t", Uuid.randomUuid().toString(), "-c", configuration()));
        arguments.addAll(format);
        java("kafka.tools.StorageTool", arguments.toArray(String[]::new)).end(60);
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
        try (Admin admin = Admin.create(client)) {
            Await.until("the broker answers", START, () -> {
                if (!process.isAlive()) {
                    throw new AssertionError(process.state() + " and said: " + process.tail());
                }
                try {
                    return !admin.describeCluster().nodes().get().isEmpty();
                } catch (ExecutionException notYet) {
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

    Topics topics() {
        return new Topics(client);
    }

    @Override
    public void close() {
        process.close();
    }
}
