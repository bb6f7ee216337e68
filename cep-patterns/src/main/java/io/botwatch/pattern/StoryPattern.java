package io.botwatch.pattern;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.story.StoryEvidence;
import io.botwatch.story.StoryRule;
import io.botwatch.story.StoryRule.Side;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;

/**
 * Two findings of one host within a window, one of what controls it and one of what it does, in either order: a cadence
 * takes longer to see than a scan. Findings come through a gate that leaves few of each host.
 */
public final class StoryPattern {
    private static final String FIRST = "first";
    private static final String SECOND = "second";

    private StoryPattern() {}

    static Pattern<Finding, Finding> of(StoryRule rule) {
        return Pattern.<Finding>begin(FIRST, AfterMatchSkipStrategy.noSkip())
                .followedByAny(SECOND)
                .where(new OtherSide(rule))
                // CEP's window is exclusive.
                .within(Duration.ofMillis(rule.windowMs() + 1));
    }

    /** @param findings keyed by host, all of them part of a story by the rule */
    public static SingleOutputStreamOperator<Candidate> stories(KeyedStream<Finding, ?> findings, StoryRule rule) {
        return CEP.pattern(findings, of(rule), new ByUid()).process(new Tell(rule), CandidateSerializer.TYPE);
    }

    private static final class OtherSide extends IterativeCondition<Finding> {
        private final StoryRule rule;

        OtherSide(StoryRule rule) {
            this.rule = rule;
        }

        @Override
        public boolean filter(Finding second, Context<Finding> context) throws Exception {
            for (Finding first : context.getEventsForPattern(FIRST)) {
                return rule.side(first) != rule.side(second);
            }
            return false;
        }
    }

    /** Of findings with one timestamp: any order that does not depend on arrival. */
    private static final class ByUid implements EventComparator<Finding> {
        private static final Comparator<Finding> ORDER =
                Comparator.<Finding, java.util.UUID>comparing(finding -> finding.uid).thenComparing(finding -> finding.activity);

        @Override
        public int compare(Finding a, Finding b) {
            return ORDER.compare(a, b);
        }
    }

    private static final class Tell extends PatternProcessFunction<Finding, Candidate> {
        private final StoryRule rule;

        Tell(StoryRule rule) {
            this.rule = rule;
        }

        @Override
        public void processMatch(Map<String, List<Finding>> match, Context context, Collector<Candidate> out) {
            Finding first = match.get(FIRST).get(0);
            Finding second = match.get(SECOND).get(0);
            boolean controlFirst = rule.side(first) == Side.CONTROL;
            out.collect(StoryEvidence.candidate(rule, controlFirst ? first : second, controlFirst ? second : first));
        }
    }
}
