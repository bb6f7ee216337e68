package io.botwatch.volumetric;

import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.flow.PortSet;
import io.botwatch.flow.ServicePorts;
import io.botwatch.flow.Verdict;
import java.io.Serializable;

/** Which flows a volumetric rule counts, and as what: a pure function of a classified flow. */
public final class VolumetricTraffic implements Serializable {
    /** What a flow is to a rule. */
    public enum Part {
        /** The target received it. */
        RECEIVED,
        /** The target began it: who asks, gets answers. */
        ASKED,
        NONE
    }

    private final VolumetricRule.Per per;
    private final boolean all;
    private final boolean asks;
    private final PortSet ports;
    private final PortSet excludedPorts;
    private final PortSet reflectors;
    private final ServicePorts servicePorts = new ServicePorts();

    public VolumetricTraffic(VolumetricRule rule) {
        per = rule.per();
        all = rule.ports().isEmpty();
        asks = rule.condition().askedShare() != Double.POSITIVE_INFINITY;
        ports = new PortSet(rule.ports());
        excludedPorts = new PortSet(rule.excludedPorts());
        reflectors = new PortSet(rule.reflectors());
    }

    public Part part(Flow flow) {
        if (flow.direction == Direction.INBOUND && flow.verdict != Verdict.DENIED) {
            return isReceived(flow) ? Part.RECEIVED : Part.NONE;
        }
        return asks && flow.direction == Direction.OUTBOUND && isAsked(flow) ? Part.ASKED : Part.NONE;
    }

    private boolean isReceived(Flow flow) {
        if (excludedPorts.contains(flow.dstPort)) {
            return false;
        }
        return switch (per) {
            case SERVICE -> ports.contains(flow.dstPort);
            case REFLECTOR -> reflectors.contains(flow.srcPort) && !Handshake.isBeginning(flow);
            case HOST, NETWORK -> (all || ports.contains(flow.dstPort)) && !isAnswer(flow);
        };
    }

    private boolean isAsked(Flow flow) {
        return per == VolumetricRule.Per.REFLECTOR ? reflectors.contains(flow.dstPort) : !isAnswer(flow);
    }

    private boolean isAnswer(Flow flow) {
        return Handshake.isBareAnswer(flow)
                || !Handshake.isBeginning(flow)
                        && servicePorts.known(flow.srcPort, flow.dstPort) == ServicePorts.Side.SOURCE;
    }
}
