package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.io.Serializable;

/** What a source does with a flow once it is decoded. */
public record Treatment(Sampling sampling, Joining joining) implements Serializable {

    /** Nothing is configured: what records and formats say counts. */
    public static final Treatment DEFAULT = new Treatment(Sampling.AS_REPORTED, Joining.AUTO);

    /**
     * For a flow as it was decoded: a second call would scale it twice.
     *
     * @param whole whether the format's flows are whole connections
     */
    public void apply(Flow flow, boolean whole) {
        sampling.apply(flow);
        joining.apply(flow, whole);
    }
}
