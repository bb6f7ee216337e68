package io.botwatch.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.Treatment;
import io.botwatch.source.FlowFileReader.FilePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.junit.jupiter.api.Test;

/** The files are one split, which exactly one reader has at any time. */
class FlowFileSourceTest {
    private final FlowFileSource source = new FlowFileSource(null, TimeRange.ALL, Treatment.DEFAULT);
    private final Assignments assignments = new Assignments();

    @Test
    void theOneSplitGoesToWhoAsksFirst() throws Exception {
        assertThat(source.getBoundedness()).isEqualTo(Boundedness.BOUNDED);
        try (var enumerator = source.createEnumerator(assignments)) {
            assertThat(enumerator.snapshotState(1)).isEqualTo(FilePosition.START);
            enumerator.handleSplitRequest(1, "a");
            enumerator.handleSplitRequest(0, "b");
            assertThat(assignments.log).containsExactly("1 gets 0:0", "no more for 1", "no more for 0");
            assertThat(enumerator.snapshotState(2)).isEqualTo(FilePosition.NONE);
        }
    }

    @Test
    void aSplitThatComesBackIsGivenOutAgainFromWhereItCame() throws Exception {
        try (var enumerator = source.createEnumerator(assignments)) {
            enumerator.handleSplitRequest(0, "a");
            enumerator.addSplitsBack(List.of(new FilePosition(2, 4096)), 0);
            enumerator.handleSplitRequest(0, "a");
            assertThat(assignments.log).contains("0 gets 2:4096");
        }
    }

    @Test
    void restoredWithTheSplitAtAReaderItGivesOutNothing() throws Exception {
        var serializer = source.getEnumeratorCheckpointSerializer();
        FilePosition none = serializer.deserialize(1, serializer.serialize(FilePosition.NONE));
        try (var enumerator = source.restoreEnumerator(assignments, none)) {
            enumerator.handleSplitRequest(0, "a");
            assertThat(assignments.log).containsExactly("no more for 0");
        }
        try (var enumerator = source.restoreEnumerator(assignments, FilePosition.START)) {
            enumerator.handleSplitRequest(0, "a");
            assertThat(assignments.log).contains("0 gets 0:0");
        }
    }

    private static final class Assignments implements SplitEnumeratorContext<FilePosition> {
        final List<String> log = new ArrayList<>();

        @Override
        public void assignSplits(SplitsAssignment<FilePosition> assignment) {
            assignment.assignment().forEach((subtask, splits) ->
                    splits.forEach(split -> log.add(subtask + " gets " + split.file() + ":" + split.record())));
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            log.add("no more for " + subtask);
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendEventToSourceReader(int subtask, SourceEvent event) {}

        @Override
        public int currentParallelism() {
            return 2;
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            return Map.of();
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {}

        @Override
        public <T> void callAsync(
                Callable<T> callable, BiConsumer<T, Throwable> handler, long initialDelayMs, long periodMs) {}

        @Override
        public void runInCoordinatorThread(Runnable runnable) {}
    }
}
