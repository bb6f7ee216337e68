package io.botwatch.longconnection;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Flow;
import io.botwatch.rule.RuleSet;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Judges connections by how long they have lasted, when they are reported on and when they end. A connection that is kept
 * alive has no cadence, so nothing else sees it. Without state: the totals of a connection say all.
 */
public final class LongConnectionFunction extends ProcessFunction<Flow, Candidate> {
    private final RuleSet rules;

    private transient List<LongConnectionJudge> judges;

    public LongConnectionFunction(RuleSet rules) {
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        judges = rules.active(LongConnectionRule.class).stream()
                .map(rule -> new LongConnectionJudge(rule, rules))
                .toList();
    }

    @Override
    public void processElement(Flow total, Context context, Collector<Candidate> out) {
        for (LongConnectionJudge judge : judges) {
            Candidate candidate = judge.judge(total);
            if (candidate != null) {
                out.collect(candidate);
            }
        }
    }
}
