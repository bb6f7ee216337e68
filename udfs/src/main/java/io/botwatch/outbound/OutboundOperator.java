package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.timing.TimingWheel;
import io.botwatch.wire.KeyGroups;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The second of two phases: unites what a host did in each bucket, and judges the windows that end with it. Most subjects are
 * seen in one bucket and never again, so the state is the operator's own, see {@link KeyGroups}, and bounded: of one host, see
 * {@link HostQuota}, and in all.
 */
public final class OutboundOperator extends AbstractStreamOperator<Candidate>
        implements OneInputStreamOperator<OutboundSums, Candidate>, KeyGroups.State {
    private final RuleTimeline start;
    private final long maxSums;

    private transient KeyGroups groups;
    private transient OutboundTable[] tables;
    private transient TimingWheel<OutboundBuckets> wheel;
    private transient LiveRules<Map<Long, OutboundJudge>> rules;
    private transient HostQuota quota;
    private transient Tally late;
    private transient Tally refused;

    /** @param maxSums held over the whole job; fewer, where some have many destinations: they count as up to {@value OutboundSums#MOST_WEIGHT} */
    public OutboundOperator(RuleTimeline start, long maxSums) {
        this.start = start;
        this.maxSums = maxSums;
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        groups = KeyGroups.of(getRuntimeContext().getTaskInfo());
        quota = new HostQuota(groups);
        rules = new LiveRules<>(start, OutboundOperator::judges);
        wheel = new TimingWheel<>(OutboundSums.BUCKET_MS);
        tables = new OutboundTable[groups.count()];
        for (int group = 0; group < tables.length; group++) {
            tables[group] = new OutboundTable(maxSums / groups.of() + 1, quota);
        }
        groups.read(context, this);
    }

    private static Map<Long, OutboundJudge> judges(RuleSet set) {
        Map<Long, OutboundJudge> judges = new HashMap<>();
        set.activeByKey(OutboundRule.class).forEach((key, rule) -> judges.put(key, new OutboundJudge(rule, set)));
        return judges;
    }

    @Override
    public void open() throws Exception {
        super.open();
        late = Tally.of(getRuntimeContext(), Tally.LATE_OUTBOUND);
        refused = Tally.of(getRuntimeContext(), Tally.REFUSED_OUTBOUND);
        getMetricGroup().gauge("outbound_sums", this::held);
    }

    /** There is no state of the backend's to select. */
    @Override
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<OutboundSums> element) {
        OutboundSums sums = element.getValue();
        if (sums.change() != null) {
            rules.take(sums.change());
            return;
        }
        RuleSubject subject = sums.subject();
        OutboundTable table = tables[groups.groupOf(subject) - groups.first()];
        if (table.hasJudged(sums)) {
            late.add(sums.flows);
            return;
        }
        OutboundBuckets buckets = table.add(subject, sums);
        if (buckets == null) {
            refused.add(sums.flows);
        } else {
            schedule(buckets);
        }
    }

    private void schedule(OutboundBuckets buckets) {
        long dueMs = buckets.nextMs() - 1;
        if (!buckets.isScheduled() || buckets.dueMs() != dueMs) {
            wheel.schedule(buckets, dueMs);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        long watermarkMs = mark.getTimestamp();
        wheel.advance(watermarkMs, buckets -> advance(buckets, watermarkMs));
        for (OutboundTable table : tables) {
            table.judged(watermarkMs);
        }
        output.emitWatermark(mark);
    }

    /** Judges all windows of a subject that have ended, one after the other. */
    private void advance(OutboundBuckets buckets, long watermarkMs) {
        while (!buckets.isEmpty() && buckets.nextMs() - 1 <= watermarkMs) {
            long endMs = buckets.nextMs();
            OutboundJudge judge = rules.at(endMs).get(buckets.subject.rule());
            // Of most windows nothing more than this needs to be known: what does not hold of all of it holds of no part.
            if (judge != null && buckets.endsAt(endMs) && buckets.mayHold(judge, endMs)) {
                Candidate candidate = judge.judge(buckets.upTo(endMs), endMs);
                if (candidate != null) {
                    output.collect(new StreamRecord<>(candidate, endMs - 1));
                }
            }
            // Where the rule does not run at that time, what comes after may be of one that runs again.
            table(buckets).passed(buckets, endMs, judge == null ? OutboundSums.BUCKET_MS : judge.windowMs());
        }
        if (!buckets.isEmpty()) {
            schedule(buckets);
        }
    }

    private OutboundTable table(OutboundBuckets buckets) {
        return tables[groups.groupOf(buckets.subject) - groups.first()];
    }

    /** How many sums are held. */
    int held() {
        int held = 0;
        for (OutboundTable table : tables) {
            held += table.sums();
        }
        return held;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        groups.write(context, this);
    }

    @Override
    public boolean isEmpty(int group) {
        return tables[group - groups.first()].isEmpty();
    }

    @Override
    public void write(int group, DataOutputView out) throws IOException {
        tables[group - groups.first()].write(out);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        tables[group - groups.first()].read(in, this::schedule);
    }
}
