package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.KeyGroups;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites what a host did in each bucket, and judges the windows that end with it. Buckets lie in
 * state until the longest window has passed, of a host that tries everything only so many, see {@link HostQuota}.
 */
public final class OutboundFunction extends KeyedProcessFunction<RuleSubject, OutboundSums, Candidate> {
    private static final MapStateDescriptor<Long, OutboundSums> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, OutboundSums.Serializer.TYPE);

    private static final ValueStateDescriptor<long[]> TOTALS =
            new ValueStateDescriptor<>("totals", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO);

    private final RuleTimeline start;

    private transient LiveRules<Map<Long, OutboundJudge>> rules;
    private transient MapState<Long, OutboundSums> buckets;
    private transient ValueState<long[]> totalsOfKey;
    private transient HostQuota quota;
    private transient Tally late;
    private transient Tally refused;

    public OutboundFunction(RuleTimeline start) {
        this.start = start;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, OutboundFunction::judges);
        buckets = getRuntimeContext().getMapState(BUCKETS);
        totalsOfKey = getRuntimeContext().getState(TOTALS);
        quota = new HostQuota(KeyGroups.of(getRuntimeContext().getTaskInfo()));
        late = Tally.of(getRuntimeContext(), Tally.LATE_OUTBOUND);
        refused = Tally.of(getRuntimeContext(), Tally.REFUSED_OUTBOUND);
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
        BucketTotals totals = new BucketTotals(totalsOfKey.value());
        if (totals.isEmpty() && !quota.admits(context.getCurrentKey(), sums)) {
            refused.add(sums.flows);
            return;
        }
        OutboundSums bucket = totals.has(sums.bucketMs) ? buckets.get(sums.bucketMs) : null;
        if (bucket == null) {
            bucket = sums.copy();
            context.timerService().registerEventTimeTimer(sums.endMs() - 1);
        } else {
            bucket.merge(sums);
        }
        buckets.put(sums.bucketMs, bucket);
        totals.add(sums);
        totalsOfKey.update(totals.values());
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        long endMs = timestamp + 1;
        BucketTotals totals = new BucketTotals(totalsOfKey.value());
        OutboundJudge judge = rules.at(endMs).get(context.getCurrentKey().rule());
        boolean ends = totals.has(endMs - OutboundSums.BUCKET_MS);
        // Of most windows nothing more than this needs to be known: what does not hold of all of it holds of no part.
        if (judge != null && ends && totals.mayHold(judge, endMs)) {
            Candidate candidate = judge.judge(recent(totals, endMs), endMs);
            if (candidate != null) {
                out.collect(candidate);
            }
        }
        // Where the rule does not run at that time, what comes after may be of one that runs again.
        long windowMs = judge == null ? OutboundSums.BUCKET_MS : judge.windowMs();
        forgetBefore(endMs + OutboundSums.BUCKET_MS - windowMs, totals, context.getCurrentKey());
        if (ends && windowMs > OutboundSums.BUCKET_MS) {
            context.timerService().registerEventTimeTimer(timestamp + windowMs - OutboundSums.BUCKET_MS);
        }
    }

    /** Lets go of buckets that no window reaches that ends later. */
    private void forgetBefore(long startMs, BucketTotals totals, RuleSubject key) throws Exception {
        long[] gone = totals.before(startMs);
        if (gone.length == 0) {
            return;
        }
        for (long bucketMs : gone) {
            buckets.remove(bucketMs);
        }
        totals.forgetBefore(startMs);
        if (totals.isEmpty()) {
            totalsOfKey.clear();
            quota.release(key);
        } else {
            totalsOfKey.update(totals.values());
        }
    }

    /** Up to this end, the latest first. */
    private List<OutboundSums> recent(BucketTotals totals, long endMs) throws Exception {
        List<OutboundSums> recent = new ArrayList<>();
        for (long bucketMs : totals.before(endMs)) {
            recent.add(0, buckets.get(bucketMs));
        }
        return recent;
    }
}
