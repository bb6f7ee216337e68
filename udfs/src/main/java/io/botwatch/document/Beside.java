package io.botwatch.document;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** The files that a document names, by name. */
public interface Beside {
    /**
     * Reads one whole.
     *
     * @param what it holds, for messages
     * @param fault is told why nothing comes back
     * @return null after a fault
     */
    byte[] read(String name, String what, int maxBytes, Consumer<String> fault);

    /** In a folder; null where there can be none. */
    static Beside in(Path folder) {
        return folder == null
                ? (name, what, maxBytes, fault) -> {
                    fault.accept("files of " + what + " are not possible here");
                    return null;
                }
                : (name, what, maxBytes, fault) -> read(folder.resolve(name), maxBytes, fault);
    }

    /** Of what was read before, by name. */
    static Beside of(Map<String, byte[]> contents) {
        return (name, what, maxBytes, fault) -> {
            byte[] bytes = contents.get(name);
            if (bytes == null) {
                fault.accept("'" + name + "' is no file that the job was started with");
            }
            return bytes;
        };
    }

    /** The same, and what was read is put here. */
    default Beside rememberedIn(Map<String, byte[]> contents) {
        return (name, what, maxBytes, fault) -> {
            byte[] bytes = read(name, what, maxBytes, fault);
            if (bytes != null) {
                contents.put(name, bytes);
            }
            return bytes;
        };
    }

    private static byte[] read(Path file, int maxBytes, Consumer<String> fault) {
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
