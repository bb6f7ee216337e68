package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shaded jar on a cluster of several processes, with faults while flows arrive: afterwards readers of committed records
 * have each emission once, and the final records are those of a run that nothing disturbed.
 */
@Tag("cluster")
class ClusterFaultsTest {
    private static final int PARTITIONS = 4;
    private static final Duration RECOVERY = Duration.ofMinutes(5);
    private static final int PER_SECOND = 60;
    private static final long DISK_BYTES = 48L << 20;

    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();
    private KafkaBroker broker;
    private FlinkCluster flink;
    private SteadyFlows flows;
    private String job;

    @Test
    void faultsLoseNothingAndRepeatNothing() throws Exception {
        Path day = folder.resolve("day.json");
        CommandLineRun generated = CommandLineRun.of("generate", "--hours", "8", "--scale", "0.1", "--seed", "21", "--out", day.toString());
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        List<String> records = Files.readAllLines(day);
        Emissions undisturbed = undisturbed(day);

        Path jar = jar();
        try (SmallDisk disk = SmallDisk.of(folder.resolve("disk"), DISK_BYTES);
                KafkaBroker startedBroker = new KafkaBroker(folder.resolve("kafka"));
                FlinkCluster startedCluster = new FlinkCluster(folder.resolve("flink"), disk.path(), 4)) {
            broker = startedBroker;
            flink = startedCluster;
            flink.startTaskManager("taskmanager-1");
            flink.startTaskManager("taskmanager-2");
            broker.topics().create(PARTITIONS, "netflow", "findings", "dead");
            broker.topics().readFromTheBeginning("live", "netflow", PARTITIONS);
            Path config = configuration();
            job = flink.run(jar, 2, null, "--config", config.toString());
            flink.awaitCheckpoint(job, RECOVERY);

            try (SteadyFlows steady = new SteadyFlows(broker.bootstrapServers(), "netflow", PARTITIONS, records, PER_SECOND)) {
                flows = steady;
                fault("kill -9 of a TaskManager that has tasks", () -> {
                    flink.killTaskManager(flink.taskManagerOf(job));
                    flink.await("the loss is seen", RECOVERY, () -> !flink.allTasksRun(job));
                    flink.startTaskManager("taskmanager-3");
                });
                fault("kill -9 of the JobManager", () -> {
                    flink.killJobManager();
                    flink.startJobManager();
                });
                fault("restart of the broker", () -> {
                    broker.stop();
                    broker.start();
                });
                fault("the disk of the checkpoints is full", () -> {
                    long before = flink.failedCheckpoints(job);
                    disk.fill();
                    flink.await("a checkpoint fails, or the job with it", RECOVERY,
                            () -> flink.failedCheckpoints(job) > before || !flink.allTasksRun(job));
                    disk.free();
                });
                fault("stop with savepoint, the next build, 2 to 4 subtasks", () -> {
                    String savepoint = flink.stop(job, false);
                    Path next = Files.copy(jar, folder.resolve("next-build.jar"), StandardCopyOption.REPLACE_EXISTING);
                    job = flink.run(next, 4, savepoint, "--config", config.toString());
                });
                assertThat(flows.stillSending()).as("flows arrived during all faults").isTrue();
                flows.sendTheRest();
                assertThat(flows.sent()).isEqualTo(records.size());
            }
            flink.awaitConsumed(job, "live", "netflow", broker.topics());
            flink.stop(job, true);
            Emissions emissions = Emissions.of(broker.bootstrapServers(), "findings");
            int lost = (int) undisturbed.finals().keySet().stream().filter(uid -> !emissions.finals().containsKey(uid)).count();
            log.add(String.format("%d flows, %d emissions of %d findings; repeated %d, lost %d", records.size(),
                    emissions.count(), emissions.finals().size(), emissions.repeated(), lost));
            log.add("sha256 of the final records, undisturbed:     " + undisturbed.sha256());
            log.add("sha256 of the final records, with all faults: " + emissions.sha256());
            assertThat(emissions.repeated()).isZero();
            assertThat(emissions.finals()).containsExactlyEntriesOf(undisturbed.finals());
        } finally {
            System.out.println(String.join("\n", log));
        }
    }

    private interface Fault {
        void strike() throws Exception;
    }

    /** Strikes while flows arrive, and waits until all tasks run and a checkpoint is complete. */
    private void fault(String what, Fault fault) throws Exception {
        int before = flows.sent();
        long start = System.nanoTime();
        fault.strike();
        flink.awaitCheckpoint(job, RECOVERY);
        double seconds = (System.nanoTime() - start) / 1e9;
        log.add(String.format("%-55s recovered and checkpointed in %5.1f s, %d flows arrived meanwhile", what, seconds,
                flows.sent() - before));
        System.out.println(log.get(log.size() - 1));
    }

    private static Emissions undisturbed(Path day) throws Exception {
        CommandLineRun detect = CommandLineRun.of("detect", day.toString(), "--out", "-");
        assertThat(detect.exitCode()).as(detect.err()).isZero();
        return Emissions.of(detect.out().lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList());
    }

    private Path configuration() throws IOException {
        return Files.writeString(
                folder.resolve("botwatch.yaml"),
                "source:\n  bootstrap_servers: \"" + broker.bootstrapServers() + "\"\n  topics: [netflow]\n  group: live\n"
                        + "  format: goflow2-json\n  idleness: 10m\n"
                        + "sink:\n  findings_topic: findings\n  dead_letter_topic: dead\n  transactional_id_prefix: live\n"
                        + "checkpoint_interval: 1s\n");
    }

    private static Path jar() throws IOException {
        Path target = Path.of(System.getProperty("botwatch.root"), "job", "target");
        try (Stream<Path> files = Files.list(target)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith("-all.jar")).toList();
            assertThat(jars).as("the job's shaded jar in job/target: mvn package makes it").hasSize(1);
            return jars.get(0);
        }
    }
}
