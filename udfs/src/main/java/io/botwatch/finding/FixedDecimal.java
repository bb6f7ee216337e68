package io.botwatch.finding;

import java.util.Locale;

/**
 * Decimals as {@code String.format(Locale.ROOT, "%.1f", value)} writes them, without its cost: what a beacon looks like is said
 * anew with every window.
 */
public final class FixedDecimal {
    private static final int[] POWERS = {1, 10, 100, 1_000};
    private static final double MOST = 1e9;

    /** So close to a half, it takes all digits to say which way to round. */
    private static final double NEAR_HALF = 1e-5;

    private FixedDecimal() {}

    /** @param digits after the point, 0 to 3 */
    public static String of(double value, int digits) {
        double scaled = value * POWERS[digits];
        long whole = (long) scaled;
        double rest = scaled - whole;
        if (!(Double.compare(value, 0) >= 0 && scaled < MOST) || Math.abs(rest - 0.5) < NEAR_HALF) {
            return String.format(Locale.ROOT, "%." + digits + "f", value);
        }
        long rounded = rest > 0.5 ? whole + 1 : whole;
        if (digits == 0) {
            return Long.toString(rounded);
        }
        long ofOne = rounded % POWERS[digits] + POWERS[digits]; // with a digit before, so that zeros stay
        return rounded / POWERS[digits] + "." + Long.toString(ofOne).substring(1);
    }
}
