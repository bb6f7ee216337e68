package io.botwatch.bench;

import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.FlowWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A simulated day on disk, in order of arrival; gone when closed. */
public record DayFile(Path path, long records) implements AutoCloseable {
    private static final long SEED = 1;

    public static DayFile write(FlowWriter writer, FlowCursor day) throws IOException {
        Path path = Files.createTempFile("botwatch-bench-", ".flows");
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16)) {
            return new DayFile(path, new ArrivalOrder(day, SEED).writeTo(stream, writer, n -> {}));
        }
    }

    @Override
    public void close() throws IOException {
        Files.delete(path);
    }
}
