package io.botwatch.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The key of the sketches' hashes. It changes estimates within their error and which sources are sampled, so all runs that
 * are to agree need the same one.
 */
public final class SketchSecret {
    /** Used where none is configured: published, and so no defence against chosen sources. */
    private static final long PUBLISHED = 0x626f747761746368L;

    private static final int MIN_BYTES = 16;

    private SketchSecret() {}

    /**
     * @param file any 16 bytes or more, e.g. of {@code /dev/urandom}; null for the published key
     * @throws IOException naming the file and the fault
     */
    public static long load(Path file) throws IOException {
        if (file == null) {
            return PUBLISHED;
        }
        byte[] secret;
        try {
            secret = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist");
        }
        if (secret.length < MIN_BYTES) {
            throw new IOException(file + " holds " + secret.length + " bytes; at least " + MIN_BYTES + " are needed");
        }
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(secret)).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
