package io.botwatch.source;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.Treatment;
import io.botwatch.source.FilePlan.PlannedFile;
import io.botwatch.source.FlowFileReader.FilePosition;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/** Reads the files of a plan one after the other, and says how far event time has come after every chunk. */
final class FlowFileReader implements SourceReader<Decoded, FilePosition> {
    private static final int RECORDS_PER_POLL = 64;

    /**
     * Where reading goes on.
     *
     * @param file index into the plan's files; -1 for nowhere
     * @param record framed records of it that are done
     */
    record FilePosition(int file, long record) implements SourceSplit {
        static final FilePosition START = new FilePosition(0, 0);
        static final FilePosition NONE = new FilePosition(-1, 0);

        @Override
        public String splitId() {
            return "files";
        }
    }

    private final FilePlan plan;
    private final TimeRange range;
    private final Treatment treatment;
    private final SourceReaderContext context;
    private final CompletableFuture<Void> available = new CompletableFuture<>();

    private boolean assigned;
    private int fileIndex;
    private long recordIndex;
    private PlannedFile file;
    private RecordReader reader;
    private RecordDecoding decoding;

    FlowFileReader(FilePlan plan, TimeRange range, Treatment treatment, SourceReaderContext context) {
        this.plan = plan;
        this.range = range;
        this.treatment = treatment;
        this.context = context;
    }

    /** Asks also when restored with the split, to be told that there is no other. */
    @Override
    public void start() {
        context.sendSplitRequest();
    }

    @Override
    public void addSplits(List<FilePosition> splits) {
        FilePosition position = splits.get(0);
        fileIndex = position.file();
        recordIndex = position.record();
        assigned = true;
    }

    /** Only now may reading begin: a reader that ended before this message came would fail the job by being gone. */
    @Override
    public void notifyNoMoreSplits() {
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Decoded> output) throws Exception {
        if (!available.isDone()) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        if (!assigned) {
            return InputStatus.END_OF_INPUT;
        }
        if (fileIndex >= plan.files().size()) {
            emitLastWatermark(output);
            return InputStatus.END_OF_INPUT;
        }
        if (reader == null) {
            open(output);
        }
        for (int i = 0; i < RECORDS_PER_POLL; i++) {
            // Never past the survey: what was appended since has no watermark.
            if (recordIndex == file.records() || !reader.next()) {
                closeFile();
                fileIndex++;
                recordIndex = 0;
                return InputStatus.MORE_AVAILABLE;
            }
            decode(decoded -> output.collect(decoded, decoded.timestampMs()));
            recordIndex++;
            if (recordIndex % FilePlan.CHUNK_RECORDS == 0) {
                emitWatermark(output);
            }
        }
        return InputStatus.MORE_AVAILABLE;
    }

    private void open(ReaderOutput<Decoded> output) throws IOException {
        file = plan.files().get(fileIndex);
        reader = plan.open(file);
        decoding = new RecordDecoding(plan.decoder(file), range, treatment);
        for (long skipped = 0; skipped < recordIndex && reader.next(); skipped++) {
            // A header may name the columns, so what is skipped is still looked at.
            decode(decoded -> {});
        }
        emitWatermark(output);
    }

    private void decode(Consumer<Decoded> out) {
        decoding.decode(reader.bytes(), reader.from(), reader.to(), file.path(), reader.position(), out);
    }

    /** Everything from here on starts at the plan's earliest time or later. */
    private void emitWatermark(ReaderOutput<Decoded> output) {
        long earliest = Math.max(range.fromMs(), file.earliestFromMs()[(int) (recordIndex / FilePlan.CHUNK_RECORDS)]);
        if (earliest != Long.MAX_VALUE && earliest != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(earliest - 1));
        }
    }

    /**
     * Time was observed up to the latest start: what ends or expires before it does so as it would have live, wherever the
     * last chunk began. Only what lies behind it is cut off by the end of the input.
     */
    private void emitLastWatermark(ReaderOutput<Decoded> output) {
        long latest = Math.min(plan.latestMs(), range.toMs() - 1);
        if (latest >= range.fromMs() && latest != Long.MIN_VALUE) {
            output.emitWatermark(new Watermark(latest));
        }
    }

    @Override
    public List<FilePosition> snapshotState(long checkpointId) {
        return assigned ? List.of(new FilePosition(fileIndex, recordIndex)) : List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    private void closeFile() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    @Override
    public void close() throws Exception {
        closeFile();
    }
}
