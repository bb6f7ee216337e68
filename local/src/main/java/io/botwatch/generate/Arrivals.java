package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** Flows that come independently of each other, at the rate of an {@link ArrivalClock}. */
abstract class Arrivals extends Actor {
    private final ArrivalClock clock;

    /** @param perDay flows on a working day of 24 h, on average */
    Arrivals(Dice dice, long startMs, long endMs, DayShape shape, double perDay) {
        super(dice);
        clock = new ArrivalClock(dice, endMs, shape, perDay);
        nextMs = clock.after(startMs);
    }

    @Override
    final void emit(Flow flow) {
        describe(flow);
        nextMs = clock.after(flow.startMs);
    }

    abstract void describe(Flow flow);
}
