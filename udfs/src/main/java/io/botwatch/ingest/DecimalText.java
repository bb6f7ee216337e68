package io.botwatch.ingest;

import java.nio.charset.StandardCharsets;

/** Numbers as flow tools write them, read from ASCII bytes without allocation. */
final class DecimalText {
    /** What {@link #count} and {@link #unsigned16} return for text that is no such number. */
    static final long BAD = -1;

    /** What {@link #millis} returns for text that is no number: no duration or time comes near it. */
    static final long BAD_MILLIS = Long.MIN_VALUE;

    private static final long LARGEST_EXACT_DOUBLE = 1L << 53;

    /** No exporter writes a number of more characters. */
    private static final int LONGEST = 40;

    private DecimalText() {}

    /**
     * A counter: decimal digits, or a whole number in floating point notation, as stores that keep all numbers as
     * doubles write it back ({@code 1500.0}, {@code 1.5E3}).
     *
     * @return the count, 0 or more, or {@link #BAD}
     */
    static long count(byte[] text, int from, int to) {
        if (from >= to) {
            return BAD;
        }
        int length = to - from;
        if (length <= 8 && text.length - from >= 8) {
            long word = EightBytes.at(text, from);
            if (EightBytes.digits(word) >= length) {
                return EightBytes.number(word, length);
            }
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return wholeDouble(text, from, to);
            }
            if (isFull(value, digit)) {
                return BAD;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Whether there is no room for another digit. */
    private static boolean isFull(long value, int digit) {
        return value >= Long.MAX_VALUE / 10 && value > (Long.MAX_VALUE - digit) / 10;
    }

    private static long wholeDouble(byte[] text, int from, int to) {
        double value = floating(text, from, to);
        return value >= 0 && value <= LARGEST_EXACT_DOUBLE && value == Math.rint(value) ? (long) value : BAD;
    }

    /** A port or EtherType in decimal or {@code 0x} hexadecimal, 0 to 65535, or {@link #BAD}. */
    static int unsigned16(byte[] text, int from, int to) {
        int length = to - from;
        if (length > 2 && text[from] == '0' && (text[from + 1] | 0x20) == 'x') {
            return (int) hex(text, from + 2, to);
        }
        long value = count(text, from, to);
        return value > 0xFFFF ? (int) BAD : (int) value;
    }

    /** Hexadecimal digits worth at most 16 bits, or {@link #BAD}. */
    static long hex(byte[] text, int from, int to) {
        if (from >= to || to - from > LONGEST) {
            return BAD;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return BAD;
            }
            value = value << 4 | digit;
            if (value > 0xFFFF) {
                return BAD;
            }
        }
        return value;
    }

    /**
     * A decimal number of the unit, as milliseconds rounded down.
     *
     * @return milliseconds, or {@link #BAD_MILLIS} when it is no number or beyond 1e17 ms
     */
    static long millis(byte[] text, int from, int to, EpochUnit unit) {
        int i = from;
        boolean negative = i < to && text[i] == '-';
        if (negative) {
            i++;
        }
        int first = i;
        long whole = 0;
        while (to - i >= 8 && i - first <= 8) { // sixteen digits are no overflow
            long word = EightBytes.at(text, i);
            if (EightBytes.digits(word) < 8) {
                break;
            }
            whole = whole * 100_000_000 + EightBytes.number(word, 8);
            i += 8;
        }
        for (; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            if (isFull(whole, digit)) {
                return BAD_MILLIS;
            }
            whole = whole * 10 + digit;
        }
        if (i == first) {
            return BAD_MILLIS;
        }
        EpochUnit counted = unit == EpochUnit.GUESS ? EpochUnit.byMagnitude(whole) : unit;
        int shift = Math.max(0, counted.digitsToMillis);
        long millis = whole / counted.perMilli;
        // something below a millisecond was dropped: a negative number is then rounded down
        boolean lost = millis * counted.perMilli != whole;
        if (i < to) {
            if (text[i] != '.' || i + 1 == to) {
                return scientific(text, from, to, unit);
            }
            for (i++; i < to; i++) {
                int digit = text[i] - '0';
                if (digit < 0 || digit > 9) {
                    return scientific(text, from, to, unit);
                }
                if (shift > 0) {
                    if (millis > LARGEST_EXACT_DOUBLE) {
                        return BAD_MILLIS;
                    }
                    millis = millis * 10 + digit;
                    shift--;
                } else {
                    lost |= digit != 0;
                }
            }
        }
        for (; shift > 0; shift--) {
            if (millis > LARGEST_EXACT_DOUBLE) {
                return BAD_MILLIS;
            }
            millis *= 10;
        }
        if (millis > 100_000_000_000_000_000L) {
            return BAD_MILLIS;
        }
        return negative ? -millis - (lost ? 1 : 0) : millis;
    }

    /** Zeek writes short durations as {@code 9.5367431640625e-07}. */
    private static long scientific(byte[] text, int from, int to, EpochUnit unit) {
        double value = floating(text, from, to);
        EpochUnit counted = unit == EpochUnit.GUESS ? EpochUnit.byMagnitude((long) Math.abs(value)) : unit;
        double millis = Math.floor(value * Math.pow(10, counted.digitsToMillis));
        return Math.abs(millis) <= 1e17 ? (long) millis : BAD_MILLIS;
    }

    /** The number, or NaN. Java's own parser is asked only for what it and JSON agree on. */
    private static double floating(byte[] text, int from, int to) {
        if (from >= to || to - from > LONGEST) {
            return Double.NaN;
        }
        boolean digits = false;
        for (int i = from; i < to; i++) {
            byte c = text[i];
            boolean digit = c >= '0' && c <= '9';
            digits |= digit;
            if (!digit && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E') {
                return Double.NaN;
            }
        }
        if (!digits) {
            return Double.NaN;
        }
        try {
            return Double.parseDouble(new String(text, from, to - from, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
