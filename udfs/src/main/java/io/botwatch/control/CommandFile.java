package io.botwatch.control;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Problems;
import io.botwatch.document.YamlDocument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Commands as somebody writes them down: YAML documents, one command each, with {@code ---} between them. It finds what is wrong
 * with a command by itself; whether the rules that are in force can take it is the job's to say.
 */
public final class CommandFile {
    private static final int MAX_COMMANDS = 1_000;
    private static final String BETWEEN = "---";
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF"; // its bytes, a character each

    private final String fileName;
    private final List<Message> messages = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private CommandFile(String fileName) {
        this.fileName = fileName;
    }

    /**
     * The messages that the commands make: each as it is written, with the key that is its own. Documents without content are
     * left out.
     *
     * @param fileName names the file in messages
     * @return in the order of the file; the position is the line at which the command begins, from 1
     * @throws DocumentException with every fault of every command; also when there is none, or more than 1 000
     */
    public static List<Message> read(String fileName, byte[] bytes) {
        CommandFile file = new CommandFile(fileName);
        file.split(new String(bytes, StandardCharsets.ISO_8859_1)); // keeps bytes that are no text, for the document to tell
        if (file.messages.isEmpty() && file.problems.isEmpty()) {
            file.problems.add(fileName + ": holds no command");
        }
        if (!file.problems.isEmpty()) {
            throw new DocumentException(file.problems);
        }
        return file.messages;
    }

    /** By lines: YAML allows the mark nowhere else at a line's beginning, not even within a text. */
    private void split(String text) {
        String[] lines = (text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text).split("\n", -1);
        int begin = 0;
        for (int i = 0; i < lines.length; i++) {
            if (isBetween(lines[i])) {
                add(lines, begin, i);
                lines[i] = lines[i].substring(BETWEEN.length());
                begin = i;
            }
        }
        add(lines, begin, lines.length);
    }

    private static boolean isBetween(String line) {
        return line.startsWith(BETWEEN)
                && (line.length() == BETWEEN.length() || Character.isWhitespace(line.charAt(BETWEEN.length())));
    }

    private void add(String[] lines, int from, int to) {
        int begin = from;
        while (begin < to && lines[begin].isBlank()) {
            begin++;
        }
        if (Arrays.stream(lines, begin, to).allMatch(CommandFile::isEmpty) || problems.size() >= Problems.MAX) {
            return;
        }
        if (messages.size() == MAX_COMMANDS) {
            throw new DocumentException(List.of(fileName + ":" + (begin + 1) + ": more than " + MAX_COMMANDS + " commands"));
        }
        String command = Arrays.stream(lines, begin, to).collect(Collectors.joining("\n"));
        try {
            // Behind as many empty lines, so that faults have the lines of the file.
            Command read = Command.of(YamlDocument.of(fileName, bytes("\n".repeat(begin) + command)));
            messages.add(new Message(begin + 1, read.key(), bytes(command), false));
        } catch (DocumentException e) {
            problems.addAll(e.problems());
        }
    }

    private static boolean isEmpty(String line) {
        return line.isBlank() || line.stripLeading().startsWith("#");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
