package io.botwatch.volumetric;

import io.botwatch.document.Section;
import io.botwatch.rule.RuleReader;
import java.io.Serializable;

/**
 * Bounds that all must hold of what a target received within a window. A bound that is not given holds.
 *
 * @param minSources distinct sources, strictly more than
 * @param minConnections connections, strictly more than
 * @param minTargets distinct hosts of a network that received something, strictly more than
 * @param packetsPerFlow packets a flow on average, as exported, at most
 * @param askedShare flows that the target itself began, as a share of those that it received, at most
 */
public record VolumetricCondition(
        int minSources, int minConnections, int minTargets, double packetsPerFlow, double askedShare)
        implements Serializable {

    static VolumetricCondition read(Section condition) {
        return new VolumetricCondition(
                above(condition, "distinct_sources"),
                above(condition, "connections"),
                condition.has("distinct_targets") ? above(condition, "distinct_targets") : 0,
                atMost(condition, "packets_per_flow", RuleReader.MAX_COUNT),
                atMost(condition, "asked_share", 1));
    }

    private static int above(Section condition, String key) {
        return condition.section(key).allow("gt").count("gt", 1, RuleReader.MAX_COUNT);
    }

    private static double atMost(Section condition, String key, int max) {
        return condition.has(key)
                ? condition.section(key).allow("lte").decimal("lte", 0, max)
                : Double.POSITIVE_INFINITY;
    }

    /** Whether more of the window can make it hold no longer: counts only grow, shares may fall. */
    boolean isFinalOnceCrossed() {
        return packetsPerFlow == Double.POSITIVE_INFINITY && askedShare == Double.POSITIVE_INFINITY;
    }

    /** @param connections what to use for {@link #minConnections}, which a baseline may raise */
    boolean holds(VolumetricPartial window, long connections) {
        return window.count() > connections
                && window.sourceCount() > minSources
                && (minTargets == 0 || window.targetCount() > minTargets)
                && window.packetsPerFlow() <= packetsPerFlow
                && window.asked <= askedShare * window.records;
    }
}
