package io.botwatch.relay;

import io.botwatch.document.Section;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When an inbound connection followed by an outbound one on the same host is a relay.
 *
 * @param windowMs longest delay from inbound to outbound, ms, inclusive
 * @param excludedPorts outbound destination ports that are left out
 * @param excludedPeers networks that neither the inbound source nor the outbound target may be in
 * @param maxPairsPerHost sources times targets of one host within the window, above which its pairs are not listed but
 *     reported as one overflow; also how many pairs of one host are remembered
 * @param perHost one finding a host (true), or one a pair (false)
 * @param engine which join finds the pairs
 * @param excludedRoles declared roles whose hosts relay by design; for findings by host
 */
public record RelayRule(
        RuleInfo info,
        long windowMs,
        List<Integer> excludedPorts,
        NetworkSet excludedPeers,
        int maxPairsPerHost,
        boolean perHost,
        Engine engine,
        List<Role> excludedRoles)
        implements Rule {

    private static final long MAX_WINDOW_MS = TimeUnit.HOURS.toMillis(1);
    private static final int MAX_PAIRS = 10_000_000;

    /** Both give the same pairs. */
    public enum Engine {
        /** Flink CEP over digests of five seconds. */
        CEP,
        /** A join in time order over single connections. */
        INTERVAL
    }

    public static RelayRule read(RuleReader rule) {
        rule.allow("finding_per", "engine");
        long size = rule.windowSizeMs();
        rule.checkBuckets(size, RelayPartial.BUCKET_MS, MAX_WINDOW_MS);
        Section filter = rule.section().optionalSection("filter").allow("dst_port_not", "peer_not", "host_role_not");
        return new RelayRule(
                rule.info(),
                size,
                rule.ports(filter, "dst_port_not", false),
                rule.networks(filter, "peer_not"),
                rule.condition("max_pairs_per_host").count("max_pairs_per_host", 1, MAX_PAIRS),
                "host".equals(rule.section().choice("finding_per", false, List.of("host", "pair"))),
                RuleReader.constant(
                        Engine.values(),
                        rule.section().choice("engine", false, RuleReader.labels(Engine.values()))),
                rule.roles(filter, "host_role_not"));
    }

    @Override
    public String structure() {
        return windowMs + " " + engine + " " + perHost;
    }
}
