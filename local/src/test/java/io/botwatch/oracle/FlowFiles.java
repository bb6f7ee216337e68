package io.botwatch.oracle;

import io.botwatch.flow.Flow;
import io.botwatch.generate.BinetflowWriter;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.LineBuffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes flows to a file. */
final class FlowFiles {
    private FlowFiles() {}

    /** @param format {@code goflow2}, {@code goflow2-protobuf} or {@code binetflow} */
    static Path write(Path file, List<Flow> flows, String format) throws IOException {
        FlowWriter writer = switch (format) {
            case "goflow2" -> new Goflow2JsonWriter();
            case "goflow2-protobuf" -> new Goflow2ProtobufWriter();
            case "binetflow" -> new BinetflowWriter();
            default -> throw new IllegalArgumentException(format);
        };
        LineBuffer line = new LineBuffer();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            writer.header(line);
            if (line.length() > 0) {
                writer.end(line);
                line.writeTo(out);
            }
            for (Flow flow : flows) {
                line.clear();
                writer.write(flow, flow.endMs, line);
                writer.end(line);
                line.writeTo(out);
            }
        }
        return file;
    }
}
