package io.botwatch.local;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetterSerializer;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Dead letters in a temporary file, read back by the start of their flows. A dead-letter topic holds them in any order, and
 * what is fed to a topic out of order would be late there. In memory is only where each lies.
 */
final class LettersByTime implements AutoCloseable {
    private record Place(long startMs, long offset) {}

    private final Path file;
    private final DataOutputStream out;
    private final DataOutputSerializer buffer = new DataOutputSerializer(1024);
    private final List<Place> places = new ArrayList<>();
    private long length;

    /** @param file is made; its folder's owner deletes it */
    LettersByTime(Path file) throws IOException {
        this.file = file;
        this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    void add(long startMs, DeadLetter letter) throws IOException {
        buffer.clear();
        DeadLetterSerializer.INSTANCE.serialize(letter, buffer);
        out.writeInt(buffer.length());
        out.write(buffer.getSharedBuffer(), 0, buffer.length());
        places.add(new Place(startMs, length));
        length += Integer.BYTES + buffer.length();
    }

    /** Earliest first; those of the same start as they were added. Nothing may be added after. */
    void forEach(DeadLetterLines.Reader reader) throws IOException {
        out.close();
        places.sort(Comparator.comparingLong(Place::startMs));
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            for (Place place : places) {
                in.seek(place.offset());
                byte[] letter = new byte[in.readInt()];
                in.readFully(letter);
                reader.accept(DeadLetterSerializer.INSTANCE.deserialize(new DataInputDeserializer(letter)));
            }
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
