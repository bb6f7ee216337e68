package io.botwatch.bench;

import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rules of each kind alone; stories need others and cost next to nothing. */
public final class RulesByKind {
    private RulesByKind() {}

    /** By the simple name of the rules' class, in the order of the document. */
    public static Map<String, RuleSet> of(RuleSet rules) {
        Map<String, RuleSet> byKind = new LinkedHashMap<>();
        for (Rule rule : rules.rules()) {
            String kind = rule.getClass().getSimpleName();
            if (!kind.equals("StoryRule")) {
                byKind.putIfAbsent(kind, rules.only(rule.getClass()));
            }
        }
        return byKind;
    }
}
