package io.botwatch.longconnection;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Flow;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleTimeline;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Judges connections by how long they have lasted, when they are reported on and when they end. A connection that is kept
 * alive has no cadence, so nothing else sees it. Without state: the totals of a connection say all.
 */
public final class LongConnectionFunction extends ProcessFunction<Flow, Candidate> {
    private final RuleTimeline start;

    private transient LiveRules<List<LongConnectionJudge>> rules;

    public LongConnectionFunction(RuleTimeline start) {
        this.start = start;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, set -> set.active(LongConnectionRule.class).stream()
                .map(rule -> new LongConnectionJudge(rule, set))
                .toList());
    }

    @Override
    public void processElement(Flow total, Context context, Collector<Candidate> out) {
        if (total.change() != null) {
            rules.take(total.change());
            return;
        }
        for (LongConnectionJudge judge : rules.at(total.endMs)) {
            Candidate candidate = judge.judge(total);
            if (candidate != null) {
                out.collect(candidate);
            }
        }
    }
}
