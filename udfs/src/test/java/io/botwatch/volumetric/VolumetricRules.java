package io.botwatch.volumetric;

import io.botwatch.rule.RuleInfo;
import java.util.List;

/** Rules for tests. */
public final class VolumetricRules {
    /** What shipped rules call usual. */
    public static final VolumetricBaseline WEEK = new VolumetricBaseline(7 * 24 * 3_600_000L, 3);

    private VolumetricRules() {}

    /** A rule of counts alone, as the original query has it. */
    public static VolumetricRule perService(
            RuleInfo info, long windowMs, int sources, int connections, List<Integer> ports, boolean early) {
        return new VolumetricRule(
                info, VolumetricRule.Per.SERVICE, windowMs, condition(sources, connections), null, ports, List.of(), List.of(),
                early);
    }

    static VolumetricCondition condition(int sources, int connections) {
        return new VolumetricCondition(sources, connections, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    public static VolumetricRule with(VolumetricRule rule, VolumetricBaseline baseline) {
        return new VolumetricRule(
                rule.info(), rule.per(), rule.windowMs(), rule.condition(), baseline, rule.ports(), rule.excludedPorts(),
                rule.reflectors(), rule.earlyFiring());
    }
}
