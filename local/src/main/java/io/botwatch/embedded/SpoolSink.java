package io.botwatch.embedded;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * Writes records one after the other to a file of this machine, in the order in which they arrive: how an embedded,
 * bounded job hands its results to the command that ran it. Parallelism 1, no checkpoints.
 */
public final class SpoolSink<T> implements Sink<T> {
    private final String path;
    private final TypeSerializer<T> serializer;

    public SpoolSink(Path path, TypeSerializer<T> serializer) {
        this.path = path.toString();
        this.serializer = serializer;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        return new Writer<>(new BufferedOutputStream(Files.newOutputStream(Path.of(path)), 1 << 16), serializer);
    }

    private static final class Writer<T> implements SinkWriter<T> {
        private final OutputStream stream;
        private final DataOutputViewStreamWrapper out;
        private final TypeSerializer<T> serializer;

        Writer(OutputStream stream, TypeSerializer<T> serializer) {
            this.stream = stream;
            this.out = new DataOutputViewStreamWrapper(stream);
            this.serializer = serializer;
        }

        @Override
        public void write(T record, Context context) throws IOException {
            serializer.serialize(record, out);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException {
            stream.flush();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
