package io.botwatch.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;

/** Reads back what a {@link SpoolSink} wrote. */
public final class Spool {
    private Spool() {}

    /** Takes the records one by one. */
    public interface Consumer<T> {
        void accept(T record) throws IOException;
    }

    public static <T> void read(Path path, TypeSerializer<T> serializer, Consumer<T> consumer) throws IOException {
        try (InputStream stream = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            DataInputViewStreamWrapper in = new DataInputViewStreamWrapper(stream);
            while (true) {
                stream.mark(1);
                if (stream.read() < 0) {
                    return;
                }
                stream.reset();
                consumer.accept(serializer.deserialize(in));
            }
        }
    }
}
