package io.botwatch.flow;

/**
 * An IP address as 128 bits in two longs, IPv4 as IPv4-mapped IPv6 ({@code ::ffff:a.b.c.d}).
 *
 * <p>Hot paths carry the two longs themselves and use the static methods; an instance is a key or a value at the edges.
 */
public final class Address implements Comparable<Address> {
    private static final long V4_PREFIX = 0xFFFFL << 32;

    public final long hi;
    public final long lo;

    public Address(long hi, long lo) {
        this.hi = hi;
        this.lo = lo;
    }

    /** The low long of an IPv4 address given as an unsigned 32-bit value; its high long is 0. */
    public static long v4(int ipv4) {
        return V4_PREFIX | (ipv4 & 0xFFFFFFFFL);
    }

    public static boolean isV4(long hi, long lo) {
        return hi == 0 && (lo >>> 32) == 0xFFFFL;
    }

    /**
     * Parses dotted IPv4 or RFC 4291 IPv6 text, without brackets, zone or port.
     *
     * @throws IllegalArgumentException when the text is not an address
     */
    public static Address parse(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        AddressParser parser = new AddressParser();
        if (!parser.parse(bytes, 0, bytes.length)) {
            throw new IllegalArgumentException("not an IP address: '" + text + "'");
        }
        return new Address(parser.hi, parser.lo);
    }

    /** Dotted IPv4, or IPv6 in the canonical form of RFC 5952. */
    public static String format(long hi, long lo) {
        if (isV4(hi, lo)) {
            int v4 = (int) lo;
            return (v4 >>> 24) + "." + (v4 >>> 16 & 0xFF) + "." + (v4 >>> 8 & 0xFF) + "." + (v4 & 0xFF);
        }
        return formatV6(hi, lo);
    }

    private static String formatV6(long hi, long lo) {
        int longestFrom = -1;
        int longest = 1; // a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(hi, lo, i + run) == 0) {
                run++;
            }
            if (run > longest) {
                longest = run;
                longestFrom = i;
            }
            i += run;
        }
        StringBuilder out = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == longestFrom) {
                out.append("::");
                i += longest - 1;
            } else {
                if (i > 0 && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(group(hi, lo, i)));
            }
        }
        return out.toString();
    }

    private static int group(long hi, long lo, int i) {
        return (int) ((i < 4 ? hi >>> (48 - 16 * i) : lo >>> (48 - 16 * (i - 4))) & 0xFFFF);
    }

    /** Mixes 64 bits so that every input bit reaches every output bit (the finaliser of SplitMix64, Steele et al. 2014). */
    public static long mix(long x) {
        x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }

    public static int compare(long hiA, long loA, long hiB, long loB) {
        int byHigh = Long.compareUnsigned(hiA, hiB);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(loA, loB);
    }

    @Override
    public int compareTo(Address other) {
        return compare(hi, lo, other.hi, other.lo);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that && hi == that.hi && lo == that.lo;
    }

    /** Stable across JVMs and releases: Flink assigns key groups by it. */
    @Override
    public int hashCode() {
        return (int) mix(mix(hi) + lo);
    }

    @Override
    public String toString() {
        return format(hi, lo);
    }
}
