package io.botwatch.ingest;

/**
 * Walks the fields of one JSON object after another. {@link PlainJson} reads what exporters write; a record that is anything
 * but plain is {@link JacksonJson}'s from its beginning, so that every answer, a refusal's words among them, is Jackson's.
 */
final class JsonFields implements JsonCursor {
    private final PlainJson plain = new PlainJson();
    private final JacksonJson jackson = new JacksonJson();

    private boolean jacksonAlone;
    private JsonCursor cursor = plain;

    /** From now on all is left to Jackson. Tests compare with that. */
    void leaveToJackson() {
        jacksonAlone = true;
    }

    /** Whether the record that was opened last was plain. */
    boolean isPlain() {
        return cursor == plain;
    }

    /** Opens the object that the record is; {@link #close} must follow in any case. */
    void open(byte[] bytes, int from, int to) throws UndecodableException {
        if (!jacksonAlone && plain.open(bytes, from, to)) {
            cursor = plain;
        } else {
            cursor = jackson;
            jackson.open(bytes, from, to);
        }
    }

    @Override
    public String next() throws UndecodableException {
        return cursor.next();
    }

    @Override
    public boolean nextElement() throws UndecodableException {
        return cursor.nextElement();
    }

    @Override
    public boolean isScalar() {
        return cursor.isScalar();
    }

    @Override
    public byte[] text() throws UndecodableException {
        return cursor.text();
    }

    @Override
    public int from() {
        return cursor.from();
    }

    @Override
    public int to() {
        return cursor.to();
    }

    /** Whether the scalar is just this, in ASCII. */
    boolean is(String word) throws UndecodableException {
        byte[] text = text();
        int from = from();
        if (to() - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (text[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean enterObject() {
        return cursor.enterObject();
    }

    @Override
    public boolean enterArray() {
        return cursor.enterArray();
    }

    @Override
    public void end() throws UndecodableException {
        cursor.end();
    }

    /** Gives the parser's buffers back. */
    void close() {
        jackson.close();
    }
}
