package io.botwatch.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fields of one line of delimited text as ranges of its bytes, without the blanks around them. Reusable. */
final class DelimitedRow {
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private byte[] bytes;
    private int count;

    /**
     * Splits {@code bytes[from, to)}.
     *
     * @param limit how many fields are wanted; the rest of the line, which may hold anything, is not looked at
     */
    void split(byte[] bytes, int from, int to, byte delimiter, int limit) {
        this.bytes = bytes;
        count = 0;
        int start = from;
        for (int i = from; i < to; i++) {
            if (bytes[i] == delimiter) {
                add(start, i);
                start = i + 1;
                if (count == limit) {
                    return;
                }
            }
        }
        add(start, to);
    }

    private void add(int start, int end) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        while (start < end && isBlank(bytes[start])) {
            start++;
        }
        while (end > start && isBlank(bytes[end - 1])) {
            end--;
        }
        starts[count] = start;
        ends[count++] = end;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\r';
    }

    byte[] bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    /** Where the field starts; a field that the line does not have is empty. */
    int from(int column) {
        return column >= 0 && column < count ? starts[column] : 0;
    }

    int to(int column) {
        return column >= 0 && column < count ? ends[column] : 0;
    }

    /** Whether the line has the column and something in it. */
    boolean has(int column) {
        return column >= 0 && column < count && ends[column] > starts[column];
    }

    /** Whether the field is this ASCII text, in any case. */
    boolean is(int column, String text) {
        if (column < 0 || column >= count || ends[column] - starts[column] != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            int c = bytes[starts[column] + i];
            int expected = text.charAt(i);
            if (c != expected && (Character.toLowerCase(c) != Character.toLowerCase(expected))) {
                return false;
            }
        }
        return true;
    }

    /** The column with this name, or -1. */
    int indexOf(String name) {
        for (int column = 0; column < count; column++) {
            if (is(column, name)) {
                return column;
            }
        }
        return -1;
    }

    String text(int column) {
        return new String(bytes, from(column), to(column) - from(column), StandardCharsets.ISO_8859_1);
    }
}
