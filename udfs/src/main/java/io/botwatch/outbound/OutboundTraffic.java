package io.botwatch.outbound;

import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.flow.ServicePorts;
import io.botwatch.network.Roles;
import io.botwatch.rule.OutboundFilter;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which flows a rule looks at, and which of its conditions a port is judged by: pure functions of a classified flow. */
public final class OutboundTraffic implements Serializable {
    private final OutboundRule rule;
    private final OutboundFilter filter;

    /** Ports that some condition names. */
    private final PortSet named;

    private final List<PortSet> ports;
    private final boolean anyPort;

    private final ServicePorts servicePorts = new ServicePorts();

    public OutboundTraffic(OutboundRule rule, Roles roles) {
        this.rule = rule;
        filter = new OutboundFilter(
                rule.excludedPorts(),
                rule.excludedDestinations(),
                rule.excludedSourceRoles(),
                rule.excludedDestinationRoles(),
                roles);
        Set<Integer> all = new HashSet<>();
        rule.conditions().forEach(condition -> all.addAll(condition.ports()));
        named = new PortSet(all);
        ports = rule.conditions().stream().map(OutboundCondition::portSet).toList();
        anyPort = rule.conditions().stream().anyMatch(condition -> condition.ports().isEmpty());
    }

    public boolean wants(Flow flow) {
        return rule.isFor(flow.protocol)
                && (anyPort || named.contains(flow.dstPort))
                && filter.passes(flow)
                && !servicePorts.isReply(flow);
    }

    /** Whether a condition is for this port and protocol; a scope without ports has conditions for all. */
    boolean isFor(int index, int dstPort, int protocol) {
        OutboundCondition condition = rule.conditions().get(index);
        if (!condition.protocols().isEmpty() && !condition.protocols().contains(protocol)) {
            return false;
        }
        if (rule.scope() == OutboundRule.Scope.PEER) {
            return true;
        }
        return condition.ports().isEmpty() ? !named.contains(dstPort) : ports.get(index).contains(dstPort);
    }
}
