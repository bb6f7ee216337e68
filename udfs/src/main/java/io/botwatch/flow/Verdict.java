package io.botwatch.flow;

/** What a firewall on the path did with the flow. Unknown counts as allowed. */
public enum Verdict {
    UNKNOWN,
    ALLOWED,
    DENIED;

    /** Of several records of one connection: allowed if any of them was, else denied if any was. */
    public Verdict and(Verdict other) {
        return this == ALLOWED || other == UNKNOWN ? this : other;
    }
}
