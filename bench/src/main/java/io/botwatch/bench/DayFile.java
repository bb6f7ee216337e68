package io.botwatch.bench;

import io.botwatch.flow.Flow;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.LineBuffer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A simulated day on disk, in order of arrival; gone when closed. */
record DayFile(Path path, long records) implements AutoCloseable {
    private static final long SEED = 1;

    static DayFile write(FlowWriter writer, FlowCursor day) throws IOException {
        Path path = Files.createTempFile("botwatch-bench-", ".flows");
        ArrivalOrder flows = new ArrivalOrder(day, SEED);
        LineBuffer line = new LineBuffer();
        Flow flow = new Flow();
        long records = 0;
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
            writer.header(line);
            if (line.length() > 0) {
                writer.end(line);
                line.writeTo(stream);
            }
            while (flows.next(flow)) {
                line.clear();
                writer.write(flow, flows.arrivalMs(), line);
                writer.end(line);
                line.writeTo(stream);
                records++;
            }
        }
        return new DayFile(path, records);
    }

    @Override
    public void close() throws IOException {
        Files.delete(path);
    }
}
