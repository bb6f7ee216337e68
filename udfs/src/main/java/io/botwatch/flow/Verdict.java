package io.botwatch.flow;

/** What a firewall on the path did with the flow. Unknown counts as allowed. */
public enum Verdict {
    UNKNOWN,
    ALLOWED,
    DENIED
}
