package io.botwatch.combine;

import java.io.Serializable;

/**
 * How records become partial results that can be merged: what {@link LocalCombiner} needs to know of a detector.
 *
 * @param <IN> the records
 * @param <P> the partials; {@code equals} and {@code hashCode} cover key and bucket only
 */
public interface Combining<IN, P> extends Serializable {

    /** Whether the record is for this detector at all. */
    boolean wants(IN record);

    /** An object equal to the record's partial; may be reused by the next call. */
    P probe(IN record);

    /** A new, empty partial equal to {@code probe}. */
    P start(P probe);

    void add(P partial, IN record);

    /** The end of the partial's bucket, epoch ms, exclusive. */
    long bucketEndMs(P partial);

    /** How many values the partial holds; decides when a flush is due. */
    int size(P partial);

    /** Whether partials are wanted before their bucket ends. */
    default boolean isUrgent() {
        return false;
    }
}
