package io.botwatch.oracle;

import io.botwatch.flow.Flow;
import io.botwatch.generate.BinetflowWriter;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.LineBuffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes flows to a file, a record a line. */
final class FlowFiles {
    private FlowFiles() {}

    /** @param format {@code goflow2} or {@code binetflow} */
    static Path write(Path file, List<Flow> flows, String format) throws IOException {
        FlowWriter writer = format.equals("binetflow") ? new BinetflowWriter() : new Goflow2JsonWriter();
        LineBuffer line = new LineBuffer();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            writer.header(line);
            if (line.length() > 0) {
                line.append('\n').writeTo(out);
            }
            for (Flow flow : flows) {
                line.clear();
                writer.write(flow, flow.endMs, line);
                line.append('\n').writeTo(out);
            }
        }
        return file;
    }
}
