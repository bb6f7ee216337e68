package io.botwatch.volumetric;

import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.ArrayList;
import java.util.List;

/**
 * When what many sources at once send to one internal target is an attack.
 *
 * @param per what a target is
 * @param windowMs length of the tumbling window, ms
 * @param baseline what is usual for a target; null where only the condition counts
 * @param ports destination ports that are watched; empty for all
 * @param excludedPorts destination ports that are left out, for instance because another rule watches them
 * @param reflectors source ports that are watched, of {@link Per#REFLECTOR}; else empty
 * @param earlyFiring whether a crossing is reported before the window ends
 */
public record VolumetricRule(
        RuleInfo info,
        Per per,
        long windowMs,
        VolumetricCondition condition,
        VolumetricBaseline baseline,
        List<Integer> ports,
        List<Integer> excludedPorts,
        List<Integer> reflectors,
        boolean earlyFiring)
        implements Rule {

    /** What is counted apart. */
    public enum Per {
        /** Each host and destination port. */
        SERVICE,
        /** Each host, whatever the ports. */
        HOST,
        /** Each host and source port: answers that were not asked for come from where a service is. */
        REFLECTOR,
        /** Each /24 of IPv4, each /64 of IPv6. */
        NETWORK
    }

    public static VolumetricRule read(RuleReader rule) {
        rule.allow("per", "baseline", "early_firing");
        Per per = rule.section().has("per")
                ? RuleReader.constant(Per.values(), rule.section().choice("per", true, RuleReader.labels(Per.values())))
                : Per.SERVICE;
        List<String> bounded = new ArrayList<>(List.of("distinct_sources", "connections", "packets_per_flow"));
        if (per != Per.SERVICE) {
            bounded.add("asked_share");
        }
        if (per == Per.NETWORK) {
            bounded.add("distinct_targets");
        }
        Section condition = rule.condition(bounded.toArray(String[]::new));
        Section filter = rule.filter(
                "inbound", per == Per.REFLECTOR ? "src_port" : "dst_port", "dst_port_not", "verdict_not");
        // Denied flows are always left out; the key is there to say so.
        for (Scalar verdict : filter.list("verdict_not", false, null)) {
            if (!verdict.text().equals("denied")) {
                rule.problem(verdict, Section.notOneOf(verdict.text(), List.of("denied")));
            }
        }
        VolumetricCondition bounds = VolumetricCondition.read(condition);
        boolean early = rule.section().flag("early_firing");
        if (early && !bounds.isFinalOnceCrossed()) {
            rule.section().problem(
                    "early_firing",
                    "not possible with packets_per_flow or asked_share, which are known only when the window has ended");
        }
        return new VolumetricRule(
                rule.info(),
                per,
                rule.windowSizeMs(),
                bounds,
                rule.section().has("baseline") ? VolumetricBaseline.read(rule.section().section("baseline")) : null,
                per == Per.REFLECTOR ? List.of() : rule.ports(filter, "dst_port", per == Per.SERVICE),
                rule.ports(filter, "dst_port_not", false),
                per == Per.REFLECTOR ? rule.ports(filter, "src_port", true) : List.of(),
                early);
    }

    @Override
    public String structure() {
        return per + " " + windowMs + (baseline == null ? "" : " " + baseline.historyMs());
    }
}
