package io.botwatch.live;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;

/** Assigns splits as another does, and lets the readers hear of the rules. */
final class LiveEnumerator<S extends SourceSplit, E> implements SplitEnumerator<LiveSplit<S>, E> {
    private final SplitEnumerator<S, E> splits;
    private final RuleControl rules;

    /** @param rules null where they do not change */
    LiveEnumerator(SplitEnumerator<S, E> splits, RuleControl rules) {
        this.splits = splits;
        this.rules = rules;
    }

    @Override
    public void start() {
        splits.start();
        if (rules != null) {
            rules.start();
        }
    }

    @Override
    public void handleSplitRequest(int subtaskId, String host) {
        splits.handleSplitRequest(subtaskId, host);
    }

    @Override
    public void addSplitsBack(List<LiveSplit<S>> back, int subtaskId) {
        splits.addSplitsBack(back.stream().map(LiveSplit::split).toList(), subtaskId);
    }

    @Override
    public void addReader(int subtaskId) {
        splits.addReader(subtaskId);
        if (rules != null) {
            rules.addReader(subtaskId);
        }
    }

    @Override
    public void handleSourceEvent(int subtaskId, SourceEvent event) {
        if (event instanceof ReaderAt at) {
            rules.readerAt(subtaskId, at);
        } else {
            splits.handleSourceEvent(subtaskId, event);
        }
    }

    @Override
    public E snapshotState(long checkpointId) throws Exception {
        return splits.snapshotState(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        splits.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        splits.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void close() throws IOException {
        if (rules != null) {
            rules.close();
        }
        splits.close();
    }
}
