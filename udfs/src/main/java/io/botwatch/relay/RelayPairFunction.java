package io.botwatch.relay;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.metric.Tally;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * One finding a pair, as a relational query would list it: each distinct (source, host, target, port) once, until it has
 * not been seen for a day. A host's overflow is one finding of its own.
 */
public final class RelayPairFunction extends KeyedProcessFunction<Address, RelayPair, Candidate> {
    private static final long REMEMBERED_MS = TimeUnit.DAYS.toMillis(1);
    private static final long SWEEP_MS = TimeUnit.HOURS.toMillis(1);
    /** Pairs of one host that are told apart within a day; about 130 bytes each on the heap. */
    static final int MAX_REMEMBERED = 1_000_000;

    private static final MapStateDescriptor<ConnectionKey, Long> SEEN =
            new MapStateDescriptor<>("seen", ConnectionKey.Serializer.TYPE, Types.LONG);
    private static final ValueStateDescriptor<Integer> SEEN_COUNT = new ValueStateDescriptor<>("seen-count", Types.INT);

    private final RelayRule rule;
    private final String configVersion;

    private transient MapState<ConnectionKey, Long> seen;
    private transient ValueState<Integer> seenCount;
    private transient Tally overflows;

    public RelayPairFunction(RelayRule rule, String configVersion) {
        this.rule = rule;
        this.configVersion = configVersion;
    }

    @Override
    public void open(OpenContext context) {
        seen = getRuntimeContext().getMapState(SEEN);
        seenCount = getRuntimeContext().getState(SEEN_COUNT);
        overflows = Tally.of(getRuntimeContext(), Tally.RELAY_OVERFLOW);
    }

    @Override
    public void processElement(RelayPair pair, Context context, Collector<Candidate> out) throws Exception {
        if (pair.overflow()) {
            out.collect(overflow(pair, RelayEvidence.ofOverflow(rule, configVersion, pair)));
            return;
        }
        ConnectionKey key = new ConnectionKey(
                pair.source().hi,
                pair.source().lo,
                pair.target().hi,
                pair.target().lo,
                pair.port(),
                ConnectionKey.ANY_PROTOCOL);
        Long last = seen.get(key);
        if (last != null && pair.knownAtMs() - last < REMEMBERED_MS) {
            if (pair.knownAtMs() - last >= SWEEP_MS) {
                seen.put(key, pair.knownAtMs());
            }
            return;
        }
        int count = seenCount.value() == null ? 0 : seenCount.value();
        if (last == null && count >= MAX_REMEMBERED) {
            overflows.increment();
            out.collect(overflow(pair, RelayEvidence.ofForgotten(rule, configVersion, pair)));
            return;
        }
        if (count == 0) {
            scheduleSweep(pair.knownAtMs(), context);
        }
        if (last == null) {
            seenCount.update(count + 1);
        }
        seen.put(key, pair.knownAtMs());
        String story = rule.info().id() + '|' + pair.source() + '|' + pair.host() + '|' + pair.target() + '|' + pair.port();
        out.collect(new Candidate(
                Candidate.Signal.ONCE,
                story,
                pair.host(),
                rule.info().suppressionMs(),
                RelayEvidence.ofPair(rule, configVersion, pair)));
    }

    private Candidate overflow(RelayPair sample, Finding finding) {
        return new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + "|overflow|" + sample.host(),
                sample.host(),
                REMEMBERED_MS,
                finding);
    }

    private static void scheduleSweep(long nowMs, Context context) {
        context.timerService().registerEventTimeTimer(nowMs + REMEMBERED_MS + SWEEP_MS);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        int left = 0;
        Iterator<Map.Entry<ConnectionKey, Long>> each = seen.iterator();
        while (each.hasNext()) {
            if (timestamp - each.next().getValue() >= REMEMBERED_MS) {
                each.remove();
            } else {
                left++;
            }
        }
        if (left == 0) {
            seen.clear(); // a map emptied one by one would stay, empty
            seenCount.clear();
        } else {
            seenCount.update(left);
            context.timerService().registerEventTimeTimer(timestamp + SWEEP_MS);
        }
    }
}
