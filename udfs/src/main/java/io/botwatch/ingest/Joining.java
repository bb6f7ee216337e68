package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.io.Serializable;
import java.util.Locale;

/**
 * Which of a source's flows may be pieces or replies, to be joined into connections, and which may be another exporter's
 * copies. By default the format tells: flows that are whole connections are neither.
 */
public record Joining(Choice stitch, Choice deduplicate) implements Serializable {

    /** What a user may say of either. */
    public enum Choice {
        /** As the format needs it. */
        AUTO,
        ON,
        OFF;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        private boolean on(boolean whereAuto) {
            return this == AUTO ? whereAuto : this == ON;
        }
    }

    public static final Joining AUTO = new Joining(Choice.AUTO, Choice.AUTO);

    /** @param whole whether the format's flows are whole connections, both directions in one */
    void apply(Flow flow, boolean whole) {
        boolean part = !whole && !flow.biflow;
        // A flow of both directions has no other to be joined with, and is no piece that the stage could take.
        flow.mayBePiece = !flow.biflow && stitch.on(part);
        flow.mayBeCopy = !flow.biflow && deduplicate.on(part);
    }
}
