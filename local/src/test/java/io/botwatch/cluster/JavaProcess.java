package io.botwatch.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java virtual machine that a test started: it is ended as this one process, and what it said is kept. */
final class JavaProcess implements AutoCloseable {
    private static final int SAID_AT_MOST = 6_000;
    private static final long GRACE_SECONDS = 20;

    private final String name;
    private final Process process;
    private final Path said;

    private JavaProcess(String name, Process process, Path said) {
        this.name = name;
        this.process = process;
        this.said = said;
    }

    /**
     * @param environment variables besides those of this process
     * @param said where its output and its errors are added
     * @param options of the virtual machine
     */
    static JavaProcess start(
            Map<String, String> environment,
            String name,
            Path said,
            List<String> options,
            List<Path> classPath,
            String mainClass,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(String.join(":", classPath.stream().map(Path::toString).toList()));
        command.add(mainClass);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()));
        builder.environment().putAll(environment);
        return new JavaProcess(name, builder.start(), said);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As the kernel's out-of-memory killer does: no shutdown hook runs. */
    void kill9() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Waits for its end.
     *
     * @throws AssertionError with what it said, when it takes longer or its exit code is not 0
     */
    String end(long seconds) throws IOException, InterruptedException {
        if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(state() + " and said: " + tail());
        }
        return Files.readString(said, StandardCharsets.UTF_8);
    }

    String state() {
        return name + (process.isAlive() ? " still runs" : " ended with exit code " + process.exitValue());
    }

    /** The last that it said. */
    String tail() throws IOException {
        String text = Files.readString(said, StandardCharsets.UTF_8);
        return text.length() <= SAID_AT_MOST ? text : "..." + text.substring(text.length() - SAID_AT_MOST);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
