package io.botwatch.cluster;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.JobConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A savepoint that a release wrote halfway through some flows: with the flows, its rules, and the findings emitted until then.
 * One zip file a release lies in the test resources; {@link SavepointOfThisRelease} makes it.
 */
record SavepointFixture(Path folder) {
    static final int PARTITIONS = 4;
    static final String TOPIC = "netflow";

    /** Where the fixtures of all releases lie, by version. */
    static Path resources() {
        return Path.of(System.getProperty("botwatch.root"), "local", "src", "test", "resources", "savepoints");
    }

    static SavepointFixture unpack(Path zip, Path into) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path file = into.resolve(entry.getName()).normalize();
                if (!file.startsWith(into)) {
                    throw new IOException(zip + " has an entry outside of it: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                Files.copy(in, file);
            }
        }
        return new SavepointFixture(into);
    }

    Path flows() {
        return folder.resolve("flows.json");
    }

    Path rules() {
        return folder.resolve("rules.yaml");
    }

    List<String> records() throws IOException {
        return Files.readAllLines(flows());
    }

    /** What the release had emitted when it was stopped. */
    List<String> emitted() throws IOException {
        return Files.readAllLines(emittedFile());
    }

    Path emittedFile() {
        return folder.resolve("emitted.jsonl");
    }

    String savepoint() throws IOException {
        try (Stream<Path> folders = Files.list(folder.resolve("savepoints"))) {
            return folders.findFirst().orElseThrow().toUri().toString();
        }
    }

    /** Delivery is at least once: the fixture's broker is gone, and with it the transactions that a savepoint names. */
    static JobConfig config(Path folder, EmbeddedKafka kafka, Path rules) throws IOException {
        return JobConfig.load(Files.writeString(
                folder.resolve("botwatch.yaml"),
                "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + TOPIC + "]\n  group: fixture\n"
                        + "  idleness: 10m\nsink:\n  findings_topic: findings\n  dead_letter_topic: dead\n  delivery: at-least-once\n"
                        + "rules: " + rules.toAbsolutePath() + "\ncheckpoint_interval: 1s\n"));
    }

    static void send(EmbeddedKafka kafka, List<String> records) throws Exception {
        try (SteadyFlows flows = new SteadyFlows(kafka.bootstrapServers(), TOPIC, PARTITIONS, records, 1)) {
            flows.sendTheRest();
        }
    }
}
