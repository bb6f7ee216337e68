package io.botwatch.live;

import io.botwatch.control.Answer;
import io.botwatch.control.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Looks whether a rule file has changed: what it then holds takes the place of all rules before. A file that is half written is
 * refused, and taken when it is whole.
 */
final class RulesFile implements KafkaDesk.Commands {
    private static final long MAX_BYTES = 1 << 20;

    private final Path file;
    private long position;

    /** As it was last answered for, or as the job began. */
    private byte[] known;

    /**
     * @param position of the last command that was answered; -1 for none
     * @param begun as the job begins with it, where there is no history
     */
    RulesFile(String file, long position, String begun, List<Answer> history) {
        this.known = begun.getBytes(StandardCharsets.UTF_8);
        this.file = Path.of(file);
        this.position = position;
        for (Answer answer : history) {
            if (answer.key() == null && !answer.document().isEmpty()) {
                known = answer.document().getBytes(StandardCharsets.UTF_8);
            }
        }
    }

    @Override
    public List<Message> poll() throws IOException {
        byte[] now;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException(file + " has more than " + MAX_BYTES + " bytes");
            }
            now = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return List.of(); // it may be about to be replaced
        }
        if (Arrays.equals(now, known)) {
            return List.of();
        }
        known = now;
        return List.of(new Message(++position, null, now, true));
    }

    @Override
    public void close() {}
}
