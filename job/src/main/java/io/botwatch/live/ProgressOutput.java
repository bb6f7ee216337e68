package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** Passes records on, and notes how far they have come. */
final class ProgressOutput implements ReaderOutput<Decoded> {
    private final ReaderOutput<Decoded> to;
    private final Progress progress;

    ProgressOutput(ReaderOutput<Decoded> to, Progress progress) {
        this.to = to;
        this.progress = progress;
    }

    boolean isOf(ReaderOutput<Decoded> other) {
        return to == other;
    }

    @Override
    public void collect(Decoded record) {
        progress.read(record);
        to.collect(record);
    }

    @Override
    public void collect(Decoded record, long timestamp) {
        progress.read(record);
        to.collect(record, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
        to.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
        to.markIdle();
    }

    @Override
    public void markActive() {
        to.markActive();
    }

    @Override
    public SourceOutput<Decoded> createOutputForSplit(String splitId) {
        return new OfSplit(to.createOutputForSplit(splitId));
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        to.releaseOutputForSplit(splitId);
    }

    private final class OfSplit implements SourceOutput<Decoded> {
        private final SourceOutput<Decoded> split;

        OfSplit(SourceOutput<Decoded> split) {
            this.split = split;
        }

        @Override
        public void collect(Decoded record) {
            progress.read(record);
            split.collect(record);
        }

        @Override
        public void collect(Decoded record, long timestamp) {
            progress.read(record);
            split.collect(record, timestamp);
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            split.emitWatermark(watermark);
        }

        @Override
        public void markIdle() {
            split.markIdle();
        }

        @Override
        public void markActive() {
            split.markActive();
        }
    }
}
