package io.botwatch.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with one document, so that its author sees all of it at once. */
public final class Problems {
    /** Above it a document is no rule document with faults but something else; reading on would be work for nothing. */
    public static final int MAX = 100;

    private static final int SHOWN = 60;

    private record Problem(int line, String text) {}

    private final String fileName;
    private final List<Problem> problems = new ArrayList<>();

    public Problems(String fileName) {
        this.fileName = fileName;
    }

    /**
     * @param line from 1; 0 when the fault has no place
     * @param path of the key; empty for the document itself
     * @throws DocumentException when there are {@value #MAX} already
     */
    public void add(int line, String path, String fault) {
        String text = fileName + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + fault;
        problems.add(new Problem(line, oneLine(text)));
        if (problems.size() >= MAX) {
            problems.add(new Problem(
                    Integer.MAX_VALUE, fileName + ": checking stopped after " + MAX + " problems"));
            throwIfAny();
        }
    }

    public void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new DocumentException(problems.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .map(Problem::text)
                    .toList());
        }
    }

    /** A value from the document for a message: one line, not too long, in quotes. */
    public static String quote(String value) {
        return oneLine(value.length() > SHOWN ? "'" + value.substring(0, SHOWN) + "...'" : "'" + value + "'");
    }

    /** A document must not write what it likes into a log. */
    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text);
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                line.setCharAt(i, '?');
            }
        }
        return line.toString();
    }
}
