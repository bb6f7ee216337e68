package io.botwatch.finding;

import java.nio.charset.StandardCharsets;

/** Writes a finding as a line of the flat view ({@link FlatView}), without a header; only the message is ever cut. */
public final class CsvWriter extends FindingWriter {
    private static final long serialVersionUID = 1;

    @Override
    byte[] line(Finding finding, Room room, int whole) {
        Finding shown = finding;
        if (whole >= 0 && finding.message != null) {
            shown = finding.copy();
            shown.message = room.cut(finding.message) + " [cut: the whole line would take " + whole + " bytes]";
        }
        return FlatView.row(shown).getBytes(StandardCharsets.UTF_8);
    }
}
