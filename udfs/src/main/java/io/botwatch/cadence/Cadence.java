package io.botwatch.cadence;

/**
 * What the intervals of one connection tuple say of its regularity.
 *
 * @param score 0 to 1; 0 where no window of intervals is too full for chance
 * @param periodMs median of the intervals in the winning window, ms, to 2 %; -1 where there is none
 * @param jitter half the window's width as a share of its middle, 0 to 1; NaN where there is none
 * @param missedShare share of check-ins that should have come in between, and did not, 0 to 1
 * @param intervals how many intervals were looked at
 * @param evidence against chance, nats
 * @param burstCutMs intervals up to this length were taken for several connections of one check-in, ms
 */
public record Cadence(
        double score, double periodMs, double jitter, double missedShare, int intervals, double evidence, long burstCutMs) {
    static final Cadence NONE = new Cadence(0, -1, Double.NaN, 0, 0, 0, 0);
}
