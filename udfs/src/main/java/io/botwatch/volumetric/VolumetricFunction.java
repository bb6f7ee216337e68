package io.botwatch.volumetric;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Endpoint;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites the partials of a rule's target and window, and decides. Where a condition is of counts alone,
 * which only grow, a crossing is final the moment it happens and may be reported early; the window's end gives the final
 * numbers.
 */
public final class VolumetricFunction extends KeyedProcessFunction<RuleSubject, VolumetricPartial, Candidate> {
    private static final MapStateDescriptor<Long, VolumetricPartial> WINDOWS =
            new MapStateDescriptor<>("windows", Types.LONG, VolumetricPartial.Serializer.TYPE);

    /** Connections of settled windows that may raise the threshold, by the window's start. */
    private static final MapStateDescriptor<Long, Long> BUSY =
            new MapStateDescriptor<>("busy", Types.LONG, Types.LONG);

    private final RuleTimeline start;
    private final boolean perWindow;

    private transient LiveRules<Epoch> rules;
    private transient MapState<Long, VolumetricPartial> windows;
    private transient MapState<Long, Long> busy;
    private transient Tally late;

    private record Epoch(Map<Long, VolumetricRule> byKey, String configVersion) {
        Epoch(RuleSet rules) {
            this(rules.activeByKey(VolumetricRule.class), rules.version());
        }
    }

    /** @param perWindow one finding a window, complete in itself (true), or one a story (false) */
    public VolumetricFunction(RuleTimeline start, boolean perWindow) {
        this.start = start;
        this.perWindow = perWindow;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, Epoch::new);
        windows = getRuntimeContext().getMapState(WINDOWS);
        busy = getRuntimeContext().getMapState(BUSY);
        late = Tally.of(getRuntimeContext(), Tally.LATE_VOLUMETRIC);
    }

    @Override
    public void processElement(VolumetricPartial partial, Context context, Collector<Candidate> out) throws Exception {
        if (partial.change() != null) {
            rules.take(partial.change());
            return;
        }
        VolumetricRule rule = inForce(partial).byKey.get(partial.rule);
        if (rule == null) {
            return; // it began to run, or ceased to, within the window
        }
        long lastMs = partial.windowStartMs + rule.windowMs() - 1;
        if (lastMs <= context.timerService().currentWatermark()) {
            late.add(partial.records);
            return;
        }
        VolumetricPartial window = windows.get(partial.windowStartMs);
        if (window == null) {
            window = partial.copy();
            context.timerService().registerEventTimeTimer(lastMs);
        } else {
            window.merge(partial);
        }
        if (mayFireEarly(rule, window)) {
            if (context.timerService().currentWatermark() >= window.windowStartMs - 1) {
                fireEarly(rule, window, out);
            } else {
                context.timerService().registerEventTimeTimer(window.windowStartMs - 1);
            }
        }
        windows.put(window.windowStartMs, window);
    }

    /**
     * What counts for a window is what is in force at its beginning, because its crossing may be reported before its end: a
     * change begins after all flows that have been read, so that it can begin within a window, but not before one that has
     * flows.
     */
    private Epoch inForce(VolumetricPartial window) {
        return rules.at(window.windowStartMs);
    }

    /** By the least threshold that there is: of most windows nothing else is ever asked. */
    private static boolean mayFireEarly(VolumetricRule rule, VolumetricPartial window) {
        return rule.earlyFiring()
                && !window.fired
                && rule.condition().holds(window, rule.condition().minConnections());
    }

    /**
     * Only once the watermark has reached the window, so that every earlier one is settled: whether a crossing begins a
     * story, or goes on with one, must not depend on what arrived first.
     */
    private void fireEarly(VolumetricRule rule, VolumetricPartial window, Collector<Candidate> out) throws Exception {
        long threshold = threshold(rule, window);
        if (rule.condition().holds(window, threshold)) {
            window.fired = true;
            out.collect(candidate(rule, window, threshold, Candidate.Signal.EARLY));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        VolumetricRule shape = anyForm(context.getCurrentKey().rule());
        if (shape == null) {
            forget();
            return;
        }
        VolumetricPartial ended = windows.get(timestamp + 1 - shape.windowMs());
        if (ended != null) {
            windows.remove(ended.windowStartMs);
            VolumetricRule rule = inForce(ended).byKey.get(ended.rule);
            if (rule != null) {
                settle(rule, ended, context, out);
            }
        }
        VolumetricPartial begun = windows.get(timestamp + 1);
        VolumetricRule beginning = begun == null ? null : inForce(begun).byKey.get(begun.rule);
        if (beginning != null && mayFireEarly(beginning, begun)) {
            fireEarly(beginning, begun, out);
            windows.put(begun.windowStartMs, begun);
        }
        if (shape.baseline() != null) {
            long leftMs = timestamp + 1 - shape.windowMs() - shape.baseline().historyMs();
            if (busy.contains(leftMs)) { // there seldom is one, and to remove what is not there costs more than to ask
                busy.remove(leftMs);
            }
        }
    }

    private void settle(VolumetricRule rule, VolumetricPartial ended, OnTimerContext context, Collector<Candidate> out)
            throws Exception {
        long threshold = threshold(rule, ended);
        if (ended.fired || rule.condition().holds(ended, threshold)) {
            // "fired" sticks: an estimate need not grow with every union.
            out.collect(candidate(rule, ended, threshold, perWindow ? Candidate.Signal.ONCE : Candidate.Signal.SETTLED));
        }
        keep(rule, ended, threshold, context);
    }

    /** In any of its forms: all of one key have the same windows, and as long a memory. Null where there is none. */
    private VolumetricRule anyForm(long key) {
        for (Epoch epoch : rules.all()) {
            VolumetricRule rule = epoch.byKey.get(key);
            if (rule != null) {
                return rule;
            }
        }
        return null;
    }

    /** The state restored is of rules that do not run any more. */
    private void forget() {
        windows.clear();
        busy.clear();
    }

    /** No more than the threshold counts, so that a flood does not become usual before it has lasted. */
    private void keep(VolumetricRule rule, VolumetricPartial ended, long threshold, OnTimerContext context) throws Exception {
        VolumetricBaseline baseline = rule.baseline();
        if (baseline != null && ended.count() > baseline.worthKeeping(rule)) {
            busy.put(ended.windowStartMs, Math.min(ended.count(), threshold));
            context.timerService()
                    .registerEventTimeTimer(ended.windowStartMs + rule.windowMs() - 1 + baseline.historyMs());
        }
    }

    private long threshold(VolumetricRule rule, VolumetricPartial window) throws Exception {
        long least = rule.condition().minConnections();
        return rule.baseline() == null || window.count() <= least
                ? least
                : rule.baseline().threshold(rule, busy.entries(), window.windowStartMs);
    }

    private Candidate candidate(VolumetricRule rule, VolumetricPartial window, long threshold, Candidate.Signal signal) {
        Endpoint target = window.target();
        return new Candidate(
                signal,
                rule.info().id() + '|' + target,
                target.address(),
                rule.info().suppressionMs(),
                VolumetricEvidence.finding(rule, inForce(window).configVersion, window, threshold, !perWindow));
    }
}
