package io.botwatch.classify;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.flow.PortSet;
import io.botwatch.flow.Route;
import io.botwatch.flow.ServicePorts;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.outbound.OutboundTraffic;
import io.botwatch.relay.RelayRule;
import io.botwatch.relay.RelayTraffic;
import io.botwatch.rule.RuleSet;
import io.botwatch.volumetric.VolumetricRule;
import io.botwatch.volumetric.VolumetricTraffic;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Gives a flow its direction, from the internal networks alone, and the detectors that want it: what nobody wants never
 * reaches a shuffle. A pure function of the record and the rules.
 */
public final class Classifier {
    private record Beacon(PortSet excludedPorts, NetworkSet excludedDestinations) {}

    /** Never routed: multicast, broadcast, loopback and link-local addresses are nobody outside. */
    private static final NetworkSet LOCAL = NetworkSet.of(Stream.of(
                    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255", "::", "::1", "fe80::/10", "ff00::/8")
            .map(Network::parse)
            .toList());

    private final NetworkSet internal;
    private final boolean asRecorded;
    private final ServicePorts servicePorts = new ServicePorts();

    // Arrays, because to go through one leaves no iterator behind, whatever the compiler makes of it.
    private final Beacon[] beacons;
    private final VolumetricTraffic[] volumetrics;
    private final RelayTraffic[] relays;
    private final OutboundTraffic[] floods;

    /** Empty where every outbound connection is wanted anyway. */
    private final OutboundTraffic[] outbound;

    private final boolean longConnections;
    private final boolean lookups;
    private final Flow reply = new Flow();

    public Classifier(RuleSet rules) {
        internal = rules.internal();
        asRecorded = rules.preset() == RuleSet.Preset.AQL;
        beacons = rules.active(BeaconRule.class).stream().map(Classifier::beacon).toArray(Beacon[]::new);
        volumetrics = rules.active(VolumetricRule.class).stream().map(VolumetricTraffic::new).toArray(VolumetricTraffic[]::new);
        relays = rules.active(RelayRule.class).stream().map(RelayTraffic::new).toArray(RelayTraffic[]::new);
        longConnections = !rules.active(LongConnectionRule.class).isEmpty();
        lookups = !asRecorded;
        floods = outbound(rules, OutboundRule::countsRecords);
        outbound = longConnections ? new OutboundTraffic[0] : outbound(rules, rule -> !rule.countsRecords());
    }

    private static OutboundTraffic[] outbound(RuleSet rules, Predicate<OutboundRule> which) {
        return rules.active(OutboundRule.class).stream()
                .filter(which)
                .map(rule -> new OutboundTraffic(rule, rules.roles()))
                .toArray(OutboundTraffic[]::new);
    }

    private static Beacon beacon(BeaconRule rule) {
        return new Beacon(new PortSet(rule.excludedPorts()), rule.excludedDestinations());
    }

    /**
     * Whether a one-way record, which no stage joins with its other direction, is the responder's: the ports say that its
     * source holds the service. Such a record is no connection of its own. Never so in preset {@code aql}, which takes ends
     * as recorded.
     */
    public boolean isReply(Flow flow) {
        return !asRecorded && !flow.mayBePiece && servicePorts.isReply(flow);
    }

    /**
     * Sets {@link Flow#direction}, as recorded, and {@link Flow#routes}: of a record that may turn out to be a reply, those
     * of the connection that it would be a reply of, too. Of a {@linkplain #isReply reply} only those that look for replies
     * which nobody asked for.
     *
     * @return whether it is a reply
     */
    public boolean classify(Flow flow) {
        boolean reply = isReply(flow);
        flow.direction = direction(flow);
        flow.routes = volumetricRoute(flow) | (reply ? 0 : otherRoutes(flow));
        return reply;
    }

    /** Whether it matters what the flow's source looked up. */
    public boolean wantsLookup(Flow flow) {
        return lookups && isInside(flow.srcHi, flow.srcLo);
    }

    private int volumetricRoute(Flow flow) {
        for (VolumetricTraffic volumetric : volumetrics) {
            if (volumetric.part(flow) != VolumetricTraffic.Part.NONE) {
                return Route.VOLUMETRIC;
            }
        }
        return 0;
    }

    private int otherRoutes(Flow flow) {
        if (asRecorded || !flow.mayBePiece) {
            return routes(flow);
        }
        ServicePorts.Side service =
                Handshake.isBeginning(flow) ? ServicePorts.Side.DESTINATION : servicePorts.known(flow.srcPort, flow.dstPort);
        int routes = service == ServicePorts.Side.SOURCE ? 0 : routes(flow);
        if (service != ServicePorts.Side.DESTINATION && (routes & Route.BY_CONNECTION) == 0) {
            turnRound(flow);
            routes |= routes(reply) & Route.BY_CONNECTION;
        }
        return routes;
    }

    private void turnRound(Flow flow) {
        reply.srcHi = flow.dstHi;
        reply.srcLo = flow.dstLo;
        reply.dstHi = flow.srcHi;
        reply.dstLo = flow.srcLo;
        reply.srcPort = flow.dstPort;
        reply.dstPort = flow.srcPort;
        reply.protocol = flow.protocol;
        reply.verdict = flow.verdict;
        reply.direction = flow.direction.reversed();
    }

    private int routes(Flow flow) {
        int routes = 0;
        if (flow.direction == Direction.OUTBOUND) {
            routes |= wantsAnyBeacon(flow) ? Route.BEACON : 0;
            routes |= wants(floods, flow) ? Route.FLOOD : 0;
            routes |= longConnections || wants(outbound, flow) ? Route.OUTBOUND : 0;
        }
        for (RelayTraffic relay : relays) {
            if (relay.isInbound(flow)) {
                routes |= Route.RELAY_IN;
            } else if (relay.isOutbound(flow)) {
                routes |= Route.RELAY_OUT;
            }
        }
        return routes;
    }

    private boolean wantsAnyBeacon(Flow flow) {
        for (Beacon beacon : beacons) {
            if (!beacon.excludedPorts.contains(flow.dstPort)
                    && !beacon.excludedDestinations.contains(flow.dstHi, flow.dstLo, flow.startMs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean wants(OutboundTraffic[] rules, Flow flow) {
        for (OutboundTraffic rule : rules) {
            if (rule.wants(flow)) {
                return true;
            }
        }
        return false;
    }

    private Direction direction(Flow flow) {
        boolean from = isInside(flow.srcHi, flow.srcLo);
        boolean to = isInside(flow.dstHi, flow.dstLo);
        if (from) {
            return to ? Direction.LATERAL : Direction.OUTBOUND;
        }
        return to ? Direction.INBOUND : Direction.TRANSIT;
    }

    private boolean isInside(long hi, long lo) {
        return internal.contains(hi, lo) || !asRecorded && LOCAL.contains(hi, lo);
    }
}
