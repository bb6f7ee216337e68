package io.botwatch.beacon;

import io.botwatch.cadence.Period;
import java.io.Serializable;

/**
 * How regular connections must be.
 *
 * @param minScore 0 to 1, at least
 * @param minPeriodMs period, ms, at least
 * @param maxPeriodMs period, ms, strictly less than: rules that share the periods among them do not report one beacon twice
 */
public record CadenceCondition(double minScore, long minPeriodMs, long maxPeriodMs) implements Serializable {
    boolean isFor(Period period) {
        return period.ms() >= minPeriodMs && period.ms() < maxPeriodMs;
    }
}
