package io.botwatch.volumetric;

import io.botwatch.finding.RuleInfo;
import java.io.Serializable;
import java.util.List;

/**
 * When many sources at once on one internal service are an attack.
 *
 * @param windowMs length of the tumbling window, ms
 * @param minSources distinct sources, strictly more than
 * @param minConnections connections, strictly more than
 * @param ports destination ports that are watched
 * @param earlyFiring whether a crossing is reported before the window ends
 */
public record VolumetricRule(
        RuleInfo info, long windowMs, int minSources, int minConnections, List<Integer> ports, boolean earlyFiring)
        implements Serializable {}
