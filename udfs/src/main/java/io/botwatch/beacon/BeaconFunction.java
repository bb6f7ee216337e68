package io.botwatch.beacon;

import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.metric.Tally;
import io.botwatch.network.NetworkSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
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
 * Sliding windows without paying for every slide: a window's content changes only when a slice enters or leaves it, so a
 * tuple is judged at the end of a slice that received records, and when its oldest slice leaves. Between those the answer
 * stands. That is what a textbook sliding window would emit, less the repetitions.
 */
public final class BeaconFunction extends KeyedProcessFunction<ConnectionKey, Flow, Candidate> {
    /** A pair of hosts has few services on ports that do not tell; more than that at a time are not watched. */
    private static final int MAX_PORTS = 64;

    private static final Comparator<BeaconWindow> BY_WORTH = Comparator.comparingLong(BeaconWindow::total)
            .thenComparingInt(BeaconWindow::newestSlice)
            .thenComparingInt(window -> window.dstPort);

    private final BeaconRule rule;
    private final String configVersion;
    private final OutputTag<Flow> lateTag;

    private transient ValueState<BeaconWindow> window;

    /** By destination port, of the keys that may stand for several services; at most {@link #MAX_PORTS}. */
    private transient MapState<Integer, BeaconWindow> windowsOfPorts;

    private transient PortSet excludedPorts;
    private transient NetworkSet excludedDestinations;
    private transient Tally late;
    private transient Tally crowded;

    /** @param lateTag where flows go whose slice has already been judged */
    public BeaconFunction(BeaconRule rule, String configVersion, OutputTag<Flow> lateTag) {
        this.rule = rule;
        this.configVersion = configVersion;
        this.lateTag = lateTag;
    }

