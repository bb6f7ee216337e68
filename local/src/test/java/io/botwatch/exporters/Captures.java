package io.botwatch.exporters;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The packet captures, which lie beside the project and are not part of it. */
final class Captures {
    private static final List<String> FOLDERS = List.of("pcaps-c2", "pcaps-irc-scan-worm");

    private Captures() {}

    /** @param name folder and file; the test is skipped, saying so, where it is absent */
    static Path file(String name) {
        Path file = root().resolve(name);
        assumeTrue(Files.isRegularFile(file), "real capture " + file + " is not available");
        return file;
    }

    /** The names of all captures of malware, scans and chat; the tests are skipped, saying so, where they are absent. */
    static List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : FOLDERS) {
            Path captures = root().resolve(folder);
            assumeTrue(Files.isDirectory(captures), "real captures " + captures + " are not available");
            try (Stream<Path> files = Files.list(captures)) {
                files.map(file -> folder + "/" + file.getFileName())
                        .filter(name -> name.endsWith(".pcap"))
                        .sorted()
                        .forEach(names::add);
            }
        }
        return names;
    }

    private static Path root() {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: real captures are not available");
        return Path.of(shared, "data");
    }
}
