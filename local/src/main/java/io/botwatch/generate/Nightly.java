package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** A batch job: so many flows, spread over a while, from the same time of every day. */
abstract class Nightly extends Actor {
    private final long endMs;
    private final int flows;
    private final double meanGapMs;
    private final long offsetMs;
    private long midnightMs;
    private int index;

    /**
     * @param firstMidnightMs epoch ms
     * @param endMs no flow at or after this, epoch ms
     * @param offsetMs from midnight to the first flow
     * @param flows a night
     * @param spanMs from the first flow to the last, on average
     */
    Nightly(Dice dice, long firstMidnightMs, long endMs, long offsetMs, int flows, long spanMs) {
        super(dice);
        this.endMs = endMs;
        midnightMs = firstMidnightMs;
        this.offsetMs = offsetMs;
        this.flows = flows;
        meanGapMs = (double) spanMs / flows;
        nextMs = firstMidnightMs + offsetMs < endMs ? firstMidnightMs + offsetMs : NEVER;
    }

    @Override
    final void emit(Flow flow) {
        describe(flow, index);
        index++;
        if (index < flows) {
            nextMs = flow.startMs + Math.round(dice.exponential(meanGapMs));
        } else {
            index = 0;
            midnightMs += DayShape.DAY_MS;
            nextMs = Math.max(flow.startMs, midnightMs + offsetMs);
        }
        if (nextMs >= endMs) {
            nextMs = NEVER;
        }
    }

    /** @param index of the flow in its night, from 0 */
    abstract void describe(Flow flow, int index);
}
