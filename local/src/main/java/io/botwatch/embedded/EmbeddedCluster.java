package io.botwatch.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster within this process, for one job. */
public final class EmbeddedCluster {
    private EmbeddedCluster() {}

    /**
     * An environment whose jobs run in this process and fail at the first error.
     *
     * @param parallelism at least 1
     * @param checkpoints a directory for checkpoints, or null for none
     */
    public static StreamExecutionEnvironment environment(int parallelism, Path checkpoints) {
        Configuration config = new Configuration();
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        config.set(DeploymentOptions.ATTACHED, true);
        config.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        config.set(RestOptions.BIND_PORT, "0");
        config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
        if (checkpoints != null) {
            config.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        }
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, config);
    }

    /**
     * Runs the environment's job to its end.
     *
     * @param progress is given the job's counters about once a second while it runs
     * @throws ExecutionException with the job's failure as its cause
     */
    public static JobExecutionResult run(
            StreamExecutionEnvironment env, String name, Consumer<Map<String, Object>> progress)
            throws ExecutionException, InterruptedException {
        JobClient client;
        try {
            client = env.executeAsync(name);
        } catch (Exception e) {
            throw new ExecutionException(e);
        }
        var result = client.getJobExecutionResult();
        while (true) {
            try {
                return result.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException stillRunning) {
                try {
                    progress.accept(client.getAccumulators().get(5, TimeUnit.SECONDS));
                } catch (ExecutionException | TimeoutException | IllegalStateException e) {
                    // The counters are a courtesy; the job's own result tells whether it failed. The job may have
                    // ended since, and its cluster with it, which is an IllegalStateException here.
                }
            }
        }
    }

    /** The deepest message of a failure: what a user can act on. */
    public static String rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause instanceof IOException || cause.getMessage() == null
                ? cause.toString()
                : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}
