package io.botwatch.beacon;

import io.botwatch.cadence.Cadence;
import io.botwatch.cadence.Period;

/**
 * How regular a window's check-ins are.
 *
 * @param sizeConstancy largest share of check-ins of one size, 0 to 1
 * @param score what is known of it without its destination, 0 to 1
 * @param rarityWeight how much a destination that nobody else talks to adds to the score
 */
record Regularity(Cadence cadence, Period period, double sizeConstancy, double score, double rarityWeight) {}
