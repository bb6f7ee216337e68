package io.botwatch.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.IOException;

/** Any JSON object, read by Jackson, which makes a parser for each. */
final class JacksonJson implements JsonCursor {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DETAIL = 200;

    // Far above what any flow needs, and low enough that decoding a record takes little more memory than the record.

    private static final int MAX_TOKENS = 20_000;
    private static final int MAX_NAME = 256;

    /** Of values that are read; those that are skipped may be of any length. */
    private static final int MAX_STRING = 1 << 16;

    /** In bytes; the records of exporters and collectors are shorter. */
    private static final int LONG_RECORD = 1 << 14;

    /** More field names than a format has. */
    private static final int MAX_NAMES = 1_000;

    /** Without a table. A table grows worse than linearly, and a long record may be full of names that are made up. */
    static final JsonFactory WITHOUT_TABLE =
            limited().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /** No field that matters is longer; what is, is cut. */
    private final byte[] text = new byte[LONGEST];

    private int length;

    // Factories of its own: the table of field names then holds this format's, and no lock is shared. Interning would put
    // names that a hostile feed makes up into the JVM's own table.
    private NamesFactory factory = new NamesFactory();

    private JsonParser parser;

    /** Whether the parser stands on an object or array that nobody entered. */
    private boolean unentered;

    /** Opens the object that the record is; {@link #close} must follow in any case. */
    void open(byte[] bytes, int from, int to) throws UndecodableException {
        unentered = false;
        try {
            parser = (to - from > LONG_RECORD ? WITHOUT_TABLE : factory).createParser(bytes, from, to - from);
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new UndecodableException(Reason.MALFORMED, "no JSON object");
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    @Override
    public String next() throws UndecodableException {
        try {
            skipUnentered();
            if (parser.nextToken() != JsonToken.FIELD_NAME) {
                return null;
            }
            String name = parser.currentName();
            unentered = parser.nextToken().isStructStart();
            return name;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private void skipUnentered() throws IOException {
        if (unentered) {
            parser.skipChildren();
            unentered = false;
        }
    }

    @Override
    public boolean isScalar() {
        JsonToken token = parser.currentToken();
        return token.isScalarValue() && token != JsonToken.VALUE_NULL;
    }

    /** In an array that the next call overwrites. */
    @Override
    public byte[] text() throws UndecodableException {
        try {
            char[] chars = parser.getTextCharacters();
            int offset = parser.getTextOffset();
            length = Math.min(parser.getTextLength(), text.length);
            for (int i = 0; i < length; i++) {
                char c = chars[offset + i];
                text[i] = c < 128 ? (byte) c : (byte) '?';
            }
            return text;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    @Override
    public int from() {
        return 0;
    }

    @Override
    public int to() {
        return length;
    }

    @Override
    public boolean enterObject() {
        return enter(JsonToken.START_OBJECT);
    }

    @Override
    public boolean enterArray() {
        return enter(JsonToken.START_ARRAY);
    }

    private boolean enter(JsonToken start) {
        if (parser.currentToken() != start) {
            return false;
        }
        unentered = false;
        return true;
    }

    @Override
    public boolean nextElement() throws UndecodableException {
        try {
            skipUnentered();
            JsonToken token = parser.nextToken();
            unentered = token != null && token.isStructStart();
            return token != JsonToken.END_ARRAY && token != null;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    @Override
    public void end() throws UndecodableException {
        try {
            if (parser.nextToken() != null) {
                throw new UndecodableException(Reason.MALFORMED, "more than one JSON value in the record");
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Gives the parser's buffers back. */
    void close() {
        if (parser != null) {
            try {
                parser.close();
            } catch (IOException e) {
                throw new IllegalStateException("closing a parser of bytes in memory does no I/O", e);
            }
            parser = null;
            if (factory.names() > MAX_NAMES) {
                factory = new NamesFactory();
            }
        }
    }

    /** A factory whose table of field names can be looked at. */
    private static final class NamesFactory extends JsonFactory {
        private static final long serialVersionUID = 1;

        NamesFactory() {
            super(limited());
        }

        int names() {
            return _byteSymbolCanonicalizer.size();
        }
    }

    private static JsonFactoryBuilder limited() {
        return new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxTokenCount(MAX_TOKENS)
                        .maxNameLength(MAX_NAME)
                        .maxStringLength(MAX_STRING)
                        .build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES);
    }

    private static UndecodableException malformed(IOException e) {
        // without the location suffix, which names classes rather than the input
        String message = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
        String detail = message == null ? "not JSON" : message;
        return new UndecodableException(
                Reason.MALFORMED, detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) : detail);
    }
}
