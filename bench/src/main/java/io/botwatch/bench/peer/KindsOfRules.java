package io.botwatch.bench.peer;

import io.botwatch.rule.RuleSet;
import java.util.Collection;

/** Rules of the kinds that the three queries are of. */
final class KindsOfRules {
    private KindsOfRules() {}

    static RuleSet of(RuleSet rules, Collection<Query> queries) {
        return new RuleSet(
                rules.preset(),
                rules.version(),
                rules.internal(),
                rules.roles(),
                rules.rules().stream()
                        .filter(rule -> queries.stream().anyMatch(query -> query.rule.isInstance(rule)))
                        .toList(),
                rules.exceptions(),
                rules.neverIncluded());
    }
}
