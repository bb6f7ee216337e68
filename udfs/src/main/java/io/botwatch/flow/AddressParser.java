package io.botwatch.flow;

/** Parses address text straight from bytes into two longs, without allocation. Reusable, not thread-safe. */
public final class AddressParser {
    /** The high 64 bits of the last address parsed; 0 for IPv4. */
    public long hi;

    /** The low 64 bits of the last address parsed; {@code 0000ffff} and 32 bits for IPv4. */
    public long lo;

    private final int[] groups = new int[8];

    /**
     * Parses {@code text[from, to)} as dotted IPv4 or RFC 4291 IPv6 (also with an embedded IPv4 tail).
     *
     * @return whether it is an address; {@link #hi} and {@link #lo} hold it only then
     */
    public boolean parse(byte[] text, int from, int to) {
        int length = to - from;
        if (length < 2 || length > 45) {
            return false;
        }
        for (int i = from; i < to && i < from + 5; i++) {
            if (text[i] == ':') {
                return parseV6(text, from, to);
            }
        }
        return parseV4(text, from, to);
    }

    private boolean parseV4(byte[] text, int from, int to) {
        long v4 = dotted(text, from, to);
        if (v4 < 0) {
            return false;
        }
        hi = 0;
        lo = Address.v4((int) v4);
        return true;
    }

    /** The address as an unsigned 32-bit value, or -1. */
    private static long dotted(byte[] text, int from, int to) {
        long address = 0;
        int octet = 0;
        int digits = 0;
        int dots = 0;
        for (int i = from; i < to; i++) {
            byte c = text[i];
            if (c >= '0' && c <= '9') {
                octet = octet * 10 + (c - '0');
                if (++digits > 3 || octet > 255) {
                    return -1;
                }
            } else if (c == '.' && digits > 0 && dots < 3) {
                address = address << 8 | octet;
                octet = 0;
                digits = 0;
                dots++;
            } else {
                return -1;
            }
        }
        return dots == 3 && digits > 0 ? address << 8 | octet : -1;
    }

    private boolean parseV6(byte[] text, int from, int to) {
        int count = 0;
        int gapAt = -1;
        int i = from;
        if (text[i] == ':') {
            if (to - from < 2 || text[i + 1] != ':') {
                return false;
            }
            gapAt = 0;
            i += 2;
        }
        while (i < to) {
            int end = i;
            while (end < to && text[end] != ':' && text[end] != '.') {
                end++;
            }
            if (end < to && text[end] == '.') {
                long v4 = dotted(text, i, to);
                if (v4 < 0 || count > 6) {
                    return false;
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) (v4 & 0xFFFF);
                i = to;
                break;
            }
            int group = hex(text, i, end);
            if (group < 0 || count == 8) {
                return false;
            }
            groups[count++] = group;
            if (end == to) {
                i = to;
                break;
            }
            i = end + 1;
            if (i == to) {
                return false; // a single trailing colon
            }
            if (text[i] == ':') {
                if (gapAt >= 0) {
                    return false;
                }
                gapAt = count;
                i++;
            }
        }
        if (gapAt < 0 ? count != 8 : count > 7) {
            return false;
        }
        long high = 0;
        long low = 0;
        int zeros = 8 - count;
        for (int g = 0; g < 8; g++) {
            int value;
            if (gapAt < 0 || g < gapAt) {
                value = groups[g];
            } else if (g < gapAt + zeros) {
                value = 0;
            } else {
                value = groups[g - zeros];
            }
            if (g < 4) {
                high = high << 16 | value;
            } else {
                low = low << 16 | value;
            }
        }
        hi = high;
        lo = low;
        return true;
    }

    private static int hex(byte[] text, int from, int to) {
        if (to - from < 1 || to - from > 4) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
