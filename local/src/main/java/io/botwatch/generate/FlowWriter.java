package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** Writes flows as some flow tool does. Not thread-safe: a writer may number its records. */
public interface FlowWriter {
    /** Appends the record that opens a file, without its end. Nothing, if the format has none. */
    void header(LineBuffer out);

    /**
     * Appends one record without its end.
     *
     * @param receivedMs when a collector gets it, epoch ms; ignored by formats that do not tell
     */
    void write(Flow flow, long receivedMs, LineBuffer out);

    /** Appends what ends a record in a file: a line break, unless the format tells by itself where a record ends. */
    default void end(LineBuffer out) {
        out.append('\n');
    }
}
