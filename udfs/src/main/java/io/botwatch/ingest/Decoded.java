package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.wire.RuleChange;
import java.util.Objects;

/**
 * What a source makes of a record: a flow, a lookup of a name, a record that is not IP, or a dead letter; or a
 * change of the rules that goes with them. Mutable and reused, as its flow is.
 */
public final class Decoded implements RuleChange.Carrier {

    /** Never null; holds the record's flow if it is one, and the ends and the time of a lookup: who asked is its source. */
    public final Flow flow = new Flow();

    /** Null unless it is one. */
    public Lookup lookup;

    /** Null unless the record could not be decoded. */
    public DeadLetter dead;

    private boolean notIp;
    private RuleChange change;

    /** Null unless it is no record, and carries a change of the rules. */
    @Override
    public RuleChange change() {
        return change;
    }

    public boolean isFlow() {
        return dead == null && !notIp && lookup == null && change == null;
    }

    public boolean isLookup() {
        return lookup != null;
    }

    /** Whether it says how far event time has come. */
    public boolean hasTime() {
        return dead == null && !notIp && change == null;
    }

    /** Whether the record is well-formed and of something that is not IP. */
    public boolean isNotIp() {
        return notIp;
    }

    public Decoded asFlow() {
        change = null;
        dead = null;
        notIp = false;
        lookup = null;
        return this;
    }

    public Decoded asLookup(Lookup of) {
        change = null;
        dead = null;
        notIp = false;
        lookup = of;
        return this;
    }

    public Decoded asNotIp() {
        change = null;
        dead = null;
        notIp = true;
        lookup = null;
        return this;
    }

    public Decoded asDead(DeadLetter letter) {
        change = null;
        dead = letter;
        notIp = false;
        lookup = null;
        return this;
    }

    public Decoded asChange(RuleChange of) {
        asFlow();
        change = of;
        return this;
    }

    /** The event time, epoch ms; the smallest there is unless it has one, so that it moves no watermark. */
    public long timestampMs() {
        return hasTime() ? flow.startMs : Long.MIN_VALUE;
    }

    public void copyFrom(Decoded other) {
        dead = other.dead;
        change = other.change;
        notIp = other.notIp;
        lookup = other.lookup;
        if (hasTime()) {
            flow.copyFrom(other.flow);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoded that
                && Objects.equals(dead, that.dead)
                && notIp == that.notIp
                && change == that.change
                && Objects.equals(lookup, that.lookup)
                && (!hasTime() || flow.equals(that.flow));
    }

    @Override
    public int hashCode() {
        return hasTime() ? flow.hashCode() : Objects.hash(dead, notIp);
    }

    @Override
    public String toString() {
        return change != null ? change.toString() : isLookup() ? lookup + " by " + flow : isFlow() ? flow.toString() : notIp ? "not IP" : dead.toString();
    }
}
