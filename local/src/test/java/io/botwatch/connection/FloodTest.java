package io.botwatch.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a flood of unique 5-tuples the job lives within its heap, and finds what is there beside it. */
class FloodTest {
    private static final long FLOWS = 5_000_000;

    @TempDir
    Path folder;

    /** Nearly all of them in, as in a flood; or all of them out, as of a host that scans the Internet. */
    @ParameterizedTest
    @ValueSource(ints = {100, 1_000})
    void fiveMillionUniqueTuplesInAMinuteAreHeldWithinTheBoundAndTheBeaconBesideThemIsFound(int outOfThousand)
            throws Exception {
        String printed = run("-Xmx1g", Long.toString(FLOWS), Integer.toString(outOfThousand), folder.toString());
        System.out.print(printed);

        assertThat(number(printed, "records")).isEqualTo(FLOWS + 240);
        // A conversation and its one record are two of what is held.
        assertThat(number(printed, "evicted")).isGreaterThan(FLOWS - ConnectionSettings.DEFAULT.maxRecords() / 2);
        assertThat(printed)
                .contains("finding BEACON 10.0.0.7 contacted 203.0.113.9:8443/tcp 120 times in 119 min, every 60 s ± 0 %");
        assertThat(printed.contains("finding VOLUMETRIC 2250000 (estimated) sources")).isEqualTo(outOfThousand < 1_000);
    }

    private static long number(String printed, String name) {
        return printed.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in:\n" + printed));
    }

    private String run(String heap, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap));
        for (String module : List.of("java.lang", "java.util", "java.time")) {
            command.add("--add-opens=java.base/" + module + "=ALL-UNNAMED");
        }
        command.addAll(List.of("-XX:+UseParallelGC", "-cp", System.getProperty("java.class.path"), FloodJob.class.getName()));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("ended in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(printed.substring(Math.max(0, printed.length() - 2_000))).isZero();
        return printed;
    }
}
