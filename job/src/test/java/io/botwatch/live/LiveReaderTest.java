package io.botwatch.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.Decoded;
import io.botwatch.wire.RuleChange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.Test;

class LiveReaderTest {
    private static final long HOUR = 3_600_000;

    private final List<SourceEvent> told = new ArrayList<>();
    private final Flows flows = new Flows();
    private final Out out = new Out();
    private final LiveReader<Split> reader = new LiveReader<>(flows, new Context(), new Progress(Duration.ofMinutes(10)), true);

    private record Split(String splitId) implements SourceSplit {}

    @Test
    void nothingIsReadBeforeTheChangesSoFarAreSent() throws Exception {
        flows.add(1_000, 2_000);
        CompletableFuture<Void> available = reader.isAvailable();
        assertThat(reader.pollNext(out)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        assertThat(available).isNotDone();
        RulesToReader.of(change(3, 4 << 20)).forEach(reader::handleSourceEvents);
        assertThat(available).as("whoever waits hears of it").isDone();
        reader.handleSourceEvents(RulesToReader.only(false, 0));
        drain();
        assertThat(out.collected).containsExactly("change 3", "flow 1000");
        assertThat(told).isEmpty();
    }

    @Test
    void oneThatIsAskedSaysHowFarItHasComeAndStandsStill() throws Exception {
        reader.handleSourceEvents(RulesToReader.only(false, 0));
        flows.add(5_000, 6_000);
        flows.add(1_000, 9_000);
        drain();
        reader.handleSourceEvents(RulesToReader.only(true, 7));
        assertThat(told).containsExactly(new ReaderAt(7, 9_000));
        flows.add(10_000, 10_000);
        assertThat(reader.pollNext(out)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
        RulesToReader.of(change(1, 10)).forEach(reader::handleSourceEvents);
        reader.handleSourceEvents(RulesToReader.only(false, 7));
        drain();
        assertThat(out.collected).containsExactly("flow 5000", "flow 1000", "change 1", "flow 10000");
    }

    @Test
    void anEndInTheFutureIsNotBelieved() throws Exception {
        reader.handleSourceEvents(RulesToReader.only(false, 0));
        long now = System.currentTimeMillis();
        flows.add(now - HOUR, now + HOUR);
        drain();
        reader.handleSourceEvents(RulesToReader.only(true, 1));
        assertThat(told).containsExactly(new ReaderAt(1, now - HOUR));
    }

    @Test
    void howFarItHadComeIsRestored() throws Exception {
        reader.handleSourceEvents(RulesToReader.only(false, 0));
        flows.add(5_000, 6_000);
        drain();
        SimpleVersionedSerializer<LiveSplit<Split>> serializer = new LiveSplit.Serializer<>(new SplitSerializer());
        LiveSplit<Split> split = reader.snapshotState(1).get(0);
        LiveReader<Split> next = new LiveReader<>(new Flows(), new Context(), new Progress(Duration.ZERO), true);
        next.addSplits(List.of(serializer.deserialize(serializer.getVersion(), serializer.serialize(split))));
        next.handleSourceEvents(RulesToReader.only(true, 2));
        assertThat(told).containsExactly(new ReaderAt(2, 6_000));
    }

    @Test
    void splitsOfJobsThatHadNoLiveRulesAreRead() throws Exception {
        SimpleVersionedSerializer<LiveSplit<Split>> serializer = new LiveSplit.Serializer<>(new SplitSerializer());
        assertThat(serializer.deserialize(3, "flows-0".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new LiveSplit<>(new Split("flows-0"), Long.MIN_VALUE));
    }

    private void drain() throws Exception {
        while (reader.pollNext(out) == InputStatus.MORE_AVAILABLE) {
            // on
        }
    }

    private static RuleChange change(long sequence, int bytes) {
        return new RuleChange(sequence, 0, 0, new byte[bytes], new byte[0]);
    }

    private static final class SplitSerializer implements SimpleVersionedSerializer<Split> {
        @Override
        public int getVersion() {
            return 3;
        }

        @Override
        public byte[] serialize(Split split) {
            return split.splitId.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Split deserialize(int version, byte[] serialized) {
            assertThat(version).isEqualTo(3);
            return new Split(new String(serialized, StandardCharsets.UTF_8));
        }
    }

    /** Gives the flows that it was given, through the output of a split. */
    private static final class Flows implements SourceReader<Decoded, Split> {
        private final Queue<Decoded> queue = new ArrayDeque<>();

        void add(long startMs, long endMs) {
            Decoded record = new Decoded().asFlow();
            record.flow.startMs = startMs;
            record.flow.endMs = endMs;
            queue.add(record);
        }

        @Override
        public InputStatus pollNext(ReaderOutput<Decoded> to) {
            Decoded next = queue.poll();
            if (next == null) {
                return InputStatus.NOTHING_AVAILABLE;
            }
            to.createOutputForSplit("flows-0").collect(next, next.flow.startMs);
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public List<Split> snapshotState(long checkpointId) {
            return List.of(new Split("flows-0"));
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return queue.isEmpty() ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
        }

        @Override
        public void start() {}

        @Override
        public void addSplits(List<Split> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    private static final class Out implements ReaderOutput<Decoded> {
        final List<String> collected = new ArrayList<>();

        @Override
        public void collect(Decoded record) {
            collected.add(record.change() != null ? "change " + record.change().sequence() : "flow " + record.flow.startMs);
        }

        @Override
        public void collect(Decoded record, long timestamp) {
            collect(record);
        }

        @Override
        public SourceOutput<Decoded> createOutputForSplit(String splitId) {
            return this;
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}

        @Override
        public void emitWatermark(Watermark watermark) {}

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }

    private final class Context implements SourceReaderContext {
        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {
            told.add(event);
        }

        @Override
        public SourceReaderMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Configuration getConfiguration() {
            throw new UnsupportedOperationException();
        }

        @Override
        public String getLocalHostName() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getIndexOfSubtask() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendSplitRequest() {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException();
        }
    }
}
