package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.util.Objects;

/** What a source makes of a record: a flow, a record that is not IP, or a dead letter. Mutable and reused, as its flow is. */
public final class Decoded {

    /** Never null; holds the record's flow if it is one. */
    public final Flow flow = new Flow();

    /** Null unless the record could not be decoded. */
    public DeadLetter dead;

    private boolean notIp;

    public boolean isFlow() {
        return dead == null && !notIp;
    }

    /** Whether the record is well-formed and of something that is not IP. */
    public boolean isNotIp() {
        return notIp;
    }

    public Decoded asFlow() {
        dead = null;
        notIp = false;
        return this;
    }

    public Decoded asNotIp() {
        dead = null;
        notIp = true;
        return this;
    }

    public Decoded asDead(DeadLetter letter) {
        dead = letter;
        notIp = false;
        return this;
    }

    /** The event time, epoch ms; the smallest there is unless it is a flow, so that it moves no watermark. */
    public long timestampMs() {
        return isFlow() ? flow.startMs : Long.MIN_VALUE;
    }

    public void copyFrom(Decoded other) {
        dead = other.dead;
        notIp = other.notIp;
        if (isFlow()) {
            flow.copyFrom(other.flow);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoded that
                && Objects.equals(dead, that.dead)
                && notIp == that.notIp
                && (!isFlow() || flow.equals(that.flow));
    }

    @Override
    public int hashCode() {
        return isFlow() ? flow.hashCode() : Objects.hash(dead, notIp);
    }

    @Override
    public String toString() {
        return isFlow() ? flow.toString() : notIp ? "not IP" : dead.toString();
    }
}
