package io.botwatch.volumetric;

import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
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
        implements Rule {

    public static VolumetricRule read(RuleReader rule) {
        rule.allow("early_firing");
        Section condition = rule.condition("distinct_sources", "connections");
        Section filter = rule.filter("inbound", "dst_port", "verdict_not");
        // Denied flows are always left out; the key is there to say so.
        for (Scalar verdict : filter.list("verdict_not", false, null)) {
            if (!verdict.text().equals("denied")) {
                rule.problem(verdict, Section.notOneOf(verdict.text(), List.of("denied")));
            }
        }
        return new VolumetricRule(
                rule.info(),
                rule.windowSizeMs(),
                condition.section("distinct_sources").allow("gt").count("gt", 1, RuleReader.MAX_COUNT),
                condition.section("connections").allow("gt").count("gt", 1, RuleReader.MAX_COUNT),
                rule.ports(filter, "dst_port", true),
                rule.section().flag("early_firing"));
    }
}
