package io.botwatch.longconnection;

import io.botwatch.document.Durations;
import io.botwatch.document.Section;
import io.botwatch.finding.Severity;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.List;

/**
 * When one connection to the outside has lasted for too long.
 *
 * @param lowMs durations from which on it is of this severity, ms; ascending
 * @param excludedPorts destination ports that are left out
 * @param excludedDestinations destination networks that are left out
 * @param excludedSourceRoles declared roles whose hosts are left out as sources
 * @param excludedDestinationRoles declared roles whose hosts are left out as destinations
 */
public record LongConnectionRule(
        RuleInfo info,
        long lowMs,
        long mediumMs,
        long highMs,
        long criticalMs,
        List<Integer> excludedPorts,
        NetworkSet excludedDestinations,
        List<Role> excludedSourceRoles,
        List<Role> excludedDestinationRoles)
        implements Rule {
    private static final long MINUTE_MS = 60_000;

    public static LongConnectionRule read(RuleReader rule) {
        Section duration = rule.allow().condition("duration").section("duration").allow("low", "medium", "high", "critical");
        long low = duration.durationMs("low", MINUTE_MS, RuleReader.MAX_WINDOW_MS);
        long medium = after(duration, "medium", "low", low);
        long high = after(duration, "high", "medium", medium);
        long critical = after(duration, "critical", "high", high);
        Section filter = rule.filter("outbound", "dst_port_not", "dst_not", "src_role_not", "dst_role_not");
        return new LongConnectionRule(
                rule.info(),
                low,
                medium,
                high,
                critical,
                rule.ports(filter, "dst_port_not", false),
                rule.networks(filter, "dst_not"),
                rule.roles(filter, "src_role_not"),
                rule.roles(filter, "dst_role_not"));
    }

    private static long after(Section duration, String key, String before, long beforeMs) {
        long ms = duration.durationMs(key, MINUTE_MS, RuleReader.MAX_WINDOW_MS);
        if (ms > 0 && ms < beforeMs) {
            duration.problem(key, Durations.format(ms) + " is below " + before + " " + Durations.format(beforeMs));
        }
        return ms;
    }

    /** Null when it is not long. */
    Severity severity(long durationMs) {
        if (durationMs < lowMs) {
            return null;
        }
        return durationMs >= criticalMs
                ? Severity.CRITICAL
                : durationMs >= highMs ? Severity.HIGH : durationMs >= mediumMs ? Severity.MEDIUM : Severity.LOW;
    }

    /** It looks at one connection at a time. */
    @Override
    public long windowMs() {
        return 0;
    }

    @Override
    public String structure() {
        return "";
    }
}
