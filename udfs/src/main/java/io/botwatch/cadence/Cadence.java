package io.botwatch.cadence;

/**
 * What the intervals of one connection tuple say of its regularity.
 *
 * @param score 0 to 1; 0 where no window of intervals is too full for chance
 * @param fromMs shortest interval of the winning window, ms; 0 where there is none
 * @param toMs above its longest interval, ms; 0 where there is none
 * @param missedShare share of check-ins that should have come in between, and did not, 0 to 1
 * @param intervals how many intervals were looked at
 * @param evidence against chance, nats
 * @param burstCutMs intervals up to this length were taken for several connections of one check-in, ms
 * @param interleaved whether it shows only when connections between the beats are left out
 */
public record Cadence(
        double score, double fromMs, double toMs, double missedShare, int intervals, double evidence, long burstCutMs,
        boolean interleaved) {
    static final Cadence NONE = new Cadence(0, 0, 0, 0, 0, 0, 0, false);
}
