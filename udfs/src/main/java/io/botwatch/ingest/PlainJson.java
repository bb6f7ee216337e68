package io.botwatch.ingest;

import java.util.Arrays;

/**
 * The values of one JSON object, found by a single pass over its bytes that makes no garbage. It knows the plain part of
 * JSON, which is nearly all of what exporters write, and knows it strictly (RFC 8259): ASCII without escapes, short names
 * and numbers, no deep nesting, nothing before or after the object but white space. What is not plain may be good JSON, or
 * not; that is not judged here.
 */
final class PlainJson implements JsonCursor {
    /** No index: what is there is not plain. */
    private static final int NOT_PLAIN = -1;

    /** In bytes. It also bounds the values, of which there are fewer than bytes. */
    private static final int LONGEST_RECORD = 1 << 14;

    private static final int DEEPEST = 16;

    private static final byte STRING = 0;
    private static final byte NUMBER = 1;
    private static final byte BOOLEAN = 2;
    private static final byte NULL = 3;
    private static final byte OBJECT = 4;
    private static final byte ARRAY = 5;

    /** Behind the last value of an object or array. */
    private static final byte END = 6;

    private final NameTable table = new NameTable();

    // The values in the order of the text, each object and array followed by what is in it and an END.

    private byte[] kinds = new byte[64];

    /** Null for elements of arrays, and for an END. */
    private String[] names = new String[64];

    /** Index of a scalar's first byte. */
    private int[] starts = new int[64];

    /** Index after a scalar's last byte; of an object or array, where its END stands. */
    private int[] ends = new int[64];

    private int count;

    private byte[] bytes;
    private int limit;

    /** The value that the cursor stands on. */
    private int at;

    /** Whether that is an object or array which nobody entered. */
    private boolean unentered;

    /** Opens the object that the record is, and stands before its first field; false when it is not plain. */
    boolean open(byte[] record, int from, int to) {
        if (to - from > LONGEST_RECORD) {
            return false;
        }
        bytes = record;
        limit = to;
        count = 0;
        at = 0;
        unentered = false;
        int start = behindSpace(from);
        if (byteAt(start) != '{') {
            return false;
        }
        int end = object(null, start, 0);
        return end != NOT_PLAIN && behindSpace(end) == limit;
    }

    // Each of these gives the index after what it read, or NOT_PLAIN.

    private int object(String name, int from, int depth) {
        if (depth == DEEPEST) {
            return NOT_PLAIN;
        }
        int self = add(OBJECT, name, from, 0);
        int i = behindSpace(from + 1);
        if (byteAt(i) != '}') {
            while (true) {
                if (byteAt(i) != '"' || !table.find(bytes, i + 1, limit)) {
                    return NOT_PLAIN;
                }
                i = behindSpace(i + 1 + table.length());
                if (byteAt(i) != ':') {
                    return NOT_PLAIN;
                }
                i = value(table.name(), behindSpace(i + 1), depth);
                if (i == NOT_PLAIN) {
                    return NOT_PLAIN;
                }
                i = behindSpace(i);
                byte c = byteAt(i);
                if (c == '}') {
                    break;
                }
                if (c != ',') {
                    return NOT_PLAIN;
                }
                i = behindSpace(i + 1);
            }
        }
        return close(self, i);
    }

    private int array(String name, int from, int depth) {
        if (depth == DEEPEST) {
            return NOT_PLAIN;
        }
        int self = add(ARRAY, name, from, 0);
        int i = behindSpace(from + 1);
        if (byteAt(i) != ']') {
            while (true) {
                i = value(null, i, depth);
                if (i == NOT_PLAIN) {
                    return NOT_PLAIN;
                }
                i = behindSpace(i);
                byte c = byteAt(i);
                if (c == ']') {
                    break;
                }
                if (c != ',') {
                    return NOT_PLAIN;
                }
                i = behindSpace(i + 1);
            }
        }
        return close(self, i);
    }

    private int close(int container, int at) {
        int end = add(END, null, at, at); // which may replace the arrays
        ends[container] = end;
        return at + 1;
    }

