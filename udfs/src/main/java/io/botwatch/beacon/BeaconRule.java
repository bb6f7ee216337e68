package io.botwatch.beacon;

import io.botwatch.finding.RuleInfo;
import io.botwatch.network.Network;
import java.io.Serializable;
import java.util.List;

/**
 * When regular outbound connections to one service are a beacon.
 *
 * @param windowMs length of the sliding window, ms; a multiple of {@code slideMs}
 * @param slideMs ms between two windows' ends
 * @param minConnections connections in the window, at least
 * @param minDurationMinutes whole minutes between first and last connection, at least
 * @param minPerHour connections an hour, at least
 * @param maxPerHour connections an hour, at most
 * @param excludedPorts destination ports that are left out
 * @param excludedDestinations destination networks that are left out
 */
public record BeaconRule(
        RuleInfo info,
        long windowMs,
        long slideMs,
        int minConnections,
        int minDurationMinutes,
        double minPerHour,
        double maxPerHour,
        List<Integer> excludedPorts,
        List<Network> excludedDestinations)
        implements Serializable {}
