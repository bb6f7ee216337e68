package io.botwatch.bench.scale;

import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleSet;
import java.util.List;

/** Rule sets whose relay rules differ from what is shipped. */
final class RelayVariants {
    private RelayVariants() {}

    /** The same rules, with pairs found by that engine. */
    static RuleSet by(RelayRule.Engine engine, RuleSet rules) {
        return with(
                rules,
                rules.rules().stream()
                        .map(rule -> rule instanceof RelayRule relay ? changed(relay, relay.maxPairsPerHost(), engine) : rule)
                        .toList());
    }

    /**
     * The relay rules alone.
     *
     * @param cap of pairs a host; 0 for the rule's own
     */
    static RuleSet alone(RuleSet rules, int cap, RelayRule.Engine engine) {
        return with(
                rules,
                rules.of(RelayRule.class).stream()
                        .map(rule -> (Rule) changed(rule, cap == 0 ? rule.maxPairsPerHost() : cap, engine))
                        .toList());
    }

    private static RuleSet with(RuleSet rules, List<Rule> others) {
        return new RuleSet(
                rules.preset(), rules.version(), rules.internal(), rules.roles(), others, rules.exceptions(), rules.neverIncluded());
    }

    private static RelayRule changed(RelayRule rule, int cap, RelayRule.Engine engine) {
        return new RelayRule(
                rule.info(),
                rule.windowMs(),
                rule.excludedPorts(),
                rule.excludedPeers(),
                cap,
                rule.perHost(),
                engine,
                rule.excludedRoles());
    }
}
