package io.botwatch.bench.peer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs a job that may not end in a lifetime. */
final class LimitedRun {
    private LimitedRun() {}

    /** @throws TimeoutException when it did not end within the limit; it is cancelled then */
    static void of(StreamExecutionEnvironment env, Duration limit) throws Exception {
        JobClient client = env.executeAsync("peer");
        try {
            client.getJobExecutionResult().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            client.cancel().get();
            throw e;
        }
    }
}
