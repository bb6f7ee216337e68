package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.metric.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Finds what a host relays: each inbound connection is held against the outbound ones that ended about when it did, and that
 * began within the rule's window after it. Two that carry as many bytes each way, to a fifth, and end within {@value
 * #TOGETHER_MS} ms are a relayed session; two that end further apart, up to twice that, are the control for chance.
 *
 * <p>Every pair of connections is looked at once, whichever total comes first, so arrival does not matter. Small connections
 * carry nothing to tell them by and are not looked at.
 */
public final class RelayedSessionFunction extends KeyedProcessFunction<Address, Flow, RelayedSession> {
    static final long TOGETHER_MS = 5_000;
    static final long LEAST_BYTES = 10_000;
    private static final double SAME_BYTES = 0.2;

    private static final long BUCKET_MS = 2 * TOGETHER_MS;

    /** Totals come within minutes of the end. */
    private static final long HELD_MS = TimeUnit.MINUTES.toMillis(15);

    private static final MapStateDescriptor<Long, RelayLegs> INBOUND =
            new MapStateDescriptor<>("inbound", Types.LONG, RelayLegs.Serializer.TYPE);
    private static final MapStateDescriptor<Long, RelayLegs> OUTBOUND =
            new MapStateDescriptor<>("outbound", Types.LONG, RelayLegs.Serializer.TYPE);

    private final RelayRule rule;

    private transient MapState<Long, RelayLegs> inbound;
    private transient MapState<Long, RelayLegs> outbound;
    private transient Tally crowded;

    public RelayedSessionFunction(RelayRule rule) {
        this.rule = rule;
    }

    @Override
    public void open(OpenContext context) {
        inbound = getRuntimeContext().getMapState(INBOUND);
        outbound = getRuntimeContext().getMapState(OUTBOUND);
        crowded = Tally.of(getRuntimeContext(), Tally.RELAY_CROWDED);
    }

    /** Whether a connection carries enough to tell it by. */
    public static boolean carriesMuch(Flow total) {
        return total.bytes + total.reverseBytes >= LEAST_BYTES;
    }

    @Override
    public void processElement(Flow total, Context context, Collector<RelayedSession> out) throws Exception {
        boolean isInbound = total.direction == Direction.INBOUND;
        long bucket = Math.floorDiv(total.endMs, BUCKET_MS);
        RelayLegs one = new RelayLegs();
        if (isInbound) {
            one.add(total.srcHi, total.srcLo, total.dstPort, total.startMs, total.endMs, total.bytes, total.reverseBytes);
        } else {
            one.add(total.dstHi, total.dstLo, total.dstPort, total.startMs, total.endMs, total.bytes, total.reverseBytes);
        }
        MapState<Long, RelayLegs> others = isInbound ? outbound : inbound;
        for (long near = bucket - 1; near <= bucket + 1; near++) {
            RelayLegs legs = others.get(near);
            for (int i = 0; legs != null && i < legs.size(); i++) {
                if (isInbound) {
                    match(one, 0, legs, i, context.getCurrentKey(), out);
                } else {
                    match(legs, i, one, 0, context.getCurrentKey(), out);
                }
            }
        }
        hold(isInbound ? inbound : outbound, bucket, one, context);
    }

    private void hold(MapState<Long, RelayLegs> held, long bucket, RelayLegs one, Context context) throws Exception {
        RelayLegs legs = held.get(bucket);
        if (legs == null) {
            legs = new RelayLegs();
            context.timerService().registerEventTimeTimer((bucket + 1) * BUCKET_MS + HELD_MS);
        }
        if (!legs.add(
                one.peerHi(0), one.peerLo(0), one.port(0), one.startMs(0), one.endMs(0), one.towards(0), one.back(0))) {
            crowded.increment();
            return;
        }
        held.put(bucket, legs);
    }

    private void match(RelayLegs in, int i, RelayLegs outs, int o, Address host, Collector<RelayedSession> out) {
        long delayMs = outs.startMs(o) - in.startMs(i);
        long apartMs = Math.abs(outs.endMs(o) - in.endMs(i));
        if (delayMs < 0
                || delayMs > rule.windowMs()
                || apartMs > 2 * TOGETHER_MS
                || in.peerLo(i) == outs.peerLo(o) && in.peerHi(i) == outs.peerHi(o)
                || !same(in.towards(i), outs.towards(o))
                || !same(in.back(i), outs.back(o))) {
            return;
        }
        out.collect(new RelayedSession(
                host,
                new Address(in.peerHi(i), in.peerLo(i)),
                new Address(outs.peerHi(o), outs.peerLo(o)),
                outs.port(o),
                in.startMs(i),
                outs.startMs(o),
                Math.max(in.endMs(i), outs.endMs(o)),
                outs.towards(o) + outs.back(o),
                apartMs <= TOGETHER_MS));
    }

    private static boolean same(long a, long b) {
        return Math.abs(a - b) <= SAME_BYTES * Math.max(a, b);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<RelayedSession> out) throws Exception {
        long newest = Math.floorDiv(timestamp - HELD_MS, BUCKET_MS) - 1;
        forget(inbound, newest);
        forget(outbound, newest);
    }

    private static void forget(MapState<Long, RelayLegs> held, long newest) throws Exception {
        List<Long> gone = new ArrayList<>();
        for (Long bucket : held.keys()) {
            if (bucket <= newest) {
                gone.add(bucket);
            }
        }
        for (Long bucket : gone) {
            held.remove(bucket);
        }
    }
}
