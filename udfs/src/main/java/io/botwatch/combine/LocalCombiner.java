package io.botwatch.combine;

import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RuleChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * The first of two phases: sums records into partials before the shuffle, so that an attack on one key leaves here as one
 * partial a flush instead of one record a flow. One combiner serves all rules of a type.
 *
 * <p>It has no state of its own: everything leaves before a checkpoint barrier, before the watermark that would make it
 * late, and before idleness. When partials leave never changes what they sum to. Only the second phase decides lateness:
 * a record that is late here may not be late there, so it is passed on as a partial of one.
 */
public final class LocalCombiner<IN, P> extends AbstractStreamOperator<P>
        implements OneInputStreamOperator<IN, P>, ProcessingTimeCallback {
    private static final int MAX_PARTIALS = 20_000;
    private static final int MAX_VALUES = 200_000;

    /** Null where no change of the rules matters. */
    private final RuleTimeline start;

    private final Combinings<IN, P> combinings;

    /** Null where no change of the rules matters. */
    private final CarrierSerializer<?> partials;

    private final long flushIntervalMs;

    private transient LiveRules<List<Bin>> rules;

    /** Of all rules of all times. */
    private transient List<Bin> bins;

    private transient StreamRecord<P> emitted;
    private transient long watermarkMs;

    /** Over all bins. */
    private transient int held;

    private transient int values;

    /** What one rule's records are summed in. */
    private final class Bin {
        final Combining<IN, P> combining;
        final Map<P, P> partials = new HashMap<>();

        /** No partial's bucket ends earlier, epoch ms. */
        long earliestEndMs = Long.MAX_VALUE;

        Bin(Combining<IN, P> combining) {
            this.combining = combining;
        }

        void add(IN record) {
            P probe = combining.probe(record);
            if (combining.bucketEndMs(probe) - 1 <= watermarkMs) {
                P single = combining.start(probe);
                combining.add(single, record);
                emit(single);
                return;
            }
            P partial = partials.get(probe);
            if (partial == null) {
                if (held >= MAX_PARTIALS || values >= MAX_VALUES) {
                    flush(false);
                }
                partial = combining.start(probe);
                partials.put(partial, partial);
                held++;
                earliestEndMs = Math.min(earliestEndMs, combining.bucketEndMs(partial));
            }
            int before = combining.size(partial);
            combining.add(partial, record);
            values += combining.size(partial) - before;
        }

        void emitEnded() {
            earliestEndMs = Long.MAX_VALUE;
            Iterator<P> each = partials.values().iterator();
            while (each.hasNext()) {
                P partial = each.next();
                long endMs = combining.bucketEndMs(partial);
                if (endMs - 1 <= watermarkMs) {
                    each.remove();
                    held--;
                    values -= combining.size(partial);
                    emit(partial);
                } else {
                    earliestEndMs = Math.min(earliestEndMs, endMs);
                }
            }
        }

        void emitAll() {
            for (P partial : partials.values()) {
                values -= combining.size(partial);
                emit(partial);
            }
            held -= partials.size();
            partials.clear();
            earliestEndMs = Long.MAX_VALUE;
        }

        private void emit(P partial) {
            output.collect(emitted.replace(partial, combining.bucketEndMs(partial) - 1));
        }
    }

    /**
     * For rules that may change: a record is combined by those in force when it began.
     *
     * @param partials how a change goes on among the partials; of {@code P}, which is a carrier of changes
     * @param flushIntervalMs longest wait of an urgent partial, ms of processing time; others wait for the watermark
     */
    public LocalCombiner(
            RuleTimeline start, Combinings<IN, P> combinings, CarrierSerializer<?> partials, long flushIntervalMs) {
        this.start = start;
        this.combinings = combinings;
        this.partials = partials;
        this.flushIntervalMs = flushIntervalMs;
    }

    /** For what no change of the rules matters to, and that has no use for partials before their bucket has ended. */
    public LocalCombiner(Combining<IN, P> combining) {
        this(combining, 0);
    }

    /** For what no change of the rules matters to. */
    public LocalCombiner(Combining<IN, P> combining, long flushIntervalMs) {
        this(null, rules -> List.of(combining), null, flushIntervalMs);
    }

    @Override
    public void open() throws Exception {
        super.open();
        bins = new ArrayList<>();
        if (start == null) {
            bins(null);
        } else {
            rules = new LiveRules<>(start, this::bins);
        }
        emitted = new StreamRecord<>(null);
        watermarkMs = Long.MIN_VALUE;
        if (flushIntervalMs > 0) {
            scheduleFlush();
        }
    }

    /** Those of other rules before keep what they hold. */
    private List<Bin> bins(RuleSet set) {
        List<Bin> more = new ArrayList<>();
        combinings.of(set).forEach(combining -> more.add(new Bin(combining)));
        bins.addAll(more);
        return more;
    }

    @Override
    public void processElement(StreamRecord<IN> element) {
        IN record = element.getValue();
        if (record instanceof RuleChange.Carrier carrier && carrier.change() != null) {
            pass(carrier.change());
            return;
        }
        List<Bin> inForce = rules == null ? bins : rules.at(element.getTimestamp());
        for (int i = 0; i < inForce.size(); i++) { // without an iterator for every record
            Bin bin = inForce.get(i);
            if (bin.combining.wants(record)) {
                bin.add(record);
            }
        }
    }

    @SuppressWarnings("unchecked") // partials are of P
    private void pass(RuleChange change) {
        if (rules != null && rules.take(change)) {
            output.collect(emitted.replace((P) partials.carrier(change)));
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMs = mark.getTimestamp();
        for (Bin bin : bins) {
            // Buckets are long, watermarks many: most of them end none.
            if (bin.earliestEndMs - 1 <= watermarkMs) {
                bin.emitEnded();
            }
        }
        super.processWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        flush(false);
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush(false);
    }

    @Override
    public void finish() throws Exception {
        flush(false);
        super.finish();
    }

    @Override
    public void onProcessingTime(long timestamp) {
        flush(true);
        scheduleFlush();
    }

    private void scheduleFlush() {
        getProcessingTimeService()
                .registerTimer(getProcessingTimeService().getCurrentProcessingTime() + flushIntervalMs, this);
    }

    private void flush(boolean urgentOnly) {
        for (Bin bin : bins) {
            if (!urgentOnly || bin.combining.isUrgent()) {
                bin.emitAll();
            }
        }
    }
}
