package io.botwatch.cluster;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.flink.api.common.JobID;

/**
 * A savepoint that a release wrote halfway through some flows: with the flows, its rules, and the findings emitted until then.
 * One zip file a release lies in the test resources; {@link #main} makes it.
 */
record SavepointFixture(Path folder) {
    static final int PARTITIONS = 4;
    static final String TOPIC = "netflow";
    private static final Duration LIMIT = Duration.ofMinutes(5);

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
        return Files.readAllLines(folder.resolve("emitted.jsonl"));
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

    /**
     * Writes {@code VERSION.zip} with this build: a small day is begun, and stopped halfway with a savepoint.
     *
     * @param arguments the version, and an empty folder to work in
     */
    public static void main(String[] arguments) throws Exception {
        String version = arguments[0];
        Path folder = Path.of(arguments[1]);
        Path work = Files.createDirectories(folder.resolve("work"));
        Path content = Files.createDirectories(folder.resolve("content"));
        SavepointFixture fixture = new SavepointFixture(content);
        Path day = work.resolve("day.json");
        CommandLineRun generated =
                CommandLineRun.of("generate", "--hours", "5", "--scale", "0.02", "--seed", "31", "--out", day.toString());
        if (generated.exitCode() != 0) {
            throw new IllegalStateException(generated.err());
        }
        try (Stream<String> lines = Files.lines(day)) {
            // Without the target of the flood, which would be half of the file.
            Files.write(fixture.flows(), lines.filter(line -> !line.contains("\"10.1.80.20\"")).toList());
        }
        Files.copy(Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml"), fixture.rules());
        List<String> records = fixture.records();
        try (EmbeddedKafka kafka = new EmbeddedKafka(work.resolve("kafka"));
                OneProcess flink = new OneProcess(content)) {
            Topics topics = new Topics(kafka.bootstrapServers());
            topics.create(PARTITIONS, TOPIC, "findings", "dead");
            topics.readFromTheBeginning("fixture", TOPIC, PARTITIONS);
            send(kafka, records.subList(0, records.size() / 2));
            JobConfig config = config(work, kafka, fixture.rules());
            JobID job = flink.start(
                    2, "rocksdb", null, env -> BotwatchJob.live(env, config));
            Await.until("half of the flows is consumed", LIMIT, () -> topics.lag("fixture", TOPIC) == 0);
            flink.stop(job, false);
            Files.write(content.resolve("emitted.jsonl"), Emissions.records(kafka.bootstrapServers(), "findings").stream()
                    .map(record -> new String(record, StandardCharsets.UTF_8))
                    .toList());
        }
        zip(content, resources().resolve(version + ".zip"));
    }

    static void send(EmbeddedKafka kafka, List<String> records) throws Exception {
        try (SteadyFlows flows = new SteadyFlows(kafka.bootstrapServers(), TOPIC, PARTITIONS, records, 1)) {
            flows.sendTheRest();
        }
    }

    private static void zip(Path content, Path zip) throws IOException {
        Files.createDirectories(zip.getParent());
        List<Path> files = new ArrayList<>(List.of(content.resolve("flows.json"), content.resolve("rules.yaml"), content.resolve("emitted.jsonl")));
        try (Stream<Path> savepoint = Files.walk(content.resolve("savepoints"))) {
            savepoint.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        try (OutputStream file = Files.newOutputStream(zip); ZipOutputStream out = new ZipOutputStream(file)) {
            out.setLevel(9);
            for (Path each : files) {
                ZipEntry entry = new ZipEntry(content.relativize(each).toString());
                entry.setTime(0);
                out.putNextEntry(entry);
                try (InputStream in = Files.newInputStream(each)) {
                    in.transferTo(out);
                }
            }
        }
    }
}
