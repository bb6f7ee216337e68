package io.botwatch.ingest;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Splits a decompressed stream into records: lines without their ends, or the objects of JSON that is one printed array,
 * as nfdump and NetObserv's command line write it, or for protobuf, messages with their length in front, which a record keeps.
 *
 * <p>goflow2 writes a line break behind every message, unless told otherwise: between messages it is skipped. (As a length
 * it would be 10; no flow is that short.) A length that no record can have means that the place of every later record is
 * lost: the rest of the stream is one record, which no decoder can read.
 *
 * <p>Memory is bounded: of a record longer than {@link FlowDecoder#MAX_RECORD_BYTES} only one byte more than that is
 * delivered, which a decoder refuses as too large, and the rest is skipped.
 */
public final class RecordReader implements Closeable {
    private static final int DELIVERED_AT_MOST = FlowDecoder.MAX_RECORD_BYTES + 1;
    private static final int CHUNK = 1 << 16;
    private static final int FILE_BUFFER = 1 << 17;
    private static final byte[] GZIP = {0x1F, (byte) 0x8B};
    private static final byte[] ZSTANDARD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};

    private enum Framing {
        LINES,
        OBJECTS,
        MESSAGES
    }

    private final InputStream in;
    private final Framing framing;

    private byte[] buffer = new byte[CHUNK];

    /** How much of the buffer is filled. */
    private int limit;

    /** Up to where the record that is being looked for was looked at. */
    private int scanned;

    /** Where the byte at index 0 is in the stream. */
    private long base;

    private int from;
    private int to;

    /** Where the next record starts. */
    private int nextFrom;

    private boolean oversized;
    private boolean started;

    // Of the object that is being looked for:

    private int depth;
    private boolean inString;
    private boolean escaped;

    /** Within something that is neither an object nor what stands between objects. */
    private boolean inRubbish;

    /**
     * @param in decompressed; closed with this reader
     * @param format null for one that is not known: lines
     */
    public RecordReader(InputStream in, FlowFormat format) {
        this.in = in;
        this.framing = framing(format);
    }

    /** @param format null for mapped JSON */
    private static Framing framing(FlowFormat format) {
        if (format == FlowFormat.NFDUMP_JSON || format == FlowFormat.NETOBSERV_JSON) {
            return Framing.OBJECTS;
        }
        return format == FlowFormat.GOFLOW2_PROTOBUF ? Framing.MESSAGES : Framing.LINES;
    }

    /**
     * Opens a file for reading records, decompressing it if it is gzip or Zstandard, told by its content; also of several
     * members or frames.
     *
     * @throws IOException when it cannot be read
     */
    public static InputStream open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), FILE_BUFFER);
        try {
            raw.mark(4);
            byte[] magic = raw.readNBytes(4);
            raw.reset();
            if (startsWith(magic, GZIP)) {
                return new GZIPInputStream(raw, CHUNK);
            }
            return startsWith(magic, ZSTANDARD) ? new ZstdInputStreamNoFinalizer(raw) : raw;
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }

    /** Moves to the next record; false when there is none. Invalidates what the last record's accessors gave. */
    public boolean next() throws IOException {
        from = to = scanned = nextFrom;
        oversized = false;
        depth = 0;
        inString = escaped = inRubbish = false;
        if (!started && framing != Framing.MESSAGES) {
            skipByteOrderMark();
        }
        while (!findEnd()) {
            if (limit - from > FlowDecoder.MAX_RECORD_BYTES) {
                skipRest();
                return true;
            }
            if (!fill()) {
                return lastWithoutEnd();
            }
        }
        if (to - from > FlowDecoder.MAX_RECORD_BYTES) {
            oversized = true;
            to = from + DELIVERED_AT_MOST;
        }
        return true;
    }

    /** The array that {@link #from} and {@link #to} are indices of; valid until {@link #next}. */
    public byte[] bytes() {
        return buffer;
    }

    /** Index of the record's first byte. */
    public int from() {
        return from;
    }

    /** Index after the record's last byte. */
    public int to() {
        return to;
    }

    /** How many bytes of the decompressed stream are consumed, this record and what ends it included. */
    public long position() {
        return base + nextFrom;
    }

    /** Whether the record was longer than a record may be, and is cut. */
    public boolean oversized() {
        return oversized;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private void skipByteOrderMark() throws IOException {
        while (limit < 3 && fill()) {
            // a stream may give its first bytes one by one
        }
        started = true;
        from = to = scanned = nextFrom = FormatDetector.byteOrderMark(buffer, limit);
    }

    private boolean lastWithoutEnd() {
        nextFrom = to = limit;
        if (framing == Framing.LINES && to > from && buffer[to - 1] == '\r') {
            to--;
        }
        return nextFrom > from;
    }

    /** Looks on from {@link #scanned}; when the record ends there, sets {@link #to} and {@link #nextFrom}. */
    private boolean findEnd() {
        return switch (framing) {
            case LINES -> findLineEnd();
            case OBJECTS -> findObjectEnd();
            case MESSAGES -> findMessageEnd();
        };
    }

    private boolean findLineEnd() {
        byte[] bytes = buffer;
        int end = limit;
        for (int i = scanned; i < end; i++) {
            if (bytes[i] == '\n') {
                nextFrom = i + 1;
                to = i > from && bytes[i - 1] == '\r' ? i - 1 : i;
                return true;
            }
        }
        scanned = end;
        return false;
    }

    private boolean findObjectEnd() {
        for (int i = scanned; i < limit; i++) {
            byte c = buffer[i];
            if (depth == 0) {
                if (inRubbish && (c == '\n' || c == '{')) {
                    nextFrom = to = i;
                    return true;
                }
                if (c == '{') {
                    from = i;
                    depth = 1;
                } else if (!inRubbish && isBetweenObjects(c)) {
                    from = i + 1;
                } else {
                    inRubbish = true; // delivered, so that it is counted
                }
            } else if (c == '\n') {
                // no JSON string holds a bare line end: one that was left open ends here, and spoils one object only
                inString = escaped = false;
            } else if (escaped) {
                escaped = false;
            } else if (inString) {
                escaped = c == '\\';
                inString = c != '"';
            } else if (c == '"') {
                inString = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                nextFrom = to = i + 1;
                return true;
            }
        }
        scanned = limit;
        return false;
    }

    private boolean findMessageEnd() {
        while (from < limit && buffer[from] == '\n') {
            from++;
        }
        scanned = limit;
        int end = MessageLength.endOfMessage(buffer, from, limit);
        if (end < 0 || end > limit) {
            return false;
        }
        nextFrom = to = end;
        return true;
    }

    private static boolean isBetweenObjects(byte c) {
        return c == '[' || c == ',' || c == ']' || FlowDraft.isWhiteSpace(c);
    }

    /** Keeps the record's beginning and drops the rest of it, chunk by chunk. */
    private void skipRest() throws IOException {
        oversized = true;
        int kept = from + DELIVERED_AT_MOST;
        boolean ended = false;
        while (!ended) {
            base += limit - kept;
            limit = scanned = kept;
            if (limit == buffer.length) {
                buffer = Arrays.copyOf(buffer, limit + CHUNK);
            }
            if (!read()) {
                nextFrom = limit;
                break;
            }
            ended = findEnd();
        }
        to = kept;
    }

    /** Reads more behind what is there, after making room. */
    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, limit - from);
            base += from;
            limit -= from;
            scanned -= from;
            from = nextFrom = to = 0;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(limit * 2, DELIVERED_AT_MOST + CHUNK));
        }
        return read();
    }

    private boolean read() throws IOException {
        int count = in.read(buffer, limit, buffer.length - limit);
        if (count < 0) {
            return false;
        }
        limit += count;
        return true;
    }
}
