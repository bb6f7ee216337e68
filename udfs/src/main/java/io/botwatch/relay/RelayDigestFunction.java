package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.metric.Tally;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Unites a host's partials into digests, bucket by bucket as the watermark passes, and forwards those that can make a pair:
 * inbound ones wait here until the host reaches out, which most that are reached never do. What is forwarded then has the last
 * millisecond of the outbound one's bucket as its timestamp.
 */
public final class RelayDigestFunction extends KeyedProcessFunction<Address, RelayPartial, RelayDigest> {
    private static final MapStateDescriptor<Long, RelayPartial> PENDING =
            new MapStateDescriptor<>("pending", Types.LONG, RelayPartial.Serializer.TYPE);
    private static final ValueStateDescriptor<HostGate> GATE =
            new ValueStateDescriptor<>("gate", HostGate.Serializer.TYPE);

    private final RelayRule rule;
    private final OutputTag<RelayPair> overflowTag;

    /** By {@link #slot}: those whose bucket goes on, and inbound ones that wait, which the gate keeps account of. */
    private transient MapState<Long, RelayPartial> pending;

    private transient ValueState<HostGate> gates;
    private transient Tally late;
    private transient Tally overflows;

    /** @param overflowTag where one sample goes of each bucket whose pairs are not listed */
    public RelayDigestFunction(RelayRule rule, OutputTag<RelayPair> overflowTag) {
        this.rule = rule;
        this.overflowTag = overflowTag;
    }

    @Override
    public void open(OpenContext context) {
        pending = getRuntimeContext().getMapState(PENDING);
        gates = getRuntimeContext().getState(GATE);
        late = Tally.of(getRuntimeContext(), Tally.LATE_RELAY);
        overflows = Tally.of(getRuntimeContext(), Tally.RELAY_OVERFLOW);
    }

    @Override
    public void processElement(RelayPartial partial, Context context, Collector<RelayDigest> out) throws Exception {
        if (partial.bucketEndMs() - 1 <= context.timerService().currentWatermark()) {
            late.add(partial.peers.size());
            return;
        }
        long slot = slot(partial.bucket, partial.outbound);
        RelayPartial united = pending.get(slot);
        if (united == null) {
            united = partial.copy();
        } else {
            united.merge(partial);
        }
        pending.put(slot, united);
        context.timerService().registerEventTimeTimer(partial.bucketEndMs() - 1);
    }

    private static long slot(long bucket, boolean outbound) {
        return bucket << 1 | (outbound ? 1 : 0);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RelayDigest> out) throws Exception {
        long bucket = Math.floorDiv(timestamp, RelayPartial.BUCKET_MS);
        long buckets = rule.windowMs() / RelayPartial.BUCKET_MS;
        HostGate gate = gates.value();
        if (gate == null) {
            gate = new HostGate();
        }
        RelayPartial in = pending.get(slot(bucket, false));
        RelayPartial reached = take(slot(bucket, true));
        HostGate.Verdict verdict = gate.take(bucket, in, reached, buckets, rule.maxPairsPerHost());
        boolean traffic = in != null || reached != null;
        if (verdict == HostGate.Verdict.OVERFLOW) {
            if (traffic) {
                overflows.increment();
            }
            if (reached != null && !gate.sources.isEmpty()) {
                context.output(overflowTag, gate.overflow(context.getCurrentKey(), reached));
            }
            if (in != null) {
                pending.remove(slot(bucket, false));
            }
        } else if (in != null) {
            gate.keep(bucket);
        }
        // What was kept before an overflow has left the window when the host is joined again.
        for (long gone : gate.letGoBefore(verdict == HostGate.Verdict.OVERFLOW ? Long.MAX_VALUE : bucket - buckets)) {
            pending.remove(slot(gone, false));
        }
        if (verdict == HostGate.Verdict.JOIN) {
            for (long waiting : gate.letGoBefore(Long.MAX_VALUE)) {
                out.collect(RelayDigest.of(take(slot(waiting, false)), Map.of()));
            }
            out.collect(RelayDigest.of(reached, gate.targets));
            gate.joined(reached.peers.keySet(), bucket);
        }
        if (gate.isEmpty(bucket)) {
            gates.clear();
        } else {
            gates.update(gate);
            if (traffic) {
                // So that a host that falls silent is forgotten.
                context.timerService().registerEventTimeTimer(gate.emptyFromMs(bucket, buckets));
            }
        }
    }

    private RelayPartial take(long slot) throws Exception {
        RelayPartial partial = pending.get(slot);
        if (partial != null) {
            pending.remove(slot);
        }
        return partial;
    }
}
