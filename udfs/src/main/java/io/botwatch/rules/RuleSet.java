package io.botwatch.rules;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.RelayRule;
import io.botwatch.volumetric.VolumetricRule;
import java.io.Serializable;
import java.util.List;

/**
 * The rules a job runs, checked. Immutable.
 *
 * @param preset structural: how records are keyed and counted; chosen at start, state does not carry over to another
 * @param version first 12 hex digits of the SHA-256 of the document, and of the internal networks that override it
 * @param internal the internal networks, by longest prefix
 */
public record RuleSet(
        Preset preset,
        String version,
        NetworkSet internal,
        List<BeaconRule> beacons,
        List<VolumetricRule> volumetrics,
        List<RelayRule> relays)
        implements Serializable {

    /** How flows become what the rules count. */
    public enum Preset {
        /** Record by record as the original queries would: keyed by (source, destination, destination port), as recorded. */
        AQL,
        /** By connection, one finding a story. */
        ENTERPRISE
    }
}
