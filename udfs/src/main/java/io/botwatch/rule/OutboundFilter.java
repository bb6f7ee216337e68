package io.botwatch.rule;

import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.network.Roles;
import java.io.Serializable;
import java.util.List;

/** Which outbound traffic a rule looks at, by its filter: a pure function of a classified flow and its time. */
public final class OutboundFilter implements Serializable {
    private final List<Integer> ports;
    private final PortSet excludedPorts;
    private final NetworkSet excludedDestinations;
    private final List<Role> excludedSourceRoles;
    private final List<Role> excludedDestinationRoles;
    private final Roles roles;

    /** @param roles which hosts are declared to be what */
    public OutboundFilter(
            List<Integer> excludedPorts,
            NetworkSet excludedDestinations,
            List<Role> excludedSourceRoles,
            List<Role> excludedDestinationRoles,
            Roles roles) {
        this.ports = excludedPorts;
        this.excludedPorts = new PortSet(excludedPorts);
        this.excludedDestinations = excludedDestinations;
        this.excludedSourceRoles = excludedSourceRoles;
        this.excludedDestinationRoles = excludedDestinationRoles;
        this.roles = roles;
    }

    public boolean passes(Flow flow) {
        return flow.direction == Direction.OUTBOUND
                && !excludedPorts.contains(flow.dstPort)
                && !excludedDestinations.contains(flow.dstHi, flow.dstLo, flow.startMs)
                && !roles.hasAny(excludedSourceRoles, flow.srcHi, flow.srcLo, flow.startMs)
                && !roles.hasAny(excludedDestinationRoles, flow.dstHi, flow.dstLo, flow.startMs);
    }

    /** Whether both let the same pass, so that one of them need be asked. */
    @Override
    public boolean equals(Object other) {
        return other instanceof OutboundFilter that
                && roles == that.roles
                && ports.equals(that.ports)
                && excludedSourceRoles.equals(that.excludedSourceRoles)
                && excludedDestinationRoles.equals(that.excludedDestinationRoles)
                && (excludedDestinations == that.excludedDestinations || excludedDestinations.equals(that.excludedDestinations));
    }

    @Override
    public int hashCode() {
        return 31 * ports.hashCode() + excludedDestinations.size();
    }
}
