package io.botwatch.finding;

import java.nio.charset.StandardCharsets;

/** Writes a finding as a line of the flat view ({@link FlatView}), without a header. */
public final class CsvWriter implements FindingWriter {
    private static final long serialVersionUID = 1;

    /** Characters of a message that is cut; each takes 3 bytes at most, or a doubled quote. */
    private static final int CUT = 10_000;

    @Override
    public byte[] write(Finding finding) {
        byte[] whole = FlatView.row(finding).getBytes(StandardCharsets.UTF_8);
        if (whole.length < MAX_BYTES) {
            return whole;
        }
        Finding shorter = finding.copy();
        shorter.message = finding.message.substring(0, Math.min(CUT, finding.message.length()))
                + " [cut: the whole line would take " + whole.length + " bytes]";
        return FlatView.row(shorter).getBytes(StandardCharsets.UTF_8);
    }
}
