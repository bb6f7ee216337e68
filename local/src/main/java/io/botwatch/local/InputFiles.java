package io.botwatch.local;

import io.botwatch.ingest.InputFormat;
import io.botwatch.source.FilePlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the files that arguments name: files, folders (every file below that is of a known format), globs, and {@code -} for
 * standard input. Closing deletes the copy of standard input.
 */
final class InputFiles implements AutoCloseable {
    private final List<Path> files = new ArrayList<>();
    private final PrintStream messages;
    private Path standardInput;

    private InputFiles(PrintStream messages) {
        this.messages = messages;
    }

    /**
     * @param format of all files; when each is to tell its own, a folder's files of no known format are left out, each with a
     *     message
     * @throws UsageException when an argument names nothing that can be read
     */
    static InputFiles of(List<String> arguments, InputFormat format, PrintStream messages) throws IOException {
        InputFiles input = new InputFiles(messages);
        try {
            for (String argument : arguments) {
                input.add(argument, format);
            }
        } catch (IOException | RuntimeException e) {
            input.close();
            throw e;
        }
        return input;
    }

    List<Path> paths() {
        return files;
    }

    private void add(String argument, InputFormat format) throws IOException {
        if (argument.equals("-")) {
            addStandardInput();
            return;
        }
        Path path = Path.of(argument);
        if (Files.isDirectory(path)) {
            addFolder(path, format);
        } else if (!Files.exists(path) && argument.matches(".*[*?\\[{].*")) {
            addGlob(path);
        } else {
            files.add(path);
        }
    }

    /** It can be read only once, and files are read twice: see {@link FilePlan}. */
    private void addStandardInput() throws IOException {
        if (standardInput != null) {
            throw new UsageException("standard input (-) is named twice");
        }
        standardInput = Files.createTempFile("botwatch-stdin-", ".flows");
        messages.println("copying standard input to a temporary file");
        try (InputStream in = System.in) {
            Files.copy(in, standardInput, StandardCopyOption.REPLACE_EXISTING);
        }
        files.add(standardInput);
    }

    private void addFolder(Path folder, InputFormat format) throws IOException {
        List<Path> found;
        try (Stream<Path> below = Files.walk(folder)) {
            found = below.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
        int before = files.size();
        for (Path file : found) {
            try {
                if (format.isAuto()) {
                    FilePlan.detect(file);
                }
                files.add(file);
            } catch (FilePlan.UnreadableFileException e) {
                messages.println("left out: " + e.getMessage());
            }
        }
        if (files.size() == before) {
            throw new UsageException(folder + " holds no file that can be read as flows");
        }
    }

    private void addGlob(Path pattern) throws IOException {
        Path folder = pattern.getParent() == null ? Path.of("") : pattern.getParent();
        if (!Files.isDirectory(folder)) {
            throw new UsageException(folder + " is not a folder (only the last part of a path may be a pattern)");
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(folder, pattern.getFileName().toString())) {
            matches.forEach(found::add);
        }
        found.removeIf(Files::isDirectory);
        if (found.isEmpty()) {
            throw new UsageException("no file matches " + pattern);
        }
        found.sort(null);
        files.addAll(found);
    }

    @Override
    public void close() throws IOException {
        if (standardInput != null) {
            Files.deleteIfExists(standardInput);
        }
    }
}
