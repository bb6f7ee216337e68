package io.botwatch.lifecycle;

import io.botwatch.exception.ExceptionEntry;
import io.botwatch.exception.Exceptions;
import io.botwatch.finding.Finding;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSet;
import java.util.HashSet;
import java.util.Set;

/** Who hears of a finding: by its rule's mode, and by the exception that counts at its time. Immutable. */
final class Addressing {
    private final Set<String> shadowRules = new HashSet<>();
    private final Set<String> stoppedRules = new HashSet<>();
    private final Exceptions exceptions;
    private final String configVersion;

    Addressing(RuleSet rules) {
        for (Rule rule : rules.rules()) {
            if (rule.info().mode() == RuleInfo.Mode.SHADOW) {
                shadowRules.add(rule.info().id());
            } else if (!rule.info().runs()) {
                stoppedRules.add(rule.info().id());
            }
        }
        exceptions = rules.exceptions();
        configVersion = rules.version();
    }

    /** Whether the rule is disabled: what its part of the graph goes on to find is nobody's. */
    boolean isStopped(String ruleId) {
        return stoppedRules.contains(ruleId);
    }

    /**
     * Sets version, audience and exception of a finding, and what the exception does to it.
     *
     * @return whether an exception that has expired would have counted where none does
     */
    boolean address(Finding finding) {
        // Relay and story rules are not told of changes; this is the version in force at the time.
        finding.configVersion = configVersion;
        finding.audience = shadowRules.contains(finding.ruleId) ? Finding.Audience.SHADOW : Finding.Audience.ALL;
        Exceptions.Match match = exceptions.match(finding);
        ExceptionEntry exception = match.entry();
        if (exception == null) {
            return match.expired();
        }
        finding.exception = exception.id();
        switch (exception.action()) {
            case DROP -> finding.audience = Finding.Audience.SUPPRESSED;
            case LOWER -> {
                finding.severity = finding.severity.atMost(exception.to());
                finding.notes.add(exception.to().label() + " at most: " + exception.described());
            }
            case TAG -> finding.notes.add(exception.described());
        }
        return false;
    }
}
