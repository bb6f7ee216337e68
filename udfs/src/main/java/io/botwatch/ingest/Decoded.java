package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.util.Objects;

/** What a source makes of a record: a flow, or a dead letter. Mutable and reused, as the flow within it is. */
public final class Decoded {

    /** Never null; the record's flow unless {@link #dead} is set. */
    public final Flow flow = new Flow();

    /** Null when the record is a flow. */
    public DeadLetter dead;

    public boolean isFlow() {
        return dead == null;
    }

    public void copyFrom(Decoded other) {
        dead = other.dead;
        if (dead == null) {
            flow.copyFrom(other.flow);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decoded that
                && Objects.equals(dead, that.dead)
                && (dead != null || flow.equals(that.flow));
    }

    @Override
    public int hashCode() {
        return dead == null ? flow.hashCode() : dead.hashCode();
    }

    @Override
    public String toString() {
        return dead == null ? flow.toString() : dead.toString();
    }
}
