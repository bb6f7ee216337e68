package io.botwatch.job;

import io.botwatch.control.Answer;
import io.botwatch.control.Ledger;
import io.botwatch.document.DocumentException;
import io.botwatch.live.ResultsTopic;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleTimeline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Which rules were in force when, as the job's topic of results has it. */
public final class RuleHistory {
    private RuleHistory() {}

    /**
     * Those of the configuration at all times, unless there is a history.
     *
     * @throws DocumentException when the topic holds something else, or names files that are not there any more
     */
    public static RuleTimeline of(JobConfig config) {
        if (config.liveRules() == null) {
            return RuleTimeline.always(config.rules());
        }
        List<Answer> answers = answers(config);
        return answers.isEmpty()
                ? RuleTimeline.always(config.rules())
                : Ledger.replay(config.ruleText(), answers, config.shadowTopic() != null, Ledger.Keep.ALL).timeline();
    }

    /**
     * All answers of the topic of results; may be empty.
     *
     * @throws DocumentException when it cannot be read
     */
    public static List<Answer> answers(JobConfig config) {
        try {
            return ResultsTopic.read(config.bootstrapServers(), config.kafka(), config.liveRules().resultsTopic());
        } catch (IOException e) {
            throw new DocumentException(List.of("live_rules.results_topic: " + e.getMessage()));
        }
    }

    /** The longest window of any rule of any time: how long before its range a backfill starts reading. */
    public static Duration longestWindow(RuleTimeline rules) {
        return Duration.ofMillis(rules.epochs().stream()
                .flatMap(epoch -> epoch.rules().rules().stream())
                .mapToLong(Rule::windowMs)
                .max()
                .orElse(0));
    }
}
