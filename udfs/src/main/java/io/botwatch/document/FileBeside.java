package io.botwatch.document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A file that a document names, relative to its own folder. */
public final class FileBeside {
    private FileBeside() {}

    /**
     * Reads it whole.
     *
     * @param folder of the document; null where it has none
     * @param what it holds, for messages
     * @param fault is told why nothing comes back
     * @return null after a fault
     */
    public static byte[] read(Path folder, String name, String what, int maxBytes, Consumer<String> fault) {
        if (folder == null) {
            fault.accept("files of " + what + " are not possible here");
            return null;
        }
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) <= maxBytes) {
                return Files.readAllBytes(file);
            }
            fault.accept(file + " has more than " + maxBytes + " bytes");
        } catch (IOException e) {
            fault.accept(file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "no such file"));
        }
        return null;
    }
}