    @Override
    public void open(OpenContext context) {
        window = getRuntimeContext().getState(new ValueStateDescriptor<>("window", BeaconWindow.Serializer.TYPE));
        windowsOfPorts = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("windows-of-ports", Types.INT, BeaconWindow.Serializer.TYPE));
        excludedPorts = new PortSet(rule.excludedPorts());
        excludedDestinations = NetworkSet.of(rule.excludedDestinations());
        late = Tally.of(getRuntimeContext(), Tally.LATE_BEACON);
        crowded = Tally.of(getRuntimeContext(), Tally.CROWDED_BEACON);
    }

    @Override
    public void processElement(Flow flow, Context context, Collector<Candidate> out) throws Exception {
        if (flow.direction != Direction.OUTBOUND
                || excludedPorts.contains(flow.dstPort)
                || excludedDestinations.contains(flow.dstHi, flow.dstLo)) {
            return;
        }
        long sliceEndMs = (Math.floorDiv(flow.startMs, rule.slideMs()) + 1) * rule.slideMs();
        if (sliceEndMs - 1 <= context.timerService().currentWatermark()) {
            late.increment();
            context.output(lateTag, flow);
            return;
        }
        ConnectionKey key = context.getCurrentKey();
        boolean single = key.port != ConnectionKey.UNTOLD_PORT;
        BeaconWindow window = single ? this.window.value() : windowsOfPorts.get(flow.dstPort);
        if (window == null) {
            if (!single) {
                makeRoom();
            }
            window = new BeaconWindow();
            window.srcFirst = key.aHi == flow.srcHi && key.aLo == flow.srcLo;
            window.dstPort = flow.dstPort;
            window.protocol = key.protocol;
        }
        boolean opened = window.add(flow, rule.slideMs());
        if (opened && window.oldestSliceMs(rule.slideMs()) == sliceEndMs - rule.slideMs()) {
            registerExpiry(window, context);
        }
        if (window.total() == rule.minConnections()) {
            // Now every slice that is still to be judged can matter, also those that came ahead of this one.
            for (int i = 0; i < window.sliceCount(); i++) {
                registerJudgement(window.sliceMs(i, rule.slideMs()) + rule.slideMs(), context);
            }
        } else if (opened && window.total() > rule.minConnections()) {
            registerJudgement(sliceEndMs, context);
        }
        if (single) {
            this.window.update(window);
        } else {
            windowsOfPorts.put(flow.dstPort, window);
        }
    }

    /** Lets go of the port with the fewest connections, of those the longest silent, when there are too many. */
    private void makeRoom() throws Exception {
        int ports = 0;
        BeaconWindow fewest = null;
        for (BeaconWindow each : windowsOfPorts.values()) {
            ports++;
            if (fewest == null || BY_WORTH.compare(each, fewest) < 0) {
                fewest = each;
            }
        }
        if (ports >= MAX_PORTS) {
            windowsOfPorts.remove(fewest.dstPort);
            crowded.increment();
        }
    }

    private static void registerJudgement(long sliceEndMs, Context context) {
        if (sliceEndMs - 1 > context.timerService().currentWatermark()) {
            context.timerService().registerEventTimeTimer(sliceEndMs - 1);
        }
    }

    private void registerExpiry(BeaconWindow window, Context context) {
        long leavesMs = window.oldestSliceMs(rule.slideMs()) + rule.slideMs() + rule.windowMs();
        context.timerService().registerEventTimeTimer(leavesMs - 1);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        if (context.getCurrentKey().port != ConnectionKey.UNTOLD_PORT) {
            BeaconWindow single = window.value();
            if (single != null) {
                if (passes(single, timestamp + 1, context, out)) {
                    window.update(single);
                } else {
                    window.clear();
                }
            }
            return;
        }
        List<Integer> ports = new ArrayList<>();
        windowsOfPorts.keys().forEach(ports::add);
        Collections.sort(ports);
        for (int port : ports) {
            BeaconWindow each = windowsOfPorts.get(port);
            if (!each.changesAt(timestamp + 1, rule.windowMs(), rule.slideMs())) {
                continue; // the timer is another port's
            }
            if (passes(each, timestamp + 1, context, out)) {
                windowsOfPorts.put(port, each);
            } else {
                windowsOfPorts.remove(port);
            }
        }
    }

    /**
     * Judges the window that ends at {@code toMs}.
     *
     * @return whether anything is left in it
     */
    private boolean passes(BeaconWindow window, long toMs, OnTimerContext context, Collector<Candidate> out) {
        boolean ended = context.timerService().currentWatermark() == Long.MAX_VALUE;
        if (ended && toMs > window.newestSliceMs(rule.slideMs()) + rule.slideMs()) {
            return true; // the input is over: what would leave later windows was never observed to be quiet
        }
        judge(window, toMs, context, out);
        long oldest = window.oldestSliceMs(rule.slideMs());
        window.evictBefore(toMs - rule.windowMs(), rule.slideMs());
        if (window.isEmpty()) {
            return false;
        }
        if (window.oldestSliceMs(rule.slideMs()) != oldest) {
            registerExpiry(window, context);
        }
        return true;
    }

    private void judge(BeaconWindow window, long toMs, OnTimerContext context, Collector<Candidate> out) {
        if (window.total() < rule.minConnections() && !window.holds) {
            return;
        }
        Summary summary = window.summary(toMs - rule.windowMs(), toMs, rule.slideMs());
        boolean holds = summary.count() >= rule.minConnections()
                && summary.minutes() >= rule.minDurationMinutes()
                && BeaconEvidence.perHour(summary) >= rule.minPerHour()
                && BeaconEvidence.perHour(summary) <= rule.maxPerHour();
        if (!holds && !window.holds) {
            return;
        }
        ConnectionKey key = context.getCurrentKey();
        Address a = new Address(key.aHi, key.aLo);
        Address b = new Address(key.bHi, key.bLo);
        Address src = window.srcFirst ? a : b;
        Address dst = window.srcFirst ? b : a;
        int protocol = window.protocol == ConnectionKey.ANY_PROTOCOL ? -1 : window.protocol;
        Finding finding = holds
                ? BeaconEvidence.finding(rule, configVersion, src, dst, window.dstPort, protocol, summary, toMs)
                : ended(toMs);
        String story = rule.info().id() + '|' + src + '|' + dst + '|' + window.dstPort + '|' + protocol;
        out.collect(new Candidate(
                holds ? Candidate.Signal.HOLDS : Candidate.Signal.ENDED,
                story,
                dst,
                rule.info().suppressionMs(),
                finding));
        window.holds = holds;
    }

    private Finding ended(long toMs) {
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = rule.info().id();
        finding.severity = rule.info().level();
        finding.timeMs = toMs;
        return finding;
    }
}
