package io.botwatch.finding;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The final state of every finding, in the order of the flat view: by first seen, then by uid as text.
 *
 * <p>Takes states in the order in which they were emitted; the last one of a uid stays. Memory is bounded whatever the
 * number of findings: above the limit they go to temporary files, which {@link #close} deletes. Not thread-safe.
 */
public final class FinalFindings implements AutoCloseable {
    private static final long DEFAULT_MEMORY_BYTES = 64L << 20;

    private final Path directory;
    private final long sorterBytes;
    private final DataOutputSerializer out = new DataOutputSerializer(1024);
    private final SpillingSorter byUid;

    /** Final states by (first seen, uid); null when states were added since. */
    private SpillingSorter byTime;

    private long size;
    private boolean closed;

    /** 64 MiB of findings in memory, files in the default temporary directory. */
    public FinalFindings() {
        this(DEFAULT_MEMORY_BYTES, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * @param memoryBytes findings kept in memory, in bytes as serialized; above it they are written to files
     * @param parent an existing directory, in which a directory of its own is made
     */
    public FinalFindings(long memoryBytes, Path parent) {
        try {
            this.directory = Files.createTempDirectory(parent, "botwatch-findings-");
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for sorted findings in " + parent, e);
        }
        // Half for each of the two sorts.
        this.sorterBytes = memoryBytes / 2;
        this.byUid = new SpillingSorter(directory, sorterBytes);
    }

    /** Takes one state; the finding may be changed afterwards. Its uid must not be null. */
    public void add(Finding finding) {
        Objects.requireNonNull(finding.uid, "uid");
        checkOpen();
        try {
            if (byTime != null) {
                byTime.close();
                byTime = null;
            }
            out.clear();
            out.writeLong(finding.firstSeenMs);
            FindingSerializer.INSTANCE.serialize(finding, out);
            byUid.add(new SpillingSorter.Key(0, finding.uid), out.getCopyOfBuffer());
        } catch (IOException e) {
            throw new UncheckedIOException("sorting findings in " + directory, e);
        }
    }

    /** Number of findings, each uid counted once. */
    public long size() {
        sort();
        return size;
    }

    /** Visits each finding's final state, in order. May be called again, also after more was added. */
    public void forEach(Consumer<Finding> consumer) {
        sort();
        DataInputDeserializer in = new DataInputDeserializer();
        try {
            byTime.forEach((key, payload) -> {
                in.setBuffer(payload, Long.BYTES, payload.length - Long.BYTES);
                consumer.accept(FindingSerializer.INSTANCE.deserialize(in));
            });
        } catch (IOException e) {
            throw new UncheckedIOException("reading sorted findings in " + directory, e);
        }
    }

    private void sort() {
        checkOpen();
        if (byTime != null) {
            return;
        }
        SpillingSorter sorted = new SpillingSorter(directory, sorterBytes);
        try {
            // By uid first: only then is it known which state is the last, and so which first-seen time counts.
            size = 0;
            byUid.forEach((key, payload) -> {
                size++;
                sorted.add(new SpillingSorter.Key(ByteBuffer.wrap(payload).getLong(), key.uid()), payload);
            });
            byTime = sorted;
        } catch (IOException e) {
            closeAfter(e, sorted);
            throw new UncheckedIOException("sorting findings in " + directory, e);
        }
    }

    private static void closeAfter(IOException failure, SpillingSorter sorter) {
        try {
            sorter.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
    }

    /** Deletes the temporary files. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            byUid.close();
            if (byTime != null) {
                byTime.close();
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("deleting sorted findings in " + directory, e);
        }
    }
}
