package io.botwatch.exporters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that a test started, in time zone UTC: what it says is kept, and it is ended as this one process. */
final class Program implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final int SAID_AT_MOST = 2_000;

    private final Process process;
    private final String name;
    private final Path said;

    private Program(Process process, String name, Path said) {
        this.process = process;
        this.name = name;
        this.said = said;
    }

    /** @param said where its output and its errors go */
    static Program start(Path said, List<String> command) throws IOException {
        return new Program(
                builder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start(), command.get(0), said);
    }

    /**
     * Runs it to its end.
     *
     * @param out where its output goes; its errors go beside it
     * @throws AssertionError when it takes longer than the limit or its exit code is not 0
     */
    static void run(Path out, Duration limit, List<String> command) throws IOException, InterruptedException {
        Path errors = out.resolveSibling(out.getFileName() + ".err");
        Process process = builder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        try (Program program = new Program(process, command.get(0), errors)) {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
                throw new AssertionError(program.state() + " and said: " + program.said());
            }
        }
    }

    private static ProcessBuilder builder(List<String> command) {
        List<String> found = new ArrayList<>(command);
        found.set(0, find(command.get(0)).toString());
        ProcessBuilder builder = new ProcessBuilder(found);
        builder.environment().put("TZ", "UTC");
        return builder;
    }

    /** Daemons lie in folders that are not on every user's path. */
    private static Path find(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(name
                        + " is not installed, and profile real-exporters needs it: apt-get install softflowd nfdump pmacct tshark"));
    }

    /** Waits until the condition holds; fails at once when the program ends before. */
    void await(String what, Duration limit, Await.Condition condition) throws IOException {
        try {
            Await.until(what, limit, () -> {
                boolean ended = !process.isAlive();
                if (condition.holds()) {
                    return true;
                }
                if (ended) {
                    throw new AssertionError("it waits in vain for this: " + what);
                }
                return false;
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + state() + " and said: " + said(), e);
        }
    }

    String said() throws IOException {
        String text = Files.readString(said, StandardCharsets.ISO_8859_1);
        return text.length() <= 2 * SAID_AT_MOST
                ? text
                : text.substring(0, SAID_AT_MOST) + "\n...\n" + text.substring(text.length() - SAID_AT_MOST);
    }

    private String state() {
        return name + (process.isAlive() ? " still runs" : " ended with exit code " + process.exitValue());
    }

    /** Asks it to end, and ends it and the processes that it started when they do not. */
    @Override
    public void close() {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
