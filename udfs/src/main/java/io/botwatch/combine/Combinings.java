package io.botwatch.combine;

import io.botwatch.rule.RuleSet;
import java.io.Serializable;
import java.util.List;

/** What the rules of one type want combined: one combining a rule, and the partials of two of them differ. */
@FunctionalInterface
public interface Combinings<IN, P> extends Serializable {
    List<? extends Combining<IN, P>> of(RuleSet rules);
}
