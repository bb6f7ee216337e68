package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.timing.TimingWheel;
import io.botwatch.wire.KeyGroupOperator;
import io.botwatch.wire.KeyGroups;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The second of two phases: unites what a host did in each bucket, and judges the windows that end with it. Most subjects are
 * seen in one bucket and never again, so the state is the operator's own and bounded: of one host, see
 * {@link HostQuota}, and in all.
 */
public final class OutboundOperator extends KeyGroupOperator<Candidate>
        implements OneInputStreamOperator<OutboundSums, Candidate>, KeyGroups.State {
    private final RuleTimeline start;
    private final long maxSums;

    private transient OutboundTable[] tables;
    private transient TimingWheel<OutboundBuckets> wheel;
    private transient LiveRules<Map<Long, OutboundJudge>> rules;
    private transient Tally late;
    private transient Tally refused;

    /** @param maxSums held over the whole job; fewer, where some have many destinations: they count as up to {@value OutboundSums#MOST_WEIGHT} */
    public OutboundOperator(RuleTimeline start, long maxSums) {
        this.start = start;
        this.maxSums = maxSums;
    }

    @Override
    protected KeyGroups.State begin() {
        rules = new LiveRules<>(start, OutboundOperator::judges);
        wheel = new TimingWheel<>(OutboundSums.BUCKET_MS);
        tables = new OutboundTable[groups.count()];
        for (int group = 0; group < tables.length; group++) {
            tables[group] = new OutboundTable(maxSums, groups.of());
        }
        return this;
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

    @Override
    public void processElement(StreamRecord<OutboundSums> element) {
        OutboundSums sums = element.getValue();
        if (sums.change() != null) {
            rules.take(sums.change());
            return;
        }
        RuleSubject subject = sums.subject();
        OutboundTable table = table(groups.groupOf(subject));
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

    private OutboundTable table(int group) {
        return tables[group - groups.first()];
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
            buckets.table.passed(buckets, endMs, judge == null ? OutboundSums.BUCKET_MS : judge.windowMs());
        }
        if (!buckets.isEmpty()) {
            schedule(buckets);
        }
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
    public boolean isEmpty(int group) {
        return table(group).isEmpty();
    }

    @Override
    public void write(int group, DataOutputView out) throws IOException {
        table(group).write(out);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        table(group).read(in, this::schedule);
    }
}
