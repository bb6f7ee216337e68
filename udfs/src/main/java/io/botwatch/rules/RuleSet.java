package io.botwatch.rules;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.RelayRule;
import io.botwatch.volumetric.VolumetricRule;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The rules a job runs, checked. Immutable.
 *
 * @param preset structural: how records are keyed and counted; chosen at start, state does not carry over to another
 * @param version first 12 hex digits of the SHA-256 of the document, and of the internal networks that override it
 * @param internal the internal networks, by longest prefix
 * @param neverIncluded networks that are never internal, unless a longer internal prefix says so; already part of
 *     {@code internal}, kept for an override
 */
public record RuleSet(
        Preset preset,
        String version,
        NetworkSet internal,
        List<BeaconRule> beacons,
        List<VolumetricRule> volumetrics,
        List<RelayRule> relays,
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
        beacons = List.copyOf(beacons);
        volumetrics = List.copyOf(volumetrics);
        relays = List.copyOf(relays);
        neverIncluded = List.copyOf(neverIncluded);
    }

    /** A rule set without networks that are never internal. */
    public RuleSet(
            Preset preset,
            String version,
            NetworkSet internal,
            List<BeaconRule> beacons,
            List<VolumetricRule> volumetrics,
            List<RelayRule> relays) {
        this(preset, version, internal, beacons, volumetrics, relays, List.of());
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
                version((version + " internal " + listed).getBytes(StandardCharsets.UTF_8)),
                NetworkSet.of(networks, neverIncluded),
                beacons,
                volumetrics,
                relays,
                neverIncluded);
    }

    /** First 12 hex digits of the SHA-256 of the content. */
    static String version(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
