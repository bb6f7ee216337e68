package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Endpoint;
import io.botwatch.flow.Flow;
import io.botwatch.metric.Tally;
import io.botwatch.relay.RelayEvents.Event;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * The second relay engine: joins single connections of a host in time order, without CEP and without digests. It decides on
 * the watermark, so that arrival order does not matter.
 *
 * <p>It gives the pairs that the CEP engine gives, each as often and with the same times, so that findings do not tell which
 * engine ran: of a source's connections in one bucket with one target the first ones only, and not again those with a
 * target that was reached since.
 */
public final class IntervalRelayFunction extends KeyedProcessFunction<Address, Flow, RelayPair> {
    private static final MapStateDescriptor<Long, RelayEvents> INBOUND =
            new MapStateDescriptor<>("inbound", Types.LONG, RelayEvents.Serializer.TYPE);
    private static final MapStateDescriptor<Long, RelayEvents> OUTBOUND =
            new MapStateDescriptor<>("outbound", Types.LONG, RelayEvents.Serializer.TYPE);
    private static final ValueStateDescriptor<HostGate> GATE =
            new ValueStateDescriptor<>("gate", HostGate.Serializer.TYPE);

    private final RelayRule rule;
    private final OutputTag<RelayPair> overflowTag;

    private transient MapState<Long, RelayEvents> inbound;
    private transient MapState<Long, RelayEvents> outbound;
    private transient ValueState<HostGate> gates;
    private transient Tally late;
    private transient Tally overflows;

    /** @param overflowTag where one sample goes of each bucket whose pairs are not listed */
    public IntervalRelayFunction(RelayRule rule, OutputTag<RelayPair> overflowTag) {
        this.rule = rule;
        this.overflowTag = overflowTag;
    }

    @Override
    public void open(OpenContext context) {
        inbound = getRuntimeContext().getMapState(INBOUND);
        outbound = getRuntimeContext().getMapState(OUTBOUND);
        gates = getRuntimeContext().getState(GATE);
        late = Tally.of(getRuntimeContext(), Tally.LATE_RELAY);
        overflows = Tally.of(getRuntimeContext(), Tally.RELAY_OVERFLOW);
    }

    @Override
    public void processElement(Flow flow, Context context, Collector<RelayPair> out) throws Exception {
        long bucket = Math.floorDiv(flow.startMs, RelayPartial.BUCKET_MS);
        long bucketEndMs = (bucket + 1) * RelayPartial.BUCKET_MS;
        if (bucketEndMs - 1 <= context.timerService().currentWatermark()) {
            late.increment();
            return;
        }
        boolean in = flow.direction == Direction.INBOUND;
        MapState<Long, RelayEvents> side = in ? inbound : outbound;
        RelayEvents events = side.get(bucket);
        if (events == null) {
            events = new RelayEvents();
        }
        events.events.add(new Event(
                flow.startMs,
                in ? new Endpoint(flow.srcHi, flow.srcLo, 0) : new Endpoint(flow.dstHi, flow.dstLo, flow.dstPort)));
        side.put(bucket, events);
        context.timerService().registerEventTimeTimer(bucketEndMs - 1);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RelayPair> out) throws Exception {
        long bucket = Math.floorDiv(timestamp, RelayPartial.BUCKET_MS);
        long buckets = rule.windowMs() / RelayPartial.BUCKET_MS;
        HostGate gate = gates.value() == null ? new HostGate() : gates.value();
        RelayEvents ins = inbound.get(bucket);
        RelayEvents outs = outbound.get(bucket);
        if (outs != null) {
            outbound.remove(bucket);
        }
        RelayPartial reached = partial(context.getCurrentKey(), bucket, outs);
        HostGate.Verdict verdict = gate.take(
                bucket, partial(context.getCurrentKey(), bucket, ins), reached, buckets, rule.maxPairsPerHost());
        boolean traffic = ins != null || outs != null;
        if (verdict == HostGate.Verdict.OVERFLOW) {
            if (traffic) {
                overflows.increment();
            }
            if (ins != null) {
                inbound.remove(bucket);
            }
            if (reached != null && !gate.sources.isEmpty()) {
                context.output(overflowTag, gate.overflow(context.getCurrentKey(), reached));
            }
        } else if (ins != null) {
            gate.keep(bucket);
        }
        // What was kept before an overflow has left the window when the host is joined again.
        for (long gone : gate.letGoBefore(verdict == HostGate.Verdict.OVERFLOW ? Long.MAX_VALUE : bucket - buckets)) {
            inbound.remove(gone);
        }
        if (verdict == HostGate.Verdict.JOIN) {
            join(context.getCurrentKey(), bucket, outs.events, gate, out);
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

    private static RelayPartial partial(Address host, long bucket, RelayEvents events) {
        if (events == null) {
            return null;
        }
        RelayPartial partial = new RelayPartial();
        partial.hostHi = host.hi;
        partial.hostLo = host.lo;
        partial.bucket = bucket;
        events.events.forEach(event -> partial.add(event.peer(), new long[] {event.ms()}));
        return partial;
    }

    private void join(
            Address host, long bucket, List<Event> outs, HostGate gate, Collector<RelayPair> out)
            throws Exception {
        record Told(long inBucket, Endpoint source, Endpoint target) {}
        Set<Told> told = new HashSet<>();
        List<Event> ins = new ArrayList<>();
        for (long kept : gate.kept()) {
            ins.addAll(inbound.get(kept).events);
        }
        ins.sort(RelayEvents.BY_TIME);
        outs.sort(RelayEvents.BY_TIME);
        long knownAtMs = (bucket + 1) * RelayPartial.BUCKET_MS;
        for (Event target : outs) {
            long previous = gate.targets.getOrDefault(target.peer(), RelayDigest.NEVER);
            for (Event source : ins) {
                if (source.ms() > target.ms()) {
                    break;
                }
                long inBucket = Math.floorDiv(source.ms(), RelayPartial.BUCKET_MS);
                boolean within = target.ms() - source.ms() <= rule.windowMs();
                if (within
                        && previous <= inBucket
                        && (source.peer().hi != target.peer().hi || source.peer().lo != target.peer().lo)
                        && told.add(new Told(inBucket, source.peer(), target.peer()))) {
                    out.collect(new RelayPair(
                            host,
                            source.peer().address(),
                            target.peer().address(),
                            target.peer().port,
                            source.ms(),
                            target.ms(),
                            knownAtMs,
                            0,
                            0));
                }
            }
        }
    }
}
