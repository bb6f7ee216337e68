package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.zip.ZipOutputStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Not a test, and so named that none of the usual runs takes it for one: it writes the savepoint of a release (docs/reliability.md). */
@Tag("cluster")
class SavepointOfThisRelease {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    /** A small day is begun, and stopped halfway with a savepoint. */
    @Test
    void write() throws Exception {
        String version = System.getProperty("botwatch.savepoint.version");
        assertThat(version).as("-Dbotwatch.savepoint.version").isNotNull();
        Path work = Files.createDirectories(folder.resolve("work"));
        Path content = Files.createDirectories(folder.resolve("content"));
        SavepointFixture fixture = new SavepointFixture(content);
        Path day = work.resolve("day.json");
        CommandLineRun generated =
                CommandLineRun.of("generate", "--hours", "5", "--scale", "0.02", "--seed", "31", "--out", day.toString());
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        try (Stream<String> lines = Files.lines(day)) {
            // Without the target of the flood, which would be half of the file.
            Files.write(fixture.flows(), lines.filter(line -> !line.contains("\"10.1.80.20\"")).toList());
        }
        Files.copy(Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml"), fixture.rules());
        List<String> records = fixture.records();
        try (EmbeddedKafka kafka = new EmbeddedKafka(work.resolve("kafka"));
                OneProcess flink = new OneProcess(content)) {
            Topics topics = new Topics(kafka.bootstrapServers());
            topics.create(SavepointFixture.PARTITIONS, SavepointFixture.TOPIC, "findings", "dead");
            topics.readFromTheBeginning("fixture", SavepointFixture.TOPIC, SavepointFixture.PARTITIONS);
            SavepointFixture.send(kafka, records.subList(0, records.size() / 2));
            JobConfig config = SavepointFixture.config(work, kafka, fixture.rules());
            JobID job = flink.start(2, "rocksdb", null, env -> BotwatchJob.live(env, config));
            Await.until("half of the flows is consumed", LIMIT, () -> topics.lag("fixture", SavepointFixture.TOPIC) == 0);
            flink.stop(job, false);
            Files.write(fixture.emittedFile(), Emissions.records(kafka.bootstrapServers(), "findings").stream()
                    .map(record -> new String(record, StandardCharsets.UTF_8))
                    .toList());
        }
        zip(content, SavepointFixture.resources().resolve(version + ".zip"));
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
