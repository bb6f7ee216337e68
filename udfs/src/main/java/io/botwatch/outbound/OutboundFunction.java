package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites what a host did in each bucket, and judges the windows that end with it. Buckets lie in
 * state until the longest window has passed.
 */
public final class OutboundFunction extends KeyedProcessFunction<RuleSubject, OutboundSums, Candidate> {
    private static final MapStateDescriptor<Long, OutboundSums> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, OutboundSums.Serializer.TYPE);

    private final RuleTimeline start;

    private transient LiveRules<Map<Long, OutboundJudge>> rules;
    private transient MapState<Long, OutboundSums> buckets;
    private transient Tally late;

    public OutboundFunction(RuleTimeline start) {
        this.start = start;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, OutboundFunction::judges);
        buckets = getRuntimeContext().getMapState(BUCKETS);
        late = Tally.of(getRuntimeContext(), Tally.LATE_OUTBOUND);
    }

    private static Map<Long, OutboundJudge> judges(RuleSet set) {
        Map<Long, OutboundJudge> judges = new HashMap<>();
        set.activeByKey(OutboundRule.class).forEach((key, rule) -> judges.put(key, new OutboundJudge(rule, set)));
        return judges;
    }

    @Override
    public void processElement(OutboundSums sums, Context context, Collector<Candidate> out) throws Exception {
        if (sums.change() != null) {
            rules.take(sums.change());
            return;
        }
        if (sums.endMs() - 1 <= context.timerService().currentWatermark()) {
            late.add(sums.flows);
            return;
        }
        OutboundSums bucket = buckets.get(sums.bucketMs);
        if (bucket == null) {
            bucket = sums.copy();
            context.timerService().registerEventTimeTimer(sums.endMs() - 1);
        } else {
            bucket.merge(sums);
        }
        buckets.put(sums.bucketMs, bucket);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        long endMs = timestamp + 1;
        OutboundJudge judge = rules.at(endMs).get(context.getCurrentKey().rule());
        if (judge == null) {
            forgetUpTo(endMs);
            return;
        }
        // Of most windows nothing more than this needs to be known.
        if (mayHold(judge, endMs, context.timerService())) {
            Candidate candidate = judge.judge(recent(endMs), endMs);
            if (candidate != null) {
                out.collect(candidate);
            }
        }
    }

    /** The rule does not run at that time. What comes after may be of one that runs again. */
    private void forgetUpTo(long endMs) throws Exception {
        for (Iterator<OutboundSums> each = buckets.values().iterator(); each.hasNext(); ) {
            if (each.next().endMs() <= endMs) {
                each.remove();
            }
        }
    }

    /**
     * Whether a bucket ends here, and any condition may hold of all buckets up to it together; what does not cannot hold of
     * fewer. Forgets buckets that no window reaches any more, and sees to it that this one will be.
     */
    private boolean mayHold(OutboundJudge judge, long endMs, TimerService timers) throws Exception {
        long flows = 0;
        long packets = 0;
        long bytes = 0;
        boolean ends = false;
        List<Long> gone = null;
        for (OutboundSums bucket : buckets.values()) {
            if (bucket.bucketMs < endMs - judge.windowMs()) {
                gone = gone == null ? new ArrayList<>() : gone;
                gone.add(bucket.bucketMs);
            } else if (bucket.endMs() <= endMs) {
                flows += bucket.flows;
                packets += bucket.packets;
                bytes += bucket.bytes;
                ends |= bucket.endMs() == endMs;
            }
        }
        if (gone != null) {
            for (Long bucket : gone) {
                buckets.remove(bucket);
            }
        }
        if (!ends) {
            return false;
        }
        timers.registerEventTimeTimer(endMs - 1 + judge.windowMs());
        return judge.mayHold(flows, packets, bytes);
    }

    /** Up to this end, the latest first. */
    private List<OutboundSums> recent(long endMs) throws Exception {
        List<OutboundSums> recent = new ArrayList<>();
        for (OutboundSums bucket : buckets.values()) {
            if (bucket.endMs() <= endMs) {
                recent.add(bucket);
            }
        }
        recent.sort(Comparator.comparingLong((OutboundSums bucket) -> bucket.bucketMs).reversed());
        return recent;
    }
}
