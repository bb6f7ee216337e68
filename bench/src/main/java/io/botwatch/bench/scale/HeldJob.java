package io.botwatch.bench.scale;

import io.botwatch.bench.Backend;
import com.sun.management.OperatingSystemMXBean;
import io.botwatch.bench.scale.FeedSource.Pace;
import io.botwatch.ingest.Decoded;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A job of two subtasks in this process that is fed as far as one likes and then looked at, while all its state is live. */
final class HeldJob implements AutoCloseable {
    private static final int PARALLELISM = 2;
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Path folder;
    private final Feed feed = new Feed();
    private final MiniCluster cluster;
    private final JobID job;

    /** What is done with the records. */
    interface Graph {
        void add(DataStream<Decoded> records);

        /** Nothing: what making them costs. */
        static Graph records() {
            return records -> records.sinkTo(new DiscardingSink<>()).setParallelism(1).uid("discard");
        }

        /** All that the rules ask for; findings are thrown away. */
        static Graph detecting(RuleSet rules) {
            return records -> {
                Topology.Outputs outputs = Topology.build(records, rules, new Topology.Settings("default", 42, 2_000));
                outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
                outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
            };
        }
    }

    /** Checkpoints are taken when asked for. */
    HeldJob(Traffic traffic, Pace pace, Graph graph, Backend backend) throws Exception {
        this(traffic, pace, graph, backend, Duration.ofDays(1));
    }

    HeldJob(Traffic traffic, Pace pace, Graph graph, Backend backend, Duration checkpointInterval) throws Exception {
        folder = Files.createTempDirectory("botwatch-bench-");
        Configuration config = new Configuration();
        config.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        config.set(RestOptions.BIND_PORT, "0");
        config.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
        config.set(CoreOptions.TMP_DIRS, folder.toString());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(PARALLELISM)
                .build());
        cluster.start();
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(PARALLELISM, configuration(backend, checkpointInterval));
        Topology.configure(env);
        graph.add(FeedSource.add(env, traffic, feed, pace));
        job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
        feed(1); // it runs
    }

    private Configuration configuration(Backend backend, Duration checkpointInterval) {
        Configuration config = backend.configuration(Backend.A_SLOT);
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("checkpoints").toUri().toString());
        config.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        config.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO);
        return config;
    }

    /**
     * Lets it read so many records in all, or as many as there are, and waits until they are worked off.
     *
     * @return the CPU time of the process meanwhile, s
     */
    double feed(long records) throws Exception {
        long before = MACHINE.getProcessCpuTime();
        CompletableFuture<Void> read = feed.upTo(records);
        while (!read.isDone()) {
            failIfEnded();
            Thread.sleep(50);
        }
        quiet();
        failIfEnded();
        return (MACHINE.getProcessCpuTime() - before) / 1e9;
    }

    /** It is unbounded: what has ended has failed. */
    private void failIfEnded() throws Exception {
        if (cluster.getJobStatus(job).get().isGloballyTerminalState()) {
            cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
        }
    }

    /** Waits until the process does next to nothing: what the source has sent is worked off, and compacted. */
    private static void quiet() throws InterruptedException {
        int still = 0;
        while (still < 3) {
            long before = MACHINE.getProcessCpuTime();
            Thread.sleep(100);
            still = MACHINE.getProcessCpuTime() - before < 20_000_000 ? still + 1 : 0;
        }
    }

    Checkpoint checkpoint(CheckpointType type) throws Exception {
        long id = cluster.triggerCheckpoint(job, type).get();
        var completed = cluster.getExecutionGraph(job).get().getCheckpointStatsSnapshot().getHistory()
                .getLatestCompletedCheckpoint();
        if (completed.getCheckpointId() != id) {
            throw new IllegalStateException("checkpoint " + id + " is not the latest");
        }
        return Checkpoint.of(completed);
    }

    /** What the heap of this process holds that is reachable, bytes. */
    static long liveHeap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Override
    public void close() throws Exception {
        cluster.cancelJob(job).get();
        cluster.close();
        feed.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
