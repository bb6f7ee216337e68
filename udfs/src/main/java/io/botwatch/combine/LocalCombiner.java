package io.botwatch.combine;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * The first of two phases: sums records into partials before the shuffle, so that an attack on one key leaves here as one
 * partial a flush instead of one record a flow.
 *
 * <p>It has no state of its own: everything leaves before a checkpoint barrier, before the watermark that would make it
 * late, and before idleness. When partials leave never changes what they sum to. Only the second phase decides lateness:
 * a record that is late here may not be late there, so it is passed on as a partial of one.
 */
public final class LocalCombiner<IN, P> extends AbstractStreamOperator<P>
        implements OneInputStreamOperator<IN, P>, ProcessingTimeCallback {
    private static final int MAX_PARTIALS = 20_000;
    private static final int MAX_VALUES = 200_000;

    private final Combining<IN, P> combining;
    private final long flushIntervalMs;

    private transient Map<P, P> partials;
    private transient StreamRecord<P> emitted;
    private transient long watermarkMs;
    private transient int values;

    /** No partial's bucket ends earlier, epoch ms. */
    private transient long earliestEndMs;

    /** @param flushIntervalMs longest wait of a partial, ms of processing time; 0 waits for the watermark */
    public LocalCombiner(Combining<IN, P> combining, long flushIntervalMs) {
        this.combining = combining;
        this.flushIntervalMs = flushIntervalMs;
    }

    @Override
    public void open() throws Exception {
        super.open();
        partials = new HashMap<>();
        emitted = new StreamRecord<>(null);
        watermarkMs = Long.MIN_VALUE;
        earliestEndMs = Long.MAX_VALUE;
        scheduleFlush();
    }

    @Override
    public void processElement(StreamRecord<IN> element) {
        IN record = element.getValue();
        if (!combining.wants(record)) {
            return;
        }
        P probe = combining.probe(record);
        if (combining.bucketEndMs(probe) - 1 <= watermarkMs) {
            P single = combining.start(probe);
            combining.add(single, record);
            emit(single);
            return;
        }
        P partial = partials.get(probe);
        if (partial == null) {
            if (partials.size() >= MAX_PARTIALS || values >= MAX_VALUES) {
                flush();
            }
            partial = combining.start(probe);
            partials.put(partial, partial);
            earliestEndMs = Math.min(earliestEndMs, combining.bucketEndMs(partial));
        }
        int before = combining.size(partial);
        combining.add(partial, record);
        values += combining.size(partial) - before;
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMs = mark.getTimestamp();
        // Buckets are long, watermarks many: most of them end none.
        if (earliestEndMs - 1 <= watermarkMs) {
            emitEnded();
        }
        super.processWatermark(mark);
    }

    private void emitEnded() {
        earliestEndMs = Long.MAX_VALUE;
        Iterator<P> each = partials.values().iterator();
        while (each.hasNext()) {
            P partial = each.next();
            long endMs = combining.bucketEndMs(partial);
            if (endMs - 1 <= watermarkMs) {
                each.remove();
                values -= combining.size(partial);
                emit(partial);
            } else {
                earliestEndMs = Math.min(earliestEndMs, endMs);
            }
        }
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        flush();
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush();
    }

    @Override
    public void finish() throws Exception {
        flush();
        super.finish();
    }

    @Override
    public void onProcessingTime(long timestamp) {
        flush();
        scheduleFlush();
    }

    private void scheduleFlush() {
        if (flushIntervalMs == 0) {
            return;
        }
        getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime() + flushIntervalMs, this);
    }

    private void flush() {
        partials.values().forEach(this::emit);
        partials.clear();
        values = 0;
        earliestEndMs = Long.MAX_VALUE;
    }

    private void emit(P partial) {
        output.collect(emitted.replace(partial, combining.bucketEndMs(partial) - 1));
    }
}
