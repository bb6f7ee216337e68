package io.botwatch.generate;

import io.botwatch.flow.Address;
import java.time.Instant;

/**
 * What a scenario put into the traffic, and what a detector is expected to make of it.
 *
 * @param name unique within the scenario
 * @param expectation {@link #BEACON}, {@link #VOLUMETRIC}, {@link #RELAY}, {@link #SPREADER}, {@link #IRC} or {@link #NONE}
 * @param src the initiating host; null when it is many, or not part of the label
 * @param relay the host that passes connections on; null except for relays
 * @param dst the destination; null when it is many, or not part of the label
 * @param dstPort the destination port; 0 when it is many, or not part of the label
 * @param from no flow of it starts earlier
 * @param to no flow of it starts at or after this
 * @param note what it is, in words
 */
public record Label(
        String name,
        String expectation,
        Address src,
        Address relay,
        Address dst,
        int dstPort,
        Instant from,
        Instant to,
        String note) {
    public static final String BEACON = "beacon";
    public static final String VOLUMETRIC = "volumetric";
    public static final String RELAY = "relay";
    public static final String SPREADER = "spreader";
    public static final String IRC = "irc";

    /** Benign, and near enough to a rule to be named. */
    public static final String NONE = "none";
}
