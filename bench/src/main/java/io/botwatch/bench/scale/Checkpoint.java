package io.botwatch.bench.scale;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.OperatorState;

/**
 * What a checkpoint holds and took.
 *
 * @param ms from its trigger to the last acknowledgement
 * @param bytes of all it refers to
 * @param written bytes that it wrote itself
 * @param byOperator bytes it refers to, by the operator's uid; those without state are left out
 */
record Checkpoint(long ms, long bytes, long written, Map<String, Long> byOperator) {
    static Checkpoint of(CompletedCheckpointStats stats) throws IOException {
        Path metadata = Path.of(URI.create(stats.getExternalPath())).resolve("_metadata");
        Map<String, Long> byOperator = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
            for (OperatorState state : Checkpoints.loadCheckpointMetadata(
                            in, Checkpoint.class.getClassLoader(), stats.getExternalPath())
                    .getOperatorStates()) {
                if (state.getStateSize() > 0) {
                    String uid = state.getOperatorUid().orElseGet(() -> state.getOperatorID().toString());
                    byOperator.put(uid, state.getStateSize());
                }
            }
        }
        return new Checkpoint(stats.getEndToEndDuration(), stats.getStateSize(), stats.getCheckpointedSize(), byOperator);
    }
}
