package io.botwatch.finding;

import java.io.Serializable;

/** Writes findings in one format. The bytes depend on the finding and on what the writer was made with alone. Thread-safe. */
public interface FindingWriter extends Serializable {
    /** Bytes of a line, less than. */
    int MAX_BYTES = 64 * 1024;

    /**
     * One line of UTF-8, without a line end, shorter than {@link #MAX_BYTES}; where something was cut for that, it says so.
     *
     * @throws NullPointerException when uid, activity, type, rule id or severity is absent: without them it is no finding
     */
    byte[] write(Finding finding);
}
