package io.botwatch.oracle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Captures that lie beside the project, where they do; a test that asks for another is skipped, and says so. */
final class RealCaptures {
    private RealCaptures() {}

    /** The file, or the files of a folder. */
    static List<Path> files(String capture) throws IOException {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: real captures are not available");
        Path path = Path.of(shared).resolve("data").resolve(capture);
        assumeTrue(Files.exists(path), "real capture " + path + " is not available");
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.sorted().toList();
        }
    }
}
