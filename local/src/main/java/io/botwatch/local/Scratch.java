package io.botwatch.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that is gone when the command ends, also when it is interrupted. */
final class Scratch implements AutoCloseable {
    private final Path folder;
    private final Thread onExit = new Thread(this::delete);

    Scratch() throws IOException {
        folder = Files.createTempDirectory("botwatch-");
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    Path resolve(String name) {
        return folder.resolve(name);
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException shuttingDown) {
            // The hook finds nothing left to do.
        }
    }

    private void delete() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            System.err.println("botwatch: could not delete " + folder + ": " + e.getMessage());
        }
    }
}
