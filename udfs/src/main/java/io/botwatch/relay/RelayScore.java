package io.botwatch.relay;

import io.botwatch.finding.Severity;

/**
 * How much speaks for a host that relays, 0 to 1. Relayed sessions in excess of chance are what counts; how they lie in time
 * and between whom adds to them. A host that does nothing but accept one connection and open another within the window is
 * worth a look, too; one with many peers and no relayed sessions is busy, not a relay.
 *
 * @param value 0 to 1; 0 where nothing speaks for it
 * @param sessions relayed sessions less those to be expected by chance
 * @param quick share of them whose second leg began within 2 s
 */
record RelayScore(double value, long sessions, double quick) {
    /** A host with more peers than this on either side is not quiet. */
    static final int FEW = 3;

    private static final int SESSIONS = 3;
    private static final double MOSTLY = 0.8;

    static RelayScore of(RelayHost host) {
        long sessions = Math.max(0, host.sessions - host.controls);
        double quick = host.sessions == 0 ? 0 : (double) host.quick / host.sessions;
        long sources = Math.max(host.sources.estimate(), host.overflowSources);
        long targets = Math.max(host.targets.estimate(), host.overflowTargets);
        boolean fewSources = sources <= FEW;
        boolean fewTargets = targets <= FEW;
        // Where chance explains a good part of them, chance may explain them all.
        boolean beyondChance = host.sessions > 3 * host.controls;
        if (!beyondChance || sessions == 0) {
            return new RelayScore(fewSources && fewTargets ? 0.3 : 0, sessions, quick);
        }
        if (sessions < SESSIONS) {
            return new RelayScore(fewSources && fewTargets ? 0.6 : fewSources || fewTargets ? 0.45 : 0.3, sessions, quick);
        }
        double value = 0.6
                + (quick >= MOSTLY ? 0.15 : 0)
                + (Long.bitCount(host.hours) > 1 ? 0.1 : 0)
                + (fewSources || fewTargets ? 0.1 : 0)
                + (sessions >= 10 ? 0.05 : 0);
        return new RelayScore(value, sessions, quick);
    }

    /** Null where it is no finding. */
    Severity severity() {
        if (value >= 0.75) {
            return Severity.HIGH;
        }
        if (value >= 0.6) {
            return Severity.MEDIUM;
        }
        return value >= 0.3 ? Severity.LOW : null;
    }
}
