package io.botwatch.bench.scale;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Traffic as a source of parallelism 1 that reads as far as its {@link Feed} lets it. It cannot be restored. */
final class FeedSource implements Source<Decoded, FeedSource.Nothing, FeedSource.Nothing> {
    private static final int RECORDS_PER_POLL = 64;

    /**
     * How the watermark follows the records. It comes once event time has gone on by 5 s, as live.
     *
     * @param trailMs how far behind the latest record it is
     * @param records between two of them at least: sparse records would otherwise bear the cost of many
     */
    record Pace(long trailMs, int records) implements Serializable {
        private static final long STEP_MS = 5_000;

        static final Pace LIVE = new Pace(90_000, 4_096);
        static final Pace CLOSE = new Pace(10_000, 1);
    }

    /** It has neither splits nor state. */
    record Nothing() implements SourceSplit {
        @Override
        public String splitId() {
            return "nothing";
        }
    }

    private final Traffic traffic;
    private final String feed;
    private final Pace pace;

    private FeedSource(Traffic traffic, String feed, Pace pace) {
        this.traffic = traffic;
        this.feed = feed;
        this.pace = pace;
    }

    static DataStream<Decoded> add(StreamExecutionEnvironment env, Traffic traffic, Feed feed, Pace pace) {
        return env.fromSource(
                        new FeedSource(traffic, feed.id(), pace),
                        WatermarkStrategy.noWatermarks(),
                        "feed",
                        DecodedSerializer.TYPE)
                .uid("source")
                .setParallelism(1);
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Decoded, Nothing> createReader(SourceReaderContext context) {
        return new Reader();
    }

    private final class Reader implements SourceReader<Decoded, Nothing> {
        private final Feed limits = Feed.of(feed);
        private final Traffic.Cursor records = traffic.open();
        private final Decoded record = new Decoded();
        private boolean ended;
        private long sofar;
        private long toldMs = Long.MIN_VALUE;
        private int untold;

        @Override
        public void start() {}

        @Override
        public InputStatus pollNext(ReaderOutput<Decoded> output) {
            for (int i = 0; i < RECORDS_PER_POLL; i++) {
                if (ended || !limits.mayRead(sofar)) {
                    limits.reached();
                    return InputStatus.NOTHING_AVAILABLE;
                }
                if (!records.next(record)) {
                    ended = true;
                    continue;
                }
                sofar++;
                long ms = record.timestampMs();
                output.collect(record, ms);
                if (++untold >= pace.records && ms - Pace.STEP_MS >= toldMs) {
                    untold = 0;
                    toldMs = ms;
                    output.emitWatermark(new Watermark(ms - pace.trailMs - 1));
                }
            }
            return InputStatus.MORE_AVAILABLE;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return ended ? new CompletableFuture<>() : limits.available(sofar);
        }

        @Override
        public List<Nothing> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public void addSplits(List<Nothing> splits) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {}
    }

    @Override
    public SplitEnumerator<Nothing, Nothing> createEnumerator(SplitEnumeratorContext<Nothing> context) {
        return new NoSplits();
    }

    @Override
    public SplitEnumerator<Nothing, Nothing> restoreEnumerator(SplitEnumeratorContext<Nothing> context, Nothing state) {
        throw new UnsupportedOperationException("a feed cannot be restored");
    }

    private static final class NoSplits implements SplitEnumerator<Nothing, Nothing> {
        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {}

        @Override
        public void addSplitsBack(List<Nothing> splits, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public Nothing snapshotState(long checkpointId) {
            return new Nothing();
        }

        @Override
        public void close() {}
    }

    @Override
    public SimpleVersionedSerializer<Nothing> getSplitSerializer() {
        return new NothingSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Nothing> getEnumeratorCheckpointSerializer() {
        return new NothingSerializer();
    }

    private static final class NothingSerializer implements SimpleVersionedSerializer<Nothing> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(Nothing nothing) {
            return new byte[0];
        }

        @Override
        public Nothing deserialize(int version, byte[] serialized) {
            return new Nothing();
        }
    }
}
