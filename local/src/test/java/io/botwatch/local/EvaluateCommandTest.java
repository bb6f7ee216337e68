package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluateCommandTest {
    @TempDir
    Path folder;

    @Test
    void theGeneratedDayIsMeasuredAndWhatIsNotThereIsNamed() throws Exception {
        Path table = folder.resolve("quality.md");
        CommandLineRun run = CommandLineRun.of(
                "evaluate", "--data", folder.resolve("nowhere").toString(), "--seeds", "0", "--seed", "1", "--out", table.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("CTU-13 scenario 6: not all of its files are in");
        assertThat(Files.readString(table))
                .contains("| generated day | 4")
                .contains(" | 11 of 11 | ")
                .contains("- CTU-13 scenario 6: not there, not measured.")
                .doesNotContain("Cadence score");
    }

    @Test
    void aFaultyListOfCapturesIsToldByLine() throws Exception {
        Path list = Files.writeString(
                folder.resolve("list.yaml"),
                """
                datasets:
                  - name: mine
                    files: [a.json]
                    internal: [10.0.0.0/33]
                    malicious: [10.0.0.300]
                """);
        CommandLineRun run = CommandLineRun.of("evaluate", "--datasets", list.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("list.yaml:4: datasets[0].internal[0]: ", "list.yaml:5: datasets[0].malicious[0]: ");
    }

    @Test
    void aNumberOfSeedsOutOfRangeIsWrongUsage() {
        CommandLineRun run = CommandLineRun.of("evaluate", "--seeds", "101");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--seeds: 101 is not 0 to 100");
    }
}
