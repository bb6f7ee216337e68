package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.SourceOutput;

/** Passes records on to one output, of a reader or of a split, and notes how far they have come. */
class NotingOutput implements SourceOutput<Decoded> {
    private final SourceOutput<Decoded> to;
    private final Progress progress;

    NotingOutput(SourceOutput<Decoded> to, Progress progress) {
        this.to = to;
        this.progress = progress;
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
}
