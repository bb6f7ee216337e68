package io.botwatch.metric;

import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;

/** Reads what an operator under test has counted. */
public final class Counted {
    private Counted() {}

    /** The tally's accumulator; 0 when there is none of that name. */
    public static long by(AbstractStreamOperatorTestHarness<?> harness, String name) {
        Accumulator<?, ?> accumulator =
                harness.getEnvironment().getAccumulatorRegistry().getUserMap().get(name);
        return accumulator == null ? 0 : (Long) accumulator.getLocalValue();
    }
}
