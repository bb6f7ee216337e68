package io.botwatch.bench.kafka;

import io.botwatch.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker (KRaft, broker and controller in one) as a process of its own, so that its CPU time is not the job's. It is
 * ended when this is closed, and with this process, however that ends short of a kill.
 */
final class Broker implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final long START_SECONDS = 90;
    private static final long GRACE_SECONDS = 20;

    private final Path folder;
    private final Path configuration;
    private final int port;
    private final Process process;
    private final Thread onExit = new Thread(this::end);

    /** @param folder where it keeps its data and what it says; need not exist */
    Broker(Path folder) throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder);
        configuration = folder.resolve("server.properties");
        port = freePort();
        try (OutputStream out = Files.newOutputStream(configuration)) {
            EmbeddedKafka.properties(folder, port, freePort()).store(out, null);
        }
        Process format = java("kafka.tools.StorageTool", "format", "-t", Uuid.randomUuid().toString(), "-c", configuration.toString());
        if (format.waitFor() != 0) {
            throw new IOException("the broker's storage could not be formatted: " + said());
        }
        process = java("kafka.Kafka", configuration.toString());
        Runtime.getRuntime().addShutdownHook(onExit);
        try {
            awaitAnswer();
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private Process java(String mainClass, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("broker.log").toFile()))
                .start();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        try (Admin admin = admin()) {
            while (!answers(() -> admin.describeCluster().nodes().get())) {
                if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                    throw new IOException("the broker does not answer: " + said());
                }
            }
        }
    }

    private interface Question {
        void ask() throws ExecutionException, InterruptedException;
    }

    private static boolean answers(Question question) throws InterruptedException {
        try {
            question.ask();
            return true;
        } catch (ExecutionException notYet) {
            TimeUnit.MILLISECONDS.sleep(100);
            return false;
        }
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("broker.log"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers()));
    }

    String bootstrapServers() {
        return HOST + ":" + port;
    }

    /** Returns once every partition answers. */
    void createTopic(String name, int partitions) throws ExecutionException, InterruptedException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            for (int partition = 0; partition < partitions; partition++) {
                all.put(new TopicPartition(name, partition), OffsetSpec.latest());
            }
            while (!answers(() -> admin.listOffsets(all).all().get())) {
                // Asks again.
            }
        }
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException shuttingDown) {
            // The hook finds nothing left to end.
        }
    }
}
