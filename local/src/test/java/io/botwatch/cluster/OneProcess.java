package io.botwatch.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecution;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Two TaskManagers of four slots within this process, which can be stopped and started again. */
final class OneProcess implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path folder;
    private final MiniCluster cluster;

    /** Flink counts them from the first that ever was. */
    private int firstTaskManager;

    OneProcess(Path folder) throws Exception {
        this.folder = folder;
        Configuration config = new Configuration();
        config.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        config.set(RestOptions.BIND_PORT, "0");
        config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(96));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(96));
        config.set(CoreOptions.TMP_DIRS, folder.toString());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(config)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(4)
                .build());
        cluster.start();
    }

    /** Adds the job to an environment. */
    interface Job {
        void addTo(StreamExecutionEnvironment env) throws Exception;
    }

    /**
     * @param backend {@code hashmap} or {@code rocksdb}
     * @param savepoint to start from, or null
     */
    JobID start(int parallelism, String backend, String savepoint, Job job) throws Exception {
        Configuration config = new Configuration();
        config.set(StateBackendOptions.STATE_BACKEND, backend);
        config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.resolve("checkpoints").toUri().toString());
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
        config.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(200));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
        job.addTo(env);
        StreamGraph graph = env.getStreamGraph();
        if (savepoint != null) {
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        }
        return cluster.submitJob(graph).get(LIMIT.toSeconds(), TimeUnit.SECONDS).getJobID();
    }

    /** Why the job ended before its time; null while it has not failed. */
    Throwable failure(JobID job) throws Exception {
        if (cluster.getJobStatus(job).get() != JobStatus.FAILED) {
            return null;
        }
        return cluster.requestJobResult(job).get().getSerializedThrowable().orElseThrow();
    }

    /** Waits for the end of a bounded job. */
    void end(JobID job) throws Exception {
        JobResult result = cluster.requestJobResult(job).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        result.toJobExecutionResult(getClass().getClassLoader());
    }

    /**
     * Stops the job with a savepoint.
     *
     * @param drain ends event time first: every window closes
     * @return where the savepoint is
     */
    String stop(JobID job, boolean drain) throws Exception {
        return cluster.stopWithSavepoint(
                        job, folder.resolve("savepoints").toUri().toString(), drain, SavepointFormatType.CANONICAL)
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Both TaskManagers are gone, and others come. Returns when all of the job runs again. */
    void loseTaskManager(JobID job) throws Exception {
        int attempt = attempt(job);
        cluster.terminateTaskManager(firstTaskManager++).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        cluster.terminateTaskManager(firstTaskManager++).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        cluster.startTaskManager();
        cluster.startTaskManager();
        Await.until("the job runs again", LIMIT, () -> attempt(job) > attempt);
    }

    /** Which attempt of its tasks runs; the least of all, and -1 where one does not. */
    private int attempt(JobID job) throws Exception {
        int least = Integer.MAX_VALUE;
        for (AccessExecutionVertex vertex : cluster.getExecutionGraph(job).get().getAllExecutionVertices()) {
            AccessExecution execution = vertex.getCurrentExecutionAttempt();
            least = Math.min(least, execution.getState() == ExecutionState.RUNNING ? execution.getAttemptNumber() : -1);
        }
        return least;
    }

    @Override
    public void close() throws Exception {
        cluster.close();
    }
}
