package io.botwatch.rule;

import io.botwatch.exception.Exceptions;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Roles;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rules a job runs, checked. Immutable.
 *
 * @param preset structural: how records are keyed and counted; chosen at start, state does not carry over to another
 * @param version first 12 hex digits of the SHA-256 of the document, and of the internal networks that override it
 * @param internal the internal networks, by longest prefix
 * @param roles which addresses are declared to be what
 * @param rules in the order of the document, disabled ones too
 * @param exceptions what is known to be no news
 * @param neverIncluded networks that are never internal, unless a longer internal prefix says so; already part of
 *     {@code internal}, kept for an override
 */
public record RuleSet(
        Preset preset,
        String version,
        NetworkSet internal,
        Roles roles,
        List<Rule> rules,
        Exceptions exceptions,
        List<Network> neverIncluded)
        implements Serializable {

    /** How flows become what the rules count. */
    public enum Preset {
        /** Record by record as the original queries would: keyed by (source, destination, destination port), as recorded. */
        AQL,
        /** By connection, one finding a story. */
        ENTERPRISE
    }

    public RuleSet {
        rules = List.copyOf(rules);
        neverIncluded = List.copyOf(neverIncluded);
    }

    /** The rules of one type, in the order of the document, disabled ones too. */
    public <R extends Rule> List<R> of(Class<R> type) {
        return rules.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The rules of one type that run, shadow ones too. */
    public <R extends Rule> List<R> active(Class<R> type) {
        return of(type).stream().filter(rule -> rule.info().runs()).toList();
    }

    /** What a stage before the lifecycle needs of it, whose findings they look at. */
    public RuleSet withoutExceptions() {
        return withExceptions(Exceptions.NONE);
    }

    RuleSet withExceptions(Exceptions others) {
        return new RuleSet(preset, version, internal, roles, rules, others, neverIncluded);
    }

    /**
     * What operators of one type of rules need of it: without the others, and without exceptions, which are the lifecycle's. Sets
     * and exceptions may be large, and each operator has a copy of what it is given.
     */
    public RuleSet only(Class<? extends Rule> type) {
        return new RuleSet(
                preset, version, internal, roles, List.copyOf(of(type)), Exceptions.NONE, List.of());
    }

    /** The rules of one type that run, by {@link Rule#stateKey}. */
    public <R extends Rule> Map<Long, R> activeByKey(Class<R> type) {
        return active(type).stream().collect(Collectors.toMap(Rule::stateKey, Function.identity()));
    }

    /**
     * The same rules for other internal networks; the document's never-included ones stay. The version is then a digest
     * of this version and of the networks, whatever their order.
     *
     * @throws IllegalArgumentException when there are none: every flow would be in transit
     */
    public RuleSet withInternal(List<Network> networks) {
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("no internal networks: list at least one");
        }
        String listed =
                networks.stream().map(Network::toString).sorted().distinct().collect(Collectors.joining(","));
        return new RuleSet(
                preset,
                digest((version + " internal " + listed).getBytes(StandardCharsets.UTF_8)),
                NetworkSet.of(networks, neverIncluded),
                roles,
                rules,
                exceptions,
                neverIncluded);
    }

    /** First 12 hex digits of the SHA-256 of the content. */
    public static String digest(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
