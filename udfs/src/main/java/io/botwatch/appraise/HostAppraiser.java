package io.botwatch.appraise;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;

/**
 * Weighs what a host does with one peer by what it does with all others. A host that talks to hundreds of peers on as many
 * ports runs something peer-to-peer, in which regular contact with single peers is usual.
 */
public final class HostAppraiser implements Appraiser {
    /** Distinct peers, and distinct ports, off the usual services within a day or two. */
    static final int MANY_PEERS = 100;

    static final int MANY_PORTS = 50;

    @Override
    public boolean wants(Candidate candidate) {
        return candidate.isWeighed()
                && switch (candidate.finding.type) {
                    case BEACON, LONG_CONNECTION, SPREADER, OUTBOUND_FLOOD -> true;
                    default -> false;
                };
    }

    @Override
    public Address subject(Candidate candidate) {
        Address host = candidate.finding.host();
        return host == null ? candidate.peer : host;
    }

    @Override
    public boolean appraise(Candidate candidate, Acquaintance known, Surroundings surroundings) {
        if (candidate.signal == Candidate.Signal.ENDED || known == null) {
            return true;
        }
        long peers = known.others();
        long ports = known.ports();
        if (peers >= MANY_PEERS && ports >= MANY_PORTS) {
            Finding finding = candidate.finding;
            finding.severity = finding.severity.atMost(Severity.LOW);
            finding.notes.add("low at most: the host talks to " + peers + " peers on " + ports
                    + " ports of no usual service, as peer-to-peer software does");
        }
        return true;
    }
}
