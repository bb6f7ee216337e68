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
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Sliding windows without paying for every slide: a window's content changes only when a slice enters or leaves it, so a
 * tuple is judged at the end of a slice that received records, and when its oldest slice leaves. Between those the answer
 * stands. That is what a textbook sliding window would emit, less the repetitions.
 */
public final class BeaconFunction extends KeyedProcessFunction<ConnectionKey, Flow, Candidate> {
    private final BeaconRule rule;
    private final String configVersion;
    private final OutputTag<Flow> lateTag;

    private transient ValueState<BeaconWindow> windows;
    private transient PortSet excludedPorts;
    private transient NetworkSet excludedDestinations;
    private transient Tally late;

    /** @param lateTag where flows go whose slice has already been judged */
    public BeaconFunction(BeaconRule rule, String configVersion, OutputTag<Flow> lateTag) {
        this.rule = rule;
        this.configVersion = configVersion;
        this.lateTag = lateTag;
    }

    @Override
    public void open(OpenContext context) {
        windows = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("window", BeaconWindow.Serializer.TYPE));
        excludedPorts = new PortSet(rule.excludedPorts());
        excludedDestinations = NetworkSet.of(rule.excludedDestinations());
        late = Tally.of(getRuntimeContext(), Tally.LATE_BEACON);
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
        BeaconWindow window = windows.value();
        if (window == null) {
            window = new BeaconWindow();
            ConnectionKey key = context.getCurrentKey();
            window.srcFirst = key.aHi == flow.srcHi && key.aLo == flow.srcLo;
            window.dstPort = flow.dstPort;
            window.protocol = key.protocol;
        }
        boolean opened = window.add(flow.startMs, rule.slideMs());
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
        windows.update(window);
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
        BeaconWindow window = windows.value();
        if (window == null) {
            return;
        }
        long toMs = timestamp + 1;
        boolean ended = context.timerService().currentWatermark() == Long.MAX_VALUE;
        if (ended && toMs > window.newestSliceMs(rule.slideMs()) + rule.slideMs()) {
            return; // the input is over: what would leave later windows was never observed to be quiet
        }
        judge(window, toMs, context, out);
        long oldest = window.oldestSliceMs(rule.slideMs());
        window.evictBefore(toMs - rule.windowMs(), rule.slideMs());
        if (window.isEmpty()) {
            windows.clear();
            return;
        }
        if (window.oldestSliceMs(rule.slideMs()) != oldest) {
            registerExpiry(window, context);
        }
        windows.update(window);
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
