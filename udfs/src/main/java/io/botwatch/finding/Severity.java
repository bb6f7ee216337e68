package io.botwatch.finding;

import java.util.Locale;

/** How much a finding matters, lowest first. */
public enum Severity {
    INFORMATIONAL,
    LOW,
    MEDIUM,
    HIGH,
    CRITICAL;

    /** The {@code severity_id} of OCSF 1.8.0: 1 to 5. */
    public int ocsfId() {
        return ordinal() + 1;
    }

    /** Lower-case name, as in rule files and the flat view. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The lower of the two: a rule's level is a ceiling. */
    public Severity atMost(Severity ceiling) {
        return compareTo(ceiling) <= 0 ? this : ceiling;
    }
}
