package io.botwatch.bench.kafka;

import io.botwatch.bench.Backend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStatsSummarySnapshot;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionJobVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster within this process for job after job, so that its start is in no figure. */
final class Cluster implements AutoCloseable {
    private static final MemorySize A_SLOT = MemorySize.ofMebiBytes(256);
    private static final int NETWORK_MB = 128;

    private final Path folder;
    private final MiniCluster cluster;

    /** @param folder for checkpoints and RocksDB's files */
    Cluster(Path folder, int slots) throws Exception {
        this.folder = folder;
        Configuration config = new Configuration();
        config.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        config.set(RestOptions.BIND_PORT, "0");
        config.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(NETWORK_MB));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(NETWORK_MB));
        config.set(CoreOptions.TMP_DIRS, folder.toString());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        cluster.start();
    }

    /** For a job of this cluster, which fails at the first error. RocksDB is set as flink-conf/config.yaml has it. */
    StreamExecutionEnvironment environment(int parallelism, boolean rocksDb) {
        Configuration config = new Configuration();
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("checkpoints").toUri().toString());
        config.addAll((rocksDb ? Backend.ROCKSDB : Backend.HEAP).configuration(A_SLOT));
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
    }

    /**
     * Runs the environment's job to its end.
     *
     * @throws org.apache.flink.runtime.client.JobExecutionException with the job's failure as its cause
     */
    JobRun run(StreamExecutionEnvironment env) throws Exception {
        try (SubtaskCpu cpu = new SubtaskCpu()) {
            JobID job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
            JobExecutionResult result =
                    cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
            AccessExecutionGraph graph = cluster.getExecutionGraph(job).get();
            CompletedCheckpointStatsSummarySnapshot checkpoints = graph.getCheckpointStatsSnapshot() == null
                    ? CompletedCheckpointStatsSummarySnapshot.empty()
                    : graph.getCheckpointStatsSnapshot().getSummaryStats();
            return new JobRun(
                    result.getNetRuntime(),
                    result.getAllAccumulatorResults(),
                    stages(graph, cpu.byTask()),
                    checkpoints.getStateSizeStats().getMaximum(),
                    checkpoints.getEndToEndDurationStats().getMaximum());
        }
    }

    private static List<JobRun.Stage> stages(AccessExecutionGraph graph, Map<String, long[]> cpuNs) {
        List<JobRun.Stage> stages = new ArrayList<>();
        for (AccessExecutionJobVertex vertex : graph.getVerticesTopologically()) {
            long[] recordsIn = Stream.of(vertex.getTaskVertices())
                    .mapToLong(subtask -> subtask.getCurrentExecutionAttempt().getIOMetrics().getNumRecordsIn())
                    .toArray();
            stages.add(new JobRun.Stage(
                    vertex.getName(), recordsIn, cpuNs.getOrDefault(vertex.getName(), new long[recordsIn.length])));
        }
        return stages;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
