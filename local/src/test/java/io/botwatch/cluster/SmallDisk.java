package io.botwatch.cluster;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own with little room, in memory: filled, whoever writes to it meets the end of a disk. */
final class SmallDisk implements AutoCloseable {
    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** Needs the right to mount; the test is skipped, saying so, without it. */
    static SmallDisk of(Path path, long bytes) throws IOException, InterruptedException {
        Files.createDirectories(path);
        int refused = run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", path.toString());
        assumeThat(refused).as("mounting a file system of %d bytes for the checkpoints was refused: run as root", bytes).isZero();
        return new SmallDisk(path);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    Path path() {
        return path;
    }

    /** Takes all room that is left. */
    void fill() throws IOException {
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(path.resolve("filler"))) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(path).getUsableSpace() > block.length) {
                throw full;
            }
        }
    }

    void free() throws IOException {
        Files.delete(path.resolve("filler"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", "-l", path.toString());
    }
}
