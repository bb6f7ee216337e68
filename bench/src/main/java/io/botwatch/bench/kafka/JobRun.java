package io.botwatch.bench.kafka;

import java.util.List;
import java.util.Map;

/**
 * What a job of the bench did, once it has ended.
 *
 * @param wallMs from its start to its end, without the broker's filling and the job's submission
 * @param counters the job's own
 * @param stages in the order of the graph
 * @param largestCheckpoint bytes of all state; 0 where there was none
 * @param longestCheckpointMs from its trigger to its end
 */
record JobRun(
        long wallMs, Map<String, Object> counters, List<Stage> stages, long largestCheckpoint, long longestCheckpointMs) {

    /**
     * Chained operators.
     *
     * @param recordsIn of each subtask, from the network
     * @param cpuNs of each subtask
     */
    record Stage(String name, long[] recordsIn, long[] cpuNs) {}
}
