package io.botwatch.outbound;

import io.botwatch.document.Section;
import io.botwatch.finding.Finding;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.ArrayList;
import java.util.List;

/**
 * When what one internal host does outward is a finding: a worm that spreads, spam, a flood, IRC, a tunnel. They differ in
 * what they tell apart and in their conditions, which are data.
 *
 * @param type of the finding
 * @param scope what is summed apart
 * @param conditions any of them, the severest counts
 * @param excludedPorts destination ports that are left out
 * @param excludedDestinations destination networks that are left out
 * @param excludedSourceRoles declared roles whose hosts are left out as sources
 * @param excludedDestinationRoles declared roles whose hosts are left out as destinations
 */
public record OutboundRule(
        RuleInfo info,
        Finding.Type type,
        Scope scope,
        List<OutboundCondition> conditions,
        List<Integer> excludedPorts,
        NetworkSet excludedDestinations,
        List<Role> excludedSourceRoles,
        List<Role> excludedDestinationRoles)
        implements Rule {

    /**
     * What is summed apart for each host. Destinations are told apart by a keyed hash of 12 bits: a host that contacts a
     * thousand at once seldom has two in one slot, and one that scans the Internet has no more than 4 096.
     */
    public enum Scope {
        /** Each destination port and protocol. */
        PORT,
        /** Each slot of destinations, and protocol. */
        PEER,
        /** Each slot of destinations, port and protocol. */
        SERVICE;

        static final int SLOTS = 4_096;

        /** A slot with more destinations than this is one of a scan, and says nothing of any of them. */
        static final int FEW = 3;
    }

    private static final int TCP = 6;

    /** Whether a protocol can carry what the rule looks for: mail and IRC are TCP's. */
    boolean isFor(int protocol) {
        return protocol == TCP || type != Finding.Type.SPAM && type != Finding.Type.IRC;
    }

    /**
     * Whether records are counted, rather than connections: a flood may be one connection, of which more and more records
     * come.
     */
    public boolean countsRecords() {
        return type == Finding.Type.OUTBOUND_FLOOD;
    }

    public static OutboundRule spreader(RuleReader rule) {
        return read(rule, Finding.Type.SPREADER, Scope.PORT);
    }

    public static OutboundRule spam(RuleReader rule) {
        return read(rule, Finding.Type.SPAM, Scope.PORT);
    }

    public static OutboundRule dns(RuleReader rule) {
        return read(rule, Finding.Type.DNS, Scope.PORT);
    }

    public static OutboundRule flood(RuleReader rule) {
        return read(rule, Finding.Type.OUTBOUND_FLOOD, Scope.PEER);
    }

    public static OutboundRule irc(RuleReader rule) {
        return read(rule, Finding.Type.IRC, Scope.SERVICE);
    }

    private static OutboundRule read(RuleReader rule, Finding.Type type, Scope scope) {
        rule.allow("any");
        List<OutboundCondition> conditions = new ArrayList<>();
        for (Section condition : rule.section().sections("any", "condition")) {
            conditions.add(OutboundCondition.read(condition, rule));
        }
        Section filter = rule.filter("outbound", "dst_port_not", "dst_not", "src_role_not", "dst_role_not");
        return new OutboundRule(
                rule.info(),
                type,
                scope,
                List.copyOf(conditions),
                rule.ports(filter, "dst_port_not", false),
                rule.networks(filter, "dst_not"),
                rule.roles(filter, "src_role_not"),
                rule.roles(filter, "dst_role_not"));
    }

    @Override
    public long windowMs() {
        return conditions.stream().mapToLong(OutboundCondition::windowMs).max().orElse(0);
    }

    @Override
    public String structure() {
        return type + " " + scope;
    }
}
