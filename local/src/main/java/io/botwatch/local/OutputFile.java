package io.botwatch.local;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that appears under its name only when it is whole: written beside it first, moved at {@link #complete}. */
final class OutputFile implements AutoCloseable {
    private final Path path;
    private final Path partial;
    private final OutputStream stream;

    /**
     * Opens the output at once, so that a long run does not end in a file that cannot be written.
     *
     * @param force whether an existing file may be replaced
     * @throws UsageException when it exists and may not be replaced, or cannot be written
     */
    OutputFile(Path path, boolean force) throws IOException {
        this.path = path;
        if (Files.isDirectory(path)) {
            throw new UsageException(path + " is a folder; name a file");
        }
        if (Files.exists(path) && !force) {
            throw new UsageException(path + " exists; --force replaces it");
        }
        partial = path.resolveSibling("." + path.getFileName() + ".partial");
        try {
            stream = new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16);
        } catch (NoSuchFileException e) {
            throw new UsageException(path + " cannot be written: its folder does not exist");
        } catch (AccessDeniedException e) {
            throw new UsageException(path + " cannot be written: no permission");
        } catch (IOException e) {
            throw new UsageException(path + " cannot be written: " + e.getMessage());
        }
    }

    OutputStream stream() {
        return stream;
    }

    Path path() {
        return path;
    }

    void complete() throws IOException {
        stream.close();
        Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Leaves nothing behind unless it was completed. */
    @Override
    public void close() throws IOException {
        stream.close();
        Files.deleteIfExists(partial);
    }
}
