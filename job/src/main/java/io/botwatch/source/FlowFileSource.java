package io.botwatch.source;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Treatment;
import io.botwatch.source.FlowFileReader.FilePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads planned files in order through one reader, with exact watermarks. Its parallelism is 1: reading is a small part of
 * the work, and one reader keeps event time exact across files.
 */
public final class FlowFileSource implements Source<Decoded, FilePosition, FilePosition> {
    private final FilePlan plan;
    private final TimeRange range;
    private final Treatment treatment;

    /**
     * @param range flows that start outside it are left out, and counted as dead letters
     * @param treatment scales the flows' counters
     */
    public FlowFileSource(FilePlan plan, TimeRange range, Treatment treatment) {
        this.plan = plan;
        this.range = range;
        this.treatment = treatment;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<Decoded, FilePosition> createReader(SourceReaderContext context) {
        return new FlowFileReader(plan, range, treatment, context);
    }

    @Override
    public SplitEnumerator<FilePosition, FilePosition> createEnumerator(SplitEnumeratorContext<FilePosition> context) {
        return new OneSplit(context, FilePosition.START);
    }

    @Override
    public SplitEnumerator<FilePosition, FilePosition> restoreEnumerator(
            SplitEnumeratorContext<FilePosition> context, FilePosition checkpoint) {
        return new OneSplit(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<FilePosition> getSplitSerializer() {
        return new PositionSerializer();
    }

    @Override
    public SimpleVersionedSerializer<FilePosition> getEnumeratorCheckpointSerializer() {
        return new PositionSerializer();
    }

    /** Hands the one split to whoever asks first; its state is the split it still holds, or {@link FilePosition#NONE}. */
    private static final class OneSplit implements SplitEnumerator<FilePosition, FilePosition> {
        private final SplitEnumeratorContext<FilePosition> context;
        private FilePosition held;

        OneSplit(SplitEnumeratorContext<FilePosition> context, FilePosition held) {
            this.context = context;
            this.held = held;
        }

        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, String host) {
            if (!held.equals(FilePosition.NONE)) {
                context.assignSplit(held, subtask);
                held = FilePosition.NONE;
            }
            context.signalNoMoreSplits(subtask);
        }

        @Override
        public void addSplitsBack(List<FilePosition> splits, int subtask) {
            held = splits.get(0);
        }

        @Override
        public void addReader(int subtask) {}

        @Override
        public FilePosition snapshotState(long checkpointId) {
            return held;
        }

        @Override
        public void close() {}
    }

    private static final class PositionSerializer implements SimpleVersionedSerializer<FilePosition> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(FilePosition position) {
            return ByteBuffer.allocate(12).putInt(position.file()).putLong(position.record()).array();
        }

        @Override
        public FilePosition deserialize(int version, byte[] serialized) throws IOException {
            if (version != 1) {
                throw new IOException("file position of version " + version + "; this build knows 1");
            }
            ByteBuffer bytes = ByteBuffer.wrap(serialized);
            return new FilePosition(bytes.getInt(), bytes.getLong());
        }
    }
}
