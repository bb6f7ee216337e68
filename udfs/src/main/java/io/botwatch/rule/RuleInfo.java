package io.botwatch.rule;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;

import java.io.Serializable;
import java.util.List;

/**
 * What every rule has, whatever it detects.
 *
 * @param id stable identifier, part of the finding's uid
 * @param level ceiling of the severity
 * @param tags Sigma-style tags; {@code attack.tNNNN[.NNN]} become the finding's techniques
 * @param suppressionMs quiet time after which a finding closes, ms; 0 closes as soon as the rule no longer holds
 * @param note what to check first, and the usual false positives; empty when absent
 */
public record RuleInfo(
        String id, String title, Mode mode, Severity level, List<String> tags, long suppressionMs, String note)
        implements Serializable {

    /** Whether a rule runs, and who hears of it. */
    public enum Mode {
        ACTIVE,
        /** It runs, and its findings go where shadow findings go. */
        SHADOW,
        DISABLED
    }

    /**
     * A finding of this rule that says nothing else yet.
     *
     * @param configVersion of the rules in force
     */
    public Finding finding(Finding.Type type, String configVersion) {
        Finding finding = new Finding();
        finding.type = type;
        finding.ruleId = id;
        finding.ruleTitle = title;
        finding.tags = tags;
        finding.configVersion = configVersion;
        return finding;
    }

    /** Active or shadow. */
    public boolean runs() {
        return mode != Mode.DISABLED;
    }
}
