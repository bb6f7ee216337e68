package io.botwatch.appraise;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Address;
import java.io.Serializable;

/** Weighs a candidate by what is known of an address. A pure function. */
public interface Appraiser extends Serializable {
    /** Whether the candidate's kind is weighed at all; all candidates of a story have the same answer. */
    boolean wants(Candidate candidate);

    /** The address that it is weighed by. */
    Address subject(Candidate candidate);

    /**
     * Sets severity, score and remarks of the candidate's finding.
     *
     * @param known null when nothing is known of the address yet
     * @return whether it is worth a finding
     */
    boolean appraise(Candidate candidate, Acquaintance known, Surroundings surroundings);
}
