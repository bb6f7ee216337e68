package io.botwatch.volumetric;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Endpoint;
import io.botwatch.metric.Tally;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites the partials of a destination and window, and decides. Both counts only grow, so a
 * crossing is final the moment it happens and may be reported early; the window's end gives the final numbers.
 */
public final class VolumetricFunction extends KeyedProcessFunction<Endpoint, VolumetricPartial, Candidate> {
    private static final MapStateDescriptor<Long, VolumetricPartial> WINDOWS =
            new MapStateDescriptor<>("windows", Types.LONG, VolumetricPartial.Serializer.TYPE);

    private final VolumetricRule rule;
    private final String configVersion;
    private final boolean perWindow;

    private transient MapState<Long, VolumetricPartial> windows;
    private transient Tally late;

    /** @param perWindow one finding a window, complete in itself (true), or one a story (false) */
    public VolumetricFunction(VolumetricRule rule, String configVersion, boolean perWindow) {
        this.rule = rule;
        this.configVersion = configVersion;
        this.perWindow = perWindow;
    }

    @Override
    public void open(OpenContext context) {
        windows = getRuntimeContext().getMapState(WINDOWS);
        late = Tally.of(getRuntimeContext(), Tally.LATE_VOLUMETRIC);
    }

    @Override
    public void processElement(VolumetricPartial partial, Context context, Collector<Candidate> out) throws Exception {
        long lastMs = partial.windowStartMs + rule.windowMs() - 1;
        if (lastMs <= context.timerService().currentWatermark()) {
            late.add(partial.records);
            return;
        }
        VolumetricPartial window = windows.get(partial.windowStartMs);
        if (window == null) {
            window = partial.copy();
            context.timerService().registerEventTimeTimer(lastMs);
            if (rule.earlyFiring()) {
                context.timerService().registerEventTimeTimer(window.windowStartMs - 1);
            }
        } else {
            window.merge(partial);
        }
        if (context.timerService().currentWatermark() >= window.windowStartMs - 1) {
            fireEarly(window, out);
        }
        windows.put(window.windowStartMs, window);
    }

    /**
     * Only once the watermark has reached the window, so that every earlier one is settled: whether a crossing begins a
     * story, or goes on with one, must not depend on what arrived first.
     */
    private void fireEarly(VolumetricPartial window, Collector<Candidate> out) {
        if (rule.earlyFiring() && !window.fired && crossed(window)) {
            window.fired = true;
            out.collect(candidate(window, Candidate.Signal.EARLY));
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        VolumetricPartial ended = windows.get(timestamp + 1 - rule.windowMs());
        if (ended != null) {
            windows.remove(ended.windowStartMs);
            if (ended.fired || crossed(ended)) {
                // "fired" sticks: an estimate need not grow with every union.
                out.collect(candidate(ended, perWindow ? Candidate.Signal.ONCE : Candidate.Signal.SETTLED));
            }
        }
        VolumetricPartial begun = windows.get(timestamp + 1);
        if (begun != null && !begun.fired) {
            fireEarly(begun, out);
            windows.put(begun.windowStartMs, begun);
        }
    }

    private boolean crossed(VolumetricPartial window) {
        return window.count() > rule.minConnections() && window.sourceCount() > rule.minSources();
    }

    private Candidate candidate(VolumetricPartial window, Candidate.Signal signal) {
        Endpoint destination = window.destination();
        return new Candidate(
                signal,
                rule.info().id() + '|' + destination,
                destination.address(),
                rule.info().suppressionMs(),
                VolumetricEvidence.finding(rule, configVersion, window));
    }
}
