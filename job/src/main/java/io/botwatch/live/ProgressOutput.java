package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;

/** The same for a reader and all of its splits. */
final class ProgressOutput extends NotingOutput implements ReaderOutput<Decoded> {
    private final ReaderOutput<Decoded> to;
    private final Progress progress;

    ProgressOutput(ReaderOutput<Decoded> to, Progress progress) {
        super(to, progress);
        this.to = to;
        this.progress = progress;
    }

    boolean isOf(ReaderOutput<Decoded> other) {
        return to == other;
    }

    @Override
    public SourceOutput<Decoded> createOutputForSplit(String splitId) {
        return new NotingOutput(to.createOutputForSplit(splitId), progress);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
        to.releaseOutputForSplit(splitId);
    }
}
