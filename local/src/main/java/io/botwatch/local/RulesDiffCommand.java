package io.botwatch.local;

import io.botwatch.control.Answer;
import io.botwatch.control.Ledger;
import io.botwatch.job.JobConfig;
import io.botwatch.job.RuleHistory;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rules.Difference;
import io.botwatch.rules.RuleText;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules diff}: whether the rules that a job has in force are those of a file. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints where the rules that a job has in force, after all changes that it accepted, differ from a rule file. What is",
            "written is compared, without comments: 1h differs from 60m.",
            "Exit codes: 0 they are equal, 1 the run failed, 2 wrong usage or a fault in a file, 3 they differ."
        })
final class RulesDiffCommand implements Callable<Integer> {
    static final int DIFFERENT = 3;

    private static final int SHOWN = 200;

    @Parameters(arity = "0..1", paramLabel = "FILE|PRESET", description = "the rules to compare; default: those that the configuration names")
    private String rules;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the job's configuration: broker, and topics in live_rules")
    private Path configFile;

    @Override
    public Integer call() {
        JobConfig config = JobConfig.load(configFile);
        Arguments.liveRules(configFile, config);
        RuleText file = rules == null ? config.ruleText() : RuleText.named(rules, null);
        String named = rules == null ? "the configuration's rule file" : rules;
        List<Answer> answers = RuleHistory.answers(config);
        RuleText inForce = config.ruleText();
        String since = ", what the job begins with: there is no history yet";
        if (!answers.isEmpty()) {
            Ledger ledger = Ledger.replay(config.ruleText(), answers, config.shadowTopic() != null, Ledger.Keep.RECENT);
            inForce = ledger.text();
            since = since(ledger.timeline().last());
        }
        List<Difference> differences = Difference.between(file, inForce);
        differences.forEach(difference -> System.out.println(described(difference)));
        System.out.printf(
                "%s: %s has version %s, in force is version %s%s%n",
                differences.isEmpty() ? "no difference" : differences.size() + (differences.size() == 1 ? " difference" : " differences"),
                named,
                file.rules(named).version(),
                inForce.rules("rules in force").version(),
                differences.isEmpty() ? "" : since);
        return differences.isEmpty() ? 0 : DIFFERENT;
    }

    private static String since(RuleTimeline.Epoch last) {
        return last.sequence() == 0
                ? ", what the job began with"
                : ", its last change since " + Instant.ofEpochMilli(last.fromMs());
    }

    private static String described(Difference difference) {
        String path = oneLine(difference.path());
        return switch (difference.kind()) {
            case VALUE -> path + ": " + shown(difference.first()) + " in the file, " + shown(difference.second()) + " in force";
            case ONLY_IN_FIRST -> path + ": " + (difference.first() == null ? "" : shown(difference.first()) + " ") + "only in the file";
            case ONLY_IN_SECOND -> path + ": " + (difference.second() == null ? "" : shown(difference.second()) + " ") + "only in force";
            case CONTENTS -> path + ": the file's contents differ";
        };
    }

    /** A value may be a list of thousands. */
    private static String shown(String value) {
        String line = oneLine(value);
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "... (" + line.length() + " characters)";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\R", " ").replaceAll("\\p{Cntrl}", "?");
    }
}
