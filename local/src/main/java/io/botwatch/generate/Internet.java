package io.botwatch.generate;

import io.botwatch.flow.Address;

/**
 * The outside: web sites of unequal popularity, and addresses drawn at random.
 *
 * <p>Addresses are random picks from unicast space that is not reserved; whoever holds them in life has no part in it.
 */
final class Internet {
    private static final int SITES = 2_000;
    private static final double ZIPF_EXPONENT = 0.95;
    private static final int[] FIRST_OCTETS = {
        5, 13, 18, 20, 23, 31, 34, 35, 37, 40, 44, 45, 46, 50, 52, 54, 62, 64, 65, 66, 69, 72, 74, 77, 78, 79, 80, 81, 82,
        83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 104, 107, 108, 109, 138, 141, 142, 144, 146, 149, 151, 152,
        155, 157, 159, 162, 165, 167, 168, 173, 176, 178, 184, 185, 188, 193, 194, 195, 199, 204, 205, 206, 207, 208, 209,
        212, 213, 216, 217
    };

    private final Address[] v4 = new Address[SITES];
    private final Address[] v6 = new Address[SITES];
    private final boolean[] plain = new boolean[SITES];
    private final double[] cumulative = new double[SITES];

    Internet(long seed) {
        Dice dice = new Dice(seed, "internet");
        double sum = 0;
        for (int i = 0; i < SITES; i++) {
            v4[i] = address(dice);
            v6[i] = dice.chance(0.35) ? addressV6(dice) : null;
            plain[i] = dice.chance(0.06);
            sum += StrictMath.pow(i + 1, -ZIPF_EXPONENT);
            cumulative[i] = sum;
        }
        for (int i = 0; i < SITES; i++) {
            cumulative[i] /= sum;
        }
    }

    /** Some external IPv4 address. */
    static Address address(Dice dice) {
        return address(dice.bits());
    }

    /** The external IPv4 address that these bits stand for. */
    static Address address(long bits) {
        int first = FIRST_OCTETS[(int) Long.remainderUnsigned(bits >>> 32, FIRST_OCTETS.length)];
        int last = 1 + (int) ((bits & 0xFF) % 254);
        return new Address(0, Address.v4(first << 24 | ((int) bits & 0xFFFF00) | last));
    }

    private static Address addressV6(Dice dice) {
        long prefix = dice.oneOf(0x2600_1f18, 0x2a00_1450, 0x2a04_4e42, 0x2606_4700) & 0xFFFFFFFFL;
        return new Address(prefix << 32 | dice.between(0, 0xFFFF), dice.between(1, 0xFFFF));
    }

    /** A site, popular ones more often. */
    int site(Dice dice) {
        double u = dice.unit();
        int low = 0;
        int high = SITES - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] <= u) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    Address v4(int site) {
        return v4[site];
    }

    /** Null when the site has no IPv6. */
    Address v6(int site) {
        return v6[site];
    }

    /** 443, or 80 for the few that never moved. */
    int port(int site) {
        return plain[site] ? 80 : 443;
    }
}
