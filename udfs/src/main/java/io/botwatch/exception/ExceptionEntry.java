package io.botwatch.exception;

import io.botwatch.document.Days;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Direction;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkLists;
import java.io.Serializable;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What is known to be no news: which findings, until when, who says so, and what becomes of them. Everything of a selection
 * must match; what it does not name matches all. Immutable.
 *
 * @param rules ids of rules; empty for all
 * @param sources networks of a finding's source; empty for all
 * @param destinations networks of its destination; empty for all
 * @param hosts networks of the internal host that it is about; empty for all
 * @param ports destination ports; empty for all
 * @param direction of the traffic; null for all
 * @param to the severity that {@link Action#LOWER} leaves, at most
 * @param owner who answers for it; empty when nobody does
 * @param ticket where it was decided; empty when absent
 * @param expiresMs event time from which on it no longer counts, epoch ms; {@link #NEVER} without one
 */
public record ExceptionEntry(
        String id,
        String title,
        List<String> rules,
        List<Network> sources,
        List<Network> destinations,
        List<Network> hosts,
        List<Integer> ports,
        Direction direction,
        Action action,
        Severity to,
        String owner,
        String ticket,
        long expiresMs)
        implements Serializable {
    public static final long NEVER = Long.MAX_VALUE;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** What becomes of a finding that matches. Of two that match alike, the first counts. */
    public enum Action {
        /** It is counted, and kept from the findings. */
        DROP,
        /** Its severity is at most {@link #to}. */
        LOWER,
        /** A note says what is known. */
        TAG;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Faults are collected with their lines; what comes back after one is only fit to go on reading.
     *
     * @param ruleIds of the rules that it may name
     */
    public static ExceptionEntry read(
            Section section, Collection<String> ruleIds, Problems problems, NetworkLists networks) {
        section.allow("id", "title", "rules", "selection", "action", "to", "owner", "ticket", "expires");
        String id = section.text("id", 64);
        if (!id.isEmpty() && !ID.matcher(id).matches()) {
            section.problem("id", Problems.quote(id) + " is not letters, digits, '.', '_' and '-', a letter or digit first");
        }
        Section selection = section.section("selection")
                .allow("src_cidr", "dst_cidr", "host_cidr", "dst_port", "direction");
        List<Scalar> rules = section.list("rules", false, "rule");
        for (Scalar rule : rules) {
            if (!ruleIds.contains(rule.text())) {
                problems.add(rule.line(), rule.path(), Section.notOneOf(rule.text(), ruleIds));
            }
        }
        if (selection.keys().isEmpty()) {
            section.problem("selection", "names nothing, so that it would match every finding");
        }
        String action = section.choice("action", true, Arrays.stream(Action.values()).map(Action::label).toList());
        return new ExceptionEntry(
                id,
                section.text("title", 200),
                rules.stream().map(Scalar::text).toList(),
                networks.read(selection, "src_cidr", selection.has("src_cidr") ? "network" : null),
                networks.read(selection, "dst_cidr", selection.has("dst_cidr") ? "network" : null),
                networks.read(selection, "host_cidr", selection.has("host_cidr") ? "network" : null),
                ports(selection),
                direction(selection),
                action == null ? Action.TAG : Action.valueOf(action.toUpperCase(Locale.ROOT)),
                to(section, action),
                section.has("owner") ? section.text("owner", 200) : "",
                section.has("ticket") ? section.text("ticket", 200) : "",
                expires(section));
    }

    private static List<Integer> ports(Section selection) {
        List<Integer> ports = new ArrayList<>();
        for (Scalar scalar : selection.list("dst_port", false, "port")) {
            ports.add((int) selection.whole(scalar, 0, 65_535));
        }
        return List.copyOf(ports);
    }

    private static Direction direction(Section selection) {
        String direction = selection.has("direction")
                ? selection.choice("direction", true, List.of("outbound", "inbound"))
                : null;
        return direction == null ? null : Direction.valueOf(direction.toUpperCase(Locale.ROOT));
    }

    private static Severity to(Section section, String action) {
        if (!section.has("to")) {
            return Severity.LOW;
        }
        if (action != null && !action.equals(Action.LOWER.label())) {
            section.problem("to", "is for action lower only");
        }
        String to = section.choice("to", true, Arrays.stream(Severity.values()).map(Severity::label).toList());
        return to == null ? Severity.LOW : Severity.valueOf(to.toUpperCase(Locale.ROOT));
    }

    /** A day counts from its beginning, UTC. */
    private static long expires(Section section) {
        if (!section.has("expires")) {
            return NEVER;
        }
        try {
            return Days.parseMs(section.text("expires", 40));
        } catch (DateTimeException e) {
            section.problem("expires", e.getMessage());
            return NEVER;
        }
    }

    /** Whether everything but the networks matches. */
    boolean matchesBesideNetworks(Finding finding) {
        return (rules.isEmpty() || rules.contains(finding.ruleId))
                && (ports.isEmpty() || ports.contains(finding.dstPort))
                && (direction == null || direction == directionOf(finding));
    }

    /** Null where a finding has none of its own. */
    private static Direction directionOf(Finding finding) {
        return switch (finding.type) {
            case VOLUMETRIC -> Direction.INBOUND;
            case RELAY, STORY -> null;
            default -> Direction.OUTBOUND;
        };
    }

    /** What a note says of it. */
    public String described() {
        return "exception " + id + ": " + title + (ticket.isEmpty() ? "" : " (" + ticket + ")");
    }
}
