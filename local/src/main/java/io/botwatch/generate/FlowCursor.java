package io.botwatch.generate;

import io.botwatch.flow.Flow;

/** A forward-only read of flows, one at a time into the caller's object, so that a day of them needs no day of memory. */
public interface FlowCursor {
    /**
     * Overwrites every field of {@code into} with the next flow.
     *
     * @return false when there is none left, and then {@code into} is untouched
     */
    boolean next(Flow into);
}
