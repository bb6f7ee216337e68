package io.botwatch.source;

import io.botwatch.ingest.Decoded;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * A bound on how far flows are out of order, told as event time advances rather than as the clock does: a replay that reads
 * hours between two ticks of the clock, and then ends, passes through the same watermarks as a live run.
 */
final class SteadyWatermarks implements WatermarkGenerator<Decoded> {
    /** Event time between two watermarks, ms; no rule decides on finer steps. */
    private static final long STEP_MS = 5_000;

    private final long maxOutOfOrdernessMs;
    private long latestMs = Long.MIN_VALUE;
    private long toldMs = Long.MIN_VALUE;

    SteadyWatermarks(long maxOutOfOrdernessMs) {
        this.maxOutOfOrdernessMs = maxOutOfOrdernessMs;
    }

    @Override
    public void onEvent(Decoded record, long eventMs, WatermarkOutput output) {
        if (!record.hasTime() || eventMs <= latestMs) {
            return;
        }
        latestMs = eventMs;
        if (toldMs == Long.MIN_VALUE || latestMs - toldMs >= STEP_MS) {
            tell(output);
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (latestMs != Long.MIN_VALUE && latestMs > toldMs) {
            tell(output);
        }
    }

    private void tell(WatermarkOutput output) {
        toldMs = latestMs;
        output.emitWatermark(new Watermark(latestMs - maxOutOfOrdernessMs - 1));
    }
}
