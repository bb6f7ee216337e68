package io.botwatch.ingest;

/** The length in front of a protobuf message: seven bits a byte, the lowest first. */
final class MessageLength {
    /** The bytes end before the length does. */
    static final int CUT = -1;

    /** No length of a record: it is 0, or the record would be too large. */
    static final int NONE = -2;

    /** Enough for {@link FlowDecoder#MAX_RECORD_BYTES}. */
    private static final int LONGEST = 3;

    private MessageLength() {}

    /** The index after the message whose length is at {@code from}, which may be beyond {@code to}; or CUT or NONE. */
    static int endOfMessage(byte[] bytes, int from, int to) {
        int length = 0;
        for (int i = 0; i < LONGEST; i++) {
            if (from + i == to) {
                return CUT;
            }
            byte b = bytes[from + i];
            length |= (b & 0x7F) << 7 * i;
            if (b >= 0) {
                int size = i + 1 + length;
                return length > 0 && size <= FlowDecoder.MAX_RECORD_BYTES ? from + size : NONE;
            }
        }
        return NONE;
    }

    /** The index after the length that is at {@code from}. */
    static int endOfLength(byte[] bytes, int from) {
        int last = from;
        while (bytes[last] < 0) {
            last++;
        }
        return last + 1;
    }
}
