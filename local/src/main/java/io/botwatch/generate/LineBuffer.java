package io.botwatch.generate;

import io.botwatch.flow.Address;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Growing bytes that a {@link FlowWriter} fills and its caller clears: no string is made on the way. Text is ASCII only. */
public final class LineBuffer {
    private static final int LONGEST_NUMBER = 20;
    private static final int LONGEST_VARINT = 10;

    private byte[] bytes = new byte[512];
    private int length;

    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    /** The bytes themselves, of which the first {@link #length} count; another array after the buffer has grown. */
    public byte[] array() {
        return bytes;
    }

    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
    }

    public LineBuffer append(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    public LineBuffer append(String ascii) {
        int count = ascii.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) ascii.charAt(i);
        }
        length += count;
        return this;
    }

    public LineBuffer append(byte[] ascii) {
        reserve(ascii.length);
        System.arraycopy(ascii, 0, bytes, length, ascii.length);
        length += ascii.length;
        return this;
    }

    public LineBuffer append(LineBuffer other) {
        reserve(other.length);
        System.arraycopy(other.bytes, 0, bytes, length, other.length);
        length += other.length;
        return this;
    }

    /** A number as protobuf has it: seven bits a byte, the lowest first; negative ones as unsigned. */
    public LineBuffer varint(long value) {
        reserve(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** The lowest {@code count} bytes of a value, in network byte order. */
    public LineBuffer bigEndian(long value, int count) {
        reserve(count);
        for (int i = count - 1; i >= 0; i--) {
            bytes[length++] = (byte) (value >>> 8 * i);
        }
        return this;
    }

    public LineBuffer append(long value) {
        reserve(LONGEST_NUMBER);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                return append("-9223372036854775808");
            }
            bytes[length++] = '-';
            value = -value;
        }
        int digits = 1;
        for (long rest = value / 10; rest > 0; rest /= 10) {
            digits++;
        }
        return digits(value, digits);
    }

    /** The last {@code count} decimal digits of a value that is not negative, with leading zeros. */
    public LineBuffer digits(long value, int count) {
        reserve(count);
        for (int i = length + count - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        length += count;
        return this;
    }

    public LineBuffer address(long hi, long lo) {
        if (!Address.isV4(hi, lo)) {
            return append(Address.format(hi, lo));
        }
        int v4 = (int) lo;
        return append((long) (v4 >>> 24))
                .append('.')
                .append((long) (v4 >>> 16 & 0xFF))
                .append('.')
                .append((long) (v4 >>> 8 & 0xFF))
                .append('.')
                .append((long) (v4 & 0xFF));
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
