package io.botwatch.rule;

import io.botwatch.exception.Exceptions;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Roles;
import java.util.List;

/** Rule sets for tests, of version {@code test}. */
public final class RuleSets {
    private RuleSets() {}

    /** As what a job starts with. */
    public static RuleTimeline always(Rule... rules) {
        return RuleTimeline.always(of(rules));
    }

    public static RuleSet of(Rule... rules) {
        return of(Roles.NONE, rules);
    }

    public static RuleSet of(Roles roles, Rule... rules) {
        return new RuleSet(
                RuleSet.Preset.ENTERPRISE,
                "test",
                NetworkSet.of(List.of(Network.parse("10.0.0.0/8"))),
                roles,
                List.of(rules),
                Exceptions.NONE,
                List.of());
    }
}
