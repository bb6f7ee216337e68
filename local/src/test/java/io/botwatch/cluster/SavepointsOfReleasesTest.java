package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** This build goes on from the savepoint of every release, and finds what it would have found without the stop. */
@Tag("cluster")
class SavepointsOfReleasesTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    static List<Path> releases() throws IOException {
        try (Stream<Path> files = Files.list(SavepointFixture.resources())) {
            List<Path> zips = files.filter(file -> file.toString().endsWith(".zip")).sorted().toList();
            assertThat(zips).as("a savepoint of each release in " + SavepointFixture.resources()).isNotEmpty();
            return zips;
        }
    }

    @ParameterizedTest
    @MethodSource("releases")
    void theFindingsAreThoseOfARunWithoutAStop(Path release) throws Exception {
        SavepointFixture fixture = SavepointFixture.unpack(release, Files.createDirectories(folder.resolve("fixture")));
        CommandLineRun detect = CommandLineRun.of(
                "detect", fixture.flows().toString(), "--rules", fixture.rules().toString(), "--out", "-");
        assertThat(detect.exitCode()).as(detect.err()).isZero();
        Emissions truth = Emissions.of(bytes(detect.out().lines().toList()));

        List<byte[]> emitted = new ArrayList<>(bytes(fixture.emitted()));
        int before = emitted.size();
        emitted.addAll(goOn(fixture, fixture.rules()));
        assertThat(emitted.size()).as("emissions after the stop").isGreaterThan(before);
        assertThat(Emissions.of(emitted).finals()).containsExactlyEntriesOf(truth.finals());
    }

    /** The planted fault: state of a rule that is no longer there must not be dropped in silence. */
    @ParameterizedTest
    @MethodSource("releases")
    void aRuleUnderAnotherNameIsRefusedWithTheStateThatWouldBeLost(Path release) throws Exception {
        SavepointFixture fixture = SavepointFixture.unpack(release, Files.createDirectories(folder.resolve("fixture")));
        Path renamed = Files.writeString(
                folder.resolve("renamed.yaml"), Files.readString(fixture.rules()).replace("ORB-RELAY", "RELAY-RENAMED"));
        assertThatThrownBy(() -> goOn(fixture, renamed))
                .hasStackTraceContaining("Failed to rollback to checkpoint/savepoint")
                .hasStackTraceContaining("Cannot map checkpoint/savepoint state for operator");
    }

    private List<byte[]> goOn(SavepointFixture fixture, Path rules) throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"));
                OneProcess flink = new OneProcess(folder)) {
            Topics topics = new Topics(kafka.bootstrapServers());
            topics.create(SavepointFixture.PARTITIONS, SavepointFixture.TOPIC, "findings", "dead");
            SavepointFixture.send(kafka, fixture.records());
            // The savepoint's offsets count, not the group's.
            topics.readFromTheBeginning("fixture", SavepointFixture.TOPIC, SavepointFixture.PARTITIONS);
            JobConfig config = SavepointFixture.config(folder, kafka, rules);
            JobID job = flink.start(4, "hashmap", fixture.savepoint(),
                    env -> BotwatchJob.live(env, config));
            Await.until("all flows are consumed", LIMIT,
                    () -> flink.failure(job) != null || topics.lag("fixture", SavepointFixture.TOPIC) == 0);
            if (flink.failure(job) != null) {
                throw new IllegalStateException(flink.failure(job));
            }
            flink.stop(job, true);
            return Emissions.records(kafka.bootstrapServers(), "findings");
        }
    }

    private static List<byte[]> bytes(List<String> lines) {
        return lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
