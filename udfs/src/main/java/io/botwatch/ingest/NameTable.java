package io.botwatch.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names of JSON fields as strings, each made once. Records of one exporter have their fields in the same order, so the
 * name that followed last time is tried first.
 *
 * <p>It is of fixed size: a name that finds no place takes another's, so that names which a hostile feed makes up cost
 * memory for a moment only.
 */
final class NameTable {
    /** In bytes; longer ones are not for this table. */
    static final int LONGEST = 64;

    private static final int BITS = 10;
    private static final int MASK = (1 << BITS) - 1;
    private static final int PROBES = 4;

    /** Each with the quote behind it. */
    private final byte[][] texts = new byte[1 << BITS][];

    private final String[] names = new String[1 << BITS];

    /** Where the name lies that came after this one last time. */
    private final int[] followers = new int[1 << BITS];

    /** Where the name lies that was found last. */
    private int last;

    /**
     * Finds the name that begins at {@code from}, behind its opening quote.
     *
     * @return whether it is there and plain: up to {@value #LONGEST} printable ASCII characters without an escape
     */
    boolean find(byte[] bytes, int from, int to) {
        int place = followers[last];
        if (!isAt(place, bytes, from, to)) {
            place = lookUp(bytes, from, to);
            if (place < 0) {
                return false;
            }
            followers[last] = place;
        }
        last = place;
        return true;
    }

    /** The name that was found last. */
    String name() {
        return names[last];
    }

    /** The length of the name that was found last and of its closing quote, in bytes. */
    int length() {
        return texts[last].length;
    }

    private int lookUp(byte[] bytes, int from, int to) {
        int limit = Math.min(to, from + LONGEST + 1);
        int hash = 0;
        for (int i = from; i < limit; i++) {
            byte c = bytes[i];
            if (c == '"') {
                return placeOf(hash, bytes, from, i + 1);
            }
            if (c < ' ' || c == '\\') {
                break;
            }
            hash = 31 * hash + c;
        }
        return -1;
    }

    private int placeOf(int hash, byte[] bytes, int from, int to) {
        int home = hash * 0x9E3779B9 >>> 32 - BITS;
        for (int i = 0; i < PROBES; i++) {
            int place = home + i & MASK;
            if (texts[place] == null) {
                return put(place, bytes, from, to);
            }
            if (texts[place].length == to - from && isAt(place, bytes, from, to)) {
                return place;
            }
        }
        return put(home, bytes, from, to);
    }

    private int put(int place, byte[] bytes, int from, int to) {
        String name = new String(bytes, from, to - from - 1, StandardCharsets.US_ASCII);
        // The first are most likely the format's own, and then equal to those in the code at a glance. Names that are made up
        // without end do not get into the JVM's table.
        names[place] = texts[place] == null ? name.intern() : name;
        texts[place] = Arrays.copyOfRange(bytes, from, to);
        return place;
    }

    private boolean isAt(int place, byte[] bytes, int from, int to) {
        byte[] text = texts[place];
        if (text == null || text.length > to - from) {
            return false;
        }
        int i = 0;
        for (; text.length - i >= 8; i += 8) {
            if (EightBytes.at(text, i) != EightBytes.at(bytes, from + i)) {
                return false;
            }
        }
        for (; i < text.length; i++) {
            if (text[i] != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }
}
