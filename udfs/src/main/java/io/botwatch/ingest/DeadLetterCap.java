package io.botwatch.ingest;

import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.metric.Tally;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets so many dead letters of a reason pass and counts the others, so that a flood of garbage fills neither topic nor disk.
 * It goes by the clock: which letters pass is no part of any finding.
 */
public final class DeadLetterCap extends ProcessFunction<DeadLetter, DeadLetter> {
    private static final long MINUTE_MS = 60_000;

    private final int limit;
    private final long periodMs;

    private transient int[] passed;
    private transient long period;
    private transient Tally suppressed;

    private DeadLetterCap(int limit, long periodMs) {
        this.limit = limit;
        this.periodMs = periodMs;
    }

    /** At most so many of a reason in each minute of the clock, from each subtask; 0 for none. */
    public static DeadLetterCap perMinute(int limit) {
        return new DeadLetterCap(limit, MINUTE_MS);
    }

    /** At most so many of a reason, from each subtask, as long as it runs; 0 for none. */
    public static DeadLetterCap inTotal(int limit) {
        return new DeadLetterCap(limit, Long.MAX_VALUE);
    }

    @Override
    public void open(OpenContext context) {
        passed = new int[Reason.values().length];
        suppressed = Tally.of(getRuntimeContext(), Tally.SUPPRESSED);
    }

    @Override
    public void processElement(DeadLetter letter, Context context, Collector<DeadLetter> out) {
        long now = context.timerService().currentProcessingTime() / periodMs;
        if (now != period) {
            period = now;
            passed = new int[passed.length];
        }
        if (passed[letter.reason().ordinal()] < limit) {
            passed[letter.reason().ordinal()]++;
            out.collect(letter);
        } else {
            suppressed.increment();
        }
    }
}
