package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/**
 * Reads as another does, and sends changes of the rules among its records. It stands still until it has been told the changes so
 * far, and while the time of the next one is being found.
 */
final class LiveReader<S extends SourceSplit> implements SourceReader<Decoded, LiveSplit<S>> {
    private final SourceReader<Decoded, S> reader;
    private final SourceReaderContext context;
    private final Progress progress;
    private final Queue<Decoded> changes = new ArrayDeque<>();
    private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();

    private boolean held;
    private CompletableFuture<Void> released = new CompletableFuture<>();
    private ProgressOutput output;

    /** @param held whether to wait until told the changes so far */
    LiveReader(SourceReader<Decoded, S> reader, SourceReaderContext context, Progress progress, boolean held) {
        this.reader = reader;
        this.context = context;
        this.progress = progress;
        this.held = held;
    }

    @Override
    public void start() {
        reader.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Decoded> to) throws Exception {
        Decoded change = changes.poll();
        if (change != null) {
            to.collect(change);
            return InputStatus.MORE_AVAILABLE;
        }
        if (held) {
            return InputStatus.NOTHING_AVAILABLE;
        }
        if (output == null || !output.isOf(to)) {
            output = new ProgressOutput(to, progress);
        }
        return reader.pollNext(output);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        if (!changes.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        // Whoever waits for records must hear of a change that comes first.
        return held ? released : CompletableFuture.anyOf(reader.isAvailable(), released).thenAccept(any -> {});
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (!(event instanceof RulesToReader rules)) {
            reader.handleSourceEvents(event);
            return;
        }
        pieces.writeBytes(rules.piece());
        if (rules.ends()) {
            changes.add(RulesToReader.join(pieces));
            pieces.reset();
        }
        held = rules.hold();
        if (held && rules.piece().length == 0) {
            context.sendSourceEventToCoordinator(new ReaderAt(rules.question(), progress.latestMs()));
        }
        CompletableFuture<Void> waiting = released;
        released = new CompletableFuture<>();
        waiting.complete(null);
    }

    @Override
    public List<LiveSplit<S>> snapshotState(long checkpointId) {
        return reader.snapshotState(checkpointId).stream()
                .map(split -> new LiveSplit<>(split, progress.latestMs()))
                .toList();
    }

    @Override
    public void addSplits(List<LiveSplit<S>> splits) {
        splits.forEach(split -> progress.reached(split.latestMs()));
        reader.addSplits(splits.stream().map(LiveSplit::split).toList());
    }

    @Override
    public void notifyNoMoreSplits() {
        reader.notifyNoMoreSplits();
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        reader.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        reader.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
        reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
        reader.close();
    }
}
