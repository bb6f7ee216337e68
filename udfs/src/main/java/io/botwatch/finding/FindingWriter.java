package io.botwatch.finding;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Objects;

/** Writes findings in one format. The bytes depend on the finding and on what the writer was made with alone. Thread-safe. */
public abstract class FindingWriter implements Serializable {
    /** Bytes of a line, less than. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final long serialVersionUID = 1;

    /**
     * One line of UTF-8, without a line end, shorter than {@link #MAX_BYTES}; where something was cut for that, it says so.
     *
     * @throws NullPointerException when uid, activity, type, rule id or severity is absent: without them it is no finding
     */
    public final byte[] write(Finding finding) {
        Objects.requireNonNull(finding.uid, "uid");
        Objects.requireNonNull(finding.activity, "activity");
        Objects.requireNonNull(finding.type, "type");
        Objects.requireNonNull(finding.ruleId, "ruleId");
        Objects.requireNonNull(finding.severity, "severity");
        int whole = -1;
        try {
            for (Room room : Room.EACH) {
                byte[] line = line(finding, room, whole);
                if (line.length < MAX_BYTES) {
                    return line;
                }
                whole = whole < 0 ? line.length : whole;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        throw new IllegalStateException("a finding that does not fit " + MAX_BYTES + " bytes: " + finding.uid);
    }

    /** @param whole bytes that the whole finding takes, which the line says; -1 when this is the whole */
    abstract byte[] line(Finding finding, Room room, int whole) throws IOException;
}
