package io.botwatch.cadence;

/**
 * What makes a beacon of a cadence: C · (0.60 + 0.15·S + 0.10·P + 0.15·V), with the cadence C, the constancy of sizes S, the
 * presence P (active span over 6 hours, at most 1) and the rarity of the destination V. Cadence gates all: constant size or
 * long presence alone are nothing.
 */
public final class BeaconScore {
    /** A beacon is as present as can be when it has gone on for so long, ms. */
    public static final long PRESENT_MS = 6 * 3_600_000;

    private BeaconScore() {}

    /** The score of a destination that is not rare at all, 0 to 0.85. */
    public static double withoutRarity(double cadence, double sizeConstancy, long spanMs) {
        return cadence * (0.60 + 0.15 * sizeConstancy + 0.10 * Math.min(1, (double) spanMs / PRESENT_MS));
    }

    /** What a destination that is as rare as can be adds to it. */
    public static double rarityWeight(double cadence) {
        return 0.15 * cadence;
    }
}