    private int value(String name, int from, int depth) {
        return switch (byteAt(from)) {
            case '"' -> string(name, from + 1);
            case '{' -> object(name, from, depth + 1);
            case '[' -> array(name, from, depth + 1);
            case 't' -> word("true", BOOLEAN, name, from);
            case 'f' -> word("false", BOOLEAN, name, from);
            case 'n' -> word("null", NULL, name, from);
            default -> number(name, from);
        };
    }

    private int string(String name, int from) {
        byte[] text = bytes;
        int end = limit;
        int i = from;
        int plain = 8;
        while (plain == 8 && end - i >= 8) {
            plain = EightBytes.plain(EightBytes.at(text, i));
            i += plain;
        }
        // Negative bytes are beyond ASCII.
        while (i < end && text[i] >= ' ' && text[i] != '"' && text[i] != '\\') {
            i++;
        }
        if (byteAt(i) != '"') {
            return NOT_PLAIN;
        }
        add(STRING, name, from, i);
        return i + 1;
    }

    private int number(String name, int from) {
        int first = byteAt(from) == '-' ? from + 1 : from;
        int i = behindDigits(first);
        if (i == first || byteAt(first) == '0' && i > first + 1) {
            return NOT_PLAIN;
        }
        if (byteAt(i) == '.') {
            int fraction = i + 1;
            i = behindDigits(fraction);
            if (i == fraction) {
                return NOT_PLAIN;
            }
        }
        if ((byteAt(i) | 0x20) == 'e') {
            byte sign = byteAt(i + 1);
            int exponent = sign == '+' || sign == '-' ? i + 2 : i + 1;
            i = behindDigits(exponent);
            if (i == exponent) {
                return NOT_PLAIN;
            }
        }
        if (i - from > LONGEST) {
            return NOT_PLAIN;
        }
        add(NUMBER, name, from, i);
        return i;
    }

    private int word(String word, byte kind, String name, int from) {
        for (int i = 1; i < word.length(); i++) {
            if (byteAt(from + i) != word.charAt(i)) {
                return NOT_PLAIN;
            }
        }
        int end = from + word.length();
        add(kind, name, from, end);
        return end;
    }

    private int behindDigits(int from) {
        byte[] text = bytes;
        int end = limit;
        int i = from;
        while (end - i >= 8) {
            int digits = EightBytes.digits(EightBytes.at(text, i));
            i += digits;
            if (digits < 8) {
                return i;
            }
        }
        while (i < end && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }

    private int behindSpace(int from) {
        int i = from;
        while (byteAt(i) <= ' ' && FlowDraft.isWhiteSpace(byteAt(i))) {
            i++;
        }
        return i;
    }

    /** 0, which is never plain, where the record has ended. */
    private byte byteAt(int i) {
        return i < limit ? bytes[i] : 0;
    }

    /** @return where the value was put */
    private int add(byte kind, String name, int start, int end) {
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, 2 * count);
            names = Arrays.copyOf(names, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        kinds[count] = kind;
        names[count] = name;
        starts[count] = start;
        ends[count] = end;
        return count++;
    }

    @Override
    public String next() {
        step();
        return names[at];
    }

    @Override
    public boolean nextElement() {
        step();
        return kinds[at] != END;
    }

    /** To the next value, or END, if only the last one. */
    private void step() {
        int last = unentered ? ends[at] : at;
        at = Math.min(last + 1, count - 1);
        unentered = kinds[at] == OBJECT || kinds[at] == ARRAY;
    }

    @Override
    public boolean isScalar() {
        return kinds[at] <= BOOLEAN;
    }

    @Override
    public byte[] text() {
        return bytes;
    }

    @Override
    public int from() {
        return starts[at];
    }

    @Override
    public int to() {
        return Math.min(ends[at], starts[at] + LONGEST);
    }

    @Override
    public boolean enterObject() {
        return enter(OBJECT);
    }

    @Override
    public boolean enterArray() {
        return enter(ARRAY);
    }

    private boolean enter(byte kind) {
        if (kinds[at] != kind) {
            return false;
        }
        unentered = false;
        return true;
    }

    @Override
    public void end() {} // nothing follows, or it would not be plain
}
