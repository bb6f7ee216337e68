package io.botwatch.ingest;

import io.botwatch.ingest.UndecodableException.Reason;

/**
 * Walks the fields of one protobuf message where it lies, without a schema: what is not asked for is skipped, and every
 * length is checked against the message's end. Groups, which protobuf 3 does not have, are refused.
 */
final class ProtobufFields {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED_32 = 5;

    private static final int LONGEST_VARINT = 10;
    private static final long LARGEST_TAG = 0xFFFF_FFFFL;

    private byte[] bytes;
    private int end;

    /** Where the next field starts. */
    private int at;

    private int number;
    private int wireType;
    private long varint;
    private int from;
    private int to;

    void open(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    /** The next field's number, from 1; 0 at the end of the message. */
    int next() throws UndecodableException {
        if (at == end) {
            return 0;
        }
        long tag = readVarint();
        number = (int) (tag >>> 3);
        wireType = (int) tag & 7;
        if (tag < 0 || tag > LARGEST_TAG || number == 0) {
            throw malformed("a field number out of range");
        }
        switch (wireType) {
            case VARINT -> varint = readVarint();
            case FIXED_64 -> skip(8);
            case FIXED_32 -> skip(4);
            case LENGTH_DELIMITED -> {
                long length = readVarint();
                if (length < 0 || length > end - at) {
                    throw malformed("field " + number + " is longer than the message");
                }
                from = at;
                skip((int) length);
                to = at;
            }
            default -> throw malformed("field " + number + " is of wire type " + wireType);
        }
        return number;
    }

    /** The field's value, as 64 bits that may be unsigned. */
    long varint() throws UndecodableException {
        require(VARINT);
        return varint;
    }

    /** Index of the first of the field's bytes, up to {@link #to}. */
    int from() throws UndecodableException {
        require(LENGTH_DELIMITED);
        return from;
    }

    /** Index after the last of the field's bytes. */
    int to() throws UndecodableException {
        require(LENGTH_DELIMITED);
        return to;
    }

    private void require(int expected) throws UndecodableException {
        if (wireType != expected) {
            throw malformed("field " + number + " is of wire type " + wireType + ", not " + expected);
        }
    }

    private void skip(int count) throws UndecodableException {
        if (count > end - at) {
            throw malformed("the message ends within field " + number);
        }
        at += count;
    }

    private long readVarint() throws UndecodableException {
        long value = 0;
        for (int i = 0; i < LONGEST_VARINT; i++) {
            if (at == end) {
                throw malformed("the message ends within a number");
            }
            byte b = bytes[at++];
            if (i == LONGEST_VARINT - 1 && (b & 0xFF) > 1) {
                break;
            }
            value |= (long) (b & 0x7F) << 7 * i;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed("a number of more than 64 bits");
    }

    private static UndecodableException malformed(String detail) {
        return new UndecodableException(Reason.MALFORMED, "no protobuf message: " + detail);
    }
}
