package io.botwatch.story;

import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When findings of one host tell a story: something controls it, and it acts.
 *
 * @param windowMs longest time between the two, ms, in either order: what controls a host may be found after what it does
 * @param control types of findings that something outside may control the host
 * @param action types of findings that the host does harm
 * @param minSeverity both are of this severity, at least
 */
public record StoryRule(
        RuleInfo info, long windowMs, List<Finding.Type> control, List<Finding.Type> action, Severity minSeverity)
        implements Rule {

    /** What a finding is to a story. */
    public enum Side {
        CONTROL,
        ACTION
    }

    public static StoryRule read(RuleReader rule) {
        rule.allow();
        Section condition = rule.condition("control", "action", "min_severity");
        return new StoryRule(
                rule.info(),
                rule.window("size").durationMs("size", TimeUnit.MINUTES.toMillis(1), RuleReader.MAX_WINDOW_MS),
                types(rule, condition, "control"),
                types(rule, condition, "action"),
                RuleReader.constant(
                        Severity.values(),
                        condition.choice("min_severity", true, RuleReader.labels(Severity.values()))));
    }

    private static List<Finding.Type> types(RuleReader rule, Section condition, String key) {
        List<String> known = Arrays.stream(Finding.Type.values()).map(Finding.Type::label).toList();
        List<Finding.Type> types = new ArrayList<>();
        for (Scalar scalar : condition.list(key, true, "type")) {
            int at = known.indexOf(scalar.text());
            if (at < 0) {
                rule.problem(scalar, Section.notOneOf(scalar.text(), known));
            } else {
                types.add(Finding.Type.values()[at]);
            }
        }
        return List.copyOf(types);
    }

    /** Null where the finding is no part of a story. */
    public Side side(Finding finding) {
        if (finding.severity.compareTo(minSeverity) < 0) {
            return null;
        }
        return control.contains(finding.type) ? Side.CONTROL : action.contains(finding.type) ? Side.ACTION : null;
    }

    @Override
    public String structure() {
        return String.valueOf(windowMs);
    }
}
