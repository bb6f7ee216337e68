package io.botwatch.finding;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How much of a finding a line shows: characters of a text, elements of a list. */
record Room(int text, int measures, int notes, int samples, int techniques) {
    private static final int ALL = Integer.MAX_VALUE;

    /** Each next one is tried when a line gets too long; the last fits even when each character is escaped to 6 bytes. */
    static final List<Room> EACH = List.of(
            new Room(ALL, ALL, ALL, OcsfWriter.MAX_SAMPLES, ALL), new Room(1000, 50, 20, 0, 40), new Room(100, 16, 8, 0, 16));

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,14})(\\.\\d{1,15})?");

    /** Whether a measure's value is written as a number. */
    static boolean isNumber(String value) {
        return NUMBER.matcher(value).matches();
    }

    /** Well-formed UTF-16 of at most the room's characters: half of a surrogate pair becomes U+FFFD. */
    String cut(String whole) {
        int length = Math.min(whole.length(), text);
        if (length < whole.length() && Character.isHighSurrogate(whole.charAt(length - 1))) {
            length--;
        }
        StringBuilder repaired = null;
        for (int i = 0; i < length; i++) {
            char c = whole.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(whole.charAt(i + 1))) {
                i++;
            } else {
                repaired = repaired == null ? new StringBuilder(whole.substring(0, length)) : repaired;
                repaired.setCharAt(i, '\uFFFD');
            }
        }
        return repaired != null ? repaired.toString() : whole.substring(0, length);
    }

    static <T> List<T> head(List<T> list, int size) {
        return list == null ? List.of() : list.size() <= size ? list : new ArrayList<>(list.subList(0, size));
    }
}
