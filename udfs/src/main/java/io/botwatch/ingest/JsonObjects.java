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
        int depth = 0;
        boolean inString = false;
        for (int i = from; i < end; i++) {
            byte c = bytes[i];
            if (c == '\n') {
                inString = false; // no JSON string holds a bare line end
                if (i + 1 < end && bytes[i + 1] == '{') {
                    return i;
                }
            } else if (inString) {
                if (c == '\\') {
                    i++;
                } else {
                    inString = c != '"';
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return end;
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
