package io.botwatch.story;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.lifecycle.LifecycleFunction;
import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets through what a pattern needs of one host's findings: of each side the worst one of a time, and not more than one an
 * hour, so that a host has few partial matches however much is found of it.
 */
public final class StoryGateFunction extends KeyedProcessFunction<Address, Finding, Finding> {
    private static final long APART_MS = TimeUnit.HOURS.toMillis(1);
    private static final ListStateDescriptor<Finding> WAITING =
            new ListStateDescriptor<>("waiting", FindingSerializer.TYPE);
    private static final ValueStateDescriptor<Long> CONTROL = new ValueStateDescriptor<>("control", Types.LONG);
    private static final ValueStateDescriptor<Long> ACTION = new ValueStateDescriptor<>("action", Types.LONG);

    private static final Comparator<Finding> WORST_FIRST = Comparator.<Finding>comparingLong(finding -> finding.timeMs)
            .thenComparing(finding -> finding.severity, Comparator.reverseOrder())
            .thenComparing(finding -> finding.uid)
            .thenComparing(finding -> finding.activity);

    private final StoryRule rule;

    private transient ListState<Finding> waiting;
    private transient ValueState<Long> lastControl;
    private transient ValueState<Long> lastAction;

    public StoryGateFunction(StoryRule rule) {
        this.rule = rule;
    }

    @Override
    public void open(OpenContext context) {
        waiting = getRuntimeContext().getListState(WAITING);
        lastControl = getRuntimeContext().getState(CONTROL);
        lastAction = getRuntimeContext().getState(ACTION);
    }

    @Override
    public void processElement(Finding finding, Context context, Collector<Finding> out) throws Exception {
        // What is told because the input ends is behind the watermark or ahead of it as the input happened to arrive.
        boolean inputEnds = context.timestamp() == LifecycleFunction.END_OF_INPUT;
        if (inputEnds || finding.activity == Finding.Activity.CLOSE || rule.side(finding) == null) {
            return;
        }
        waiting.add(finding);
        context.timerService().registerEventTimeTimer(finding.timeMs);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        List<Finding> due = new ArrayList<>();
        List<Finding> later = new ArrayList<>();
        for (Finding finding : waiting.get()) {
            (finding.timeMs <= timestamp ? due : later).add(finding);
        }
        waiting.update(later);
        due.sort(WORST_FIRST);
        for (Finding finding : due) {
            ValueState<Long> last = rule.side(finding) == StoryRule.Side.CONTROL ? lastControl : lastAction;
            if (last.value() == null || finding.timeMs - last.value() >= APART_MS) {
                last.update(finding.timeMs);
                out.collect(finding);
                context.timerService().registerEventTimeTimer(finding.timeMs + APART_MS);
            }
        }
        forget(lastControl, timestamp);
        forget(lastAction, timestamp);
    }

    private static void forget(ValueState<Long> last, long nowMs) throws Exception {
        if (last.value() != null && nowMs - last.value() >= APART_MS) {
            last.clear();
        }
    }
}
