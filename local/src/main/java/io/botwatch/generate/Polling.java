package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** Flows at a cadence: clients that poll a service, and bots that call home. */
abstract class Polling extends Actor {
    private final Cadence cadence;
    private final long endMs;

    /**
     * When check-ins happen.
     *
     * @param periodMs from one check-in to the next
     * @param jitter each interval is uniform in period × [1 − jitter, 1 + jitter]; 0 for a fixed clock
     * @param missed probability that a check-in does not happen, while the clock goes on
     * @param activeFromMs ms of the UTC day from which it is awake
     * @param activeToMs ms of the UTC day until which it is awake, exclusive
     * @param weekends whether it is awake on Saturday and Sunday
     */
    record Cadence(long periodMs, double jitter, double missed, long activeFromMs, long activeToMs, boolean weekends) {
        static Cadence fixed(long periodMs) {
            return new Cadence(periodMs, 0, 0, 0, DayShape.DAY_MS, true);
        }

        Cadence jittered(double newJitter) {
            return new Cadence(periodMs, newJitter, missed, activeFromMs, activeToMs, weekends);
        }

        Cadence missing(double newMissed) {
            return new Cadence(periodMs, jitter, newMissed, activeFromMs, activeToMs, weekends);
        }

        Cadence awake(long fromMs, long toMs, boolean onWeekends) {
            return new Cadence(periodMs, jitter, missed, fromMs, toMs, onWeekends);
        }

        private boolean isAwake(long epochMs) {
            long inDay = Math.floorMod(epochMs, DayShape.DAY_MS);
            return inDay >= activeFromMs && inDay < activeToMs && (weekends || !DayShape.isWeekend(epochMs));
        }
    }

    Polling(Dice dice, long firstMs, long endMs, Cadence cadence) {
        super(dice);
        this.cadence = cadence;
        this.endMs = endMs;
        nextMs = checkInFrom(firstMs);
    }

    private long checkInFrom(long candidateMs) {
        long at = candidateMs;
        while (at < endMs) {
            if (cadence.isAwake(at) && !(cadence.missed > 0 && dice.chance(cadence.missed))) {
                return at;
            }
            at += interval();
        }
        return NEVER;
    }

    private long interval() {
        double jitter = cadence.jitter;
        return jitter == 0
                ? cadence.periodMs
                : Math.round(cadence.periodMs * dice.between(1 - jitter, 1 + jitter));
    }

    @Override
    final void emit(Flow flow) {
        describe(flow);
        nextMs = checkInFrom(flow.startMs + interval());
    }

    abstract void describe(Flow flow);
}
