package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** Writes flows in the text of some flow tool, a record a line. Not thread-safe: a writer may number its records. */
public interface FlowWriter {
    /** Appends the line that opens a file, without its line break. Nothing, if the format has none. */
    void header(LineBuffer out);

    /**
     * Appends one record without a line break.
     *
     * @param receivedMs when a collector gets it, epoch ms; ignored by formats that do not tell
     */
    void write(Flow flow, long receivedMs, LineBuffer out);
}
