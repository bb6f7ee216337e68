package io.botwatch.live;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A reader stands still.
 *
 * @param question that was asked
 * @param latestMs as {@link LiveSplit#latestMs}
 */
record ReaderAt(long question, long latestMs) implements SourceEvent {}
