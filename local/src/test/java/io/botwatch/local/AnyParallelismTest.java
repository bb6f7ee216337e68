package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Findings do not depend on how many subtasks there are, nor on which of them is ahead: days with stories among them. */
class AnyParallelismTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 41})
    void theFindingsAreTheSameByteForByte(int seed) throws Exception {
        Path flows = folder.resolve("day.json");
        run("generate", "--hours", "6", "--scale", "0.05", "--seed", Integer.toString(seed), "--out", flows.toString());
        byte[] truth = detect(flows, 1);
        assertThat(truth).isNotEmpty();
        for (int parallelism : new int[] {2, 4, 4}) {
            assertThat(detect(flows, parallelism)).as("seed %d, parallelism %d", seed, parallelism).isEqualTo(truth);
        }
    }

    private byte[] detect(Path flows, int parallelism) throws Exception {
        Path out = folder.resolve("findings.jsonl");
        run("detect", flows.toString(), "--parallelism", Integer.toString(parallelism), "--out", out.toString(), "--force");
        return Files.readAllBytes(out);
    }

    private static void run(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }
}
