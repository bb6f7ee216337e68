package io.botwatch.local;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FlatView;
import io.botwatch.finding.OcsfWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How findings are written to a file: one line each. */
enum FindingFormat {
    OCSF,
    CSV;

    /** Writes lines to a stream. */
    interface LineWriter {
        void write(Finding finding) throws IOException;
    }

    /** Starts a file: a header where the format has one. */
    LineWriter start(OutputStream out, OcsfWriter ocsf) throws IOException {
        if (this == CSV) {
            line(out, FlatView.HEADER.getBytes(StandardCharsets.UTF_8));
            return finding -> line(out, FlatView.row(finding).getBytes(StandardCharsets.UTF_8));
        }
        return finding -> line(out, ocsf.write(finding));
    }

    private static void line(OutputStream out, byte[] bytes) throws IOException {
        out.write(bytes);
        out.write('\n');
    }
}
