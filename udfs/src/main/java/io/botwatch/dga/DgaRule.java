package io.botwatch.dga;

import io.botwatch.document.Section;
import io.botwatch.network.Role;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.List;
import java.util.Locale;

/**
 * When what a host looks up is what a domain generation algorithm makes.
 *
 * @param windowMs how far back, ms; whole buckets
 * @param minNames distinct names that look generated, at least
 * @param minScore how much like one a name must look, 0 to 1, at least
 * @param noSuchShare share of these names that do not exist, 0 to 1, at least
 * @param suffixes names at or below them are skipped, lower case
 * @param excludedRoles declared roles whose hosts are left out
 */
public record DgaRule(
        RuleInfo info,
        long windowMs,
        int minNames,
        double minScore,
        double noSuchShare,
        List<String> suffixes,
        List<Role> excludedRoles)
        implements Rule {
    /** Lookups are summed in buckets of this length, ms. */
    static final long BUCKET_MS = 300_000;

    private static final long MAX_WINDOW_MS = 24 * 3_600_000L;

    public static DgaRule read(RuleReader rule) {
        rule.allow();
        Section condition = rule.condition("names", "score", "nxdomain_share");
        Section filter = rule.filter("outbound", "name_not", "src_role_not");
        long windowMs = rule.window("size").durationMs("size", BUCKET_MS, MAX_WINDOW_MS);
        rule.checkBuckets(windowMs, BUCKET_MS, MAX_WINDOW_MS);
        return new DgaRule(
                rule.info(),
                windowMs,
                condition.section("names").allow("gte").count("gte", 1, RuleReader.MAX_COUNT),
                condition.section("score").allow("gte").decimal("gte", 0, 1),
                condition.section("nxdomain_share").allow("gte").decimal("gte", 0, 1),
                filter.list("name_not", false, null).stream()
                        .map(scalar -> scalar.text().toLowerCase(Locale.ROOT))
                        .toList(),
                rule.roles(filter, "src_role_not"));
    }

    @Override
    public String structure() {
        return "";
    }
}
