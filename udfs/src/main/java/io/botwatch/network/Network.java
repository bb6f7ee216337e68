package io.botwatch.network;

import io.botwatch.flow.Address;
import java.io.Serializable;

/**
 * A CIDR network. IPv4 prefixes are held as prefixes of the mapped space, so that {@code bits} is 0 to 128.
 *
 * @param hi high 64 bits of the first address
 * @param lo low 64 bits of the first address
 * @param bits prefix length in the 128-bit space
 */
public record Network(long hi, long lo, int bits) implements Serializable {

    /**
     * Parses {@code 10.0.0.0/8}, {@code fc00::/7} or a bare address (a network of one).
     *
     * @throws IllegalArgumentException naming the text, and the fault: not an address, a length out of range, host bits set
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        Address address = Address.parse((slash < 0 ? text : text.substring(0, slash)).trim());
        boolean v4 = Address.isV4(address.hi, address.lo);
        int width = v4 ? 32 : 128;
        int length = width;
        if (slash >= 0) {
            try {
                length = Integer.parseInt(text.substring(slash + 1).trim());
            } catch (NumberFormatException e) {
                length = -1;
            }
            if (length < 0 || length > width) {
                throw new IllegalArgumentException("prefix length of '" + text + "' is not 0 to " + width);
            }
        }
        int bits = v4 ? length + 96 : length;
        if ((address.hi & ~maskHi(bits)) != 0 || (address.lo & ~maskLo(bits)) != 0) {
            throw new IllegalArgumentException("'" + text + "' has host bits set; the network is "
                    + Address.format(address.hi & maskHi(bits), address.lo & maskLo(bits)) + "/" + length);
        }
        return new Network(address.hi, address.lo, bits);
    }

    /** The network of this prefix length (0 to 128, of the 128-bit space) that the address lies in. */
    public static Network of(Address address, int bits) {
        return new Network(address.hi & maskHi(bits), address.lo & maskLo(bits), bits);
    }

    public boolean contains(long hi, long lo) {
        return ((hi ^ this.hi) & maskHi(bits)) == 0 && ((lo ^ this.lo) & maskLo(bits)) == 0;
    }

    Address last() {
        return new Address(hi | ~maskHi(bits), lo | ~maskLo(bits));
    }

    private static long maskHi(int bits) {
        return bits >= 64 ? -1L : bits == 0 ? 0 : -1L << (64 - bits);
    }

    private static long maskLo(int bits) {
        return bits <= 64 ? 0 : bits == 128 ? -1L : -1L << (128 - bits);
    }

    @Override
    public String toString() {
        boolean v4 = bits >= 96 && Address.isV4(hi, lo);
        return Address.format(hi, lo) + "/" + (v4 ? bits - 96 : bits);
    }
}
