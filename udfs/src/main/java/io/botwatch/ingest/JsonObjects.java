package io.botwatch.ingest;

/**
 * Splits a message into the JSON objects that it holds: one after the other, on lines of their own, or as the elements of an
 * array. What is no object is given, too, so that it is counted.
 *
 * <p>An object that was cut off ends where the next line begins with another one, so that it spoils only itself.
 */
final class JsonObjects {
    private byte[] bytes;
    private int end;
    private int from;
    private int to;

    void open(byte[] message, int messageFrom, int messageTo) {
        bytes = message;
        end = messageTo;
        to = messageFrom;
    }

    /** Moves to the next object; false when there is none. */
    boolean next() {
        from = to;
        while (from < end && isBetween(bytes[from])) {
            from++;
        }
        to = from;
        if (from == end) {
            return false;
        }
        to = bytes[from] == '{' ? endOfObject() : endOfRubbish();
        return true;
    }

    /** Index of the object's first byte. */
    int from() {
        return from;
    }

    /** Index after the object's last byte. */
    int to() {
        return to;
    }

    /** Whether something else than what stands between objects follows. */
    boolean hasNext() {
        for (int i = to; i < end; i++) {
            if (!isBetween(bytes[i])) {
                return true;
            }
        }
        return false;
    }

    private int endOfObject() {
        byte[] text = bytes;
        int limit = end;
        int depth = 0;
        for (int i = from; i < limit; i++) {
            byte c = text[i];
            if (c == '"') {
                i = endOfString(text, i + 1, limit);
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i + 1;
            } else if (c == '\n' && i + 1 < limit && text[i + 1] == '{') {
                return i;
            }
        }
        return limit;
    }

    /** Index of the closing quote, or before a line end: no JSON string holds a bare one. */
    private static int endOfString(byte[] text, int from, int limit) {
        int i = from;
        while (i < limit && text[i] != '"') {
            if (text[i] == '\n') {
                return i - 1;
            }
            i += text[i] == '\\' ? 2 : 1;
        }
        return i;
    }

    private int endOfRubbish() {
        int i = from;
        while (i < end && bytes[i] != '\n' && bytes[i] != '{') {
            i++;
        }
        return i;
    }

    private static boolean isBetween(byte c) {
        return c == '[' || c == ',' || c == ']' || FlowDraft.isWhiteSpace(c);
    }
}
