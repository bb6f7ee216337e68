package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.network.NetworkSet;
import java.io.Serializable;

/** Which flows the relay rule looks at, and whose they are: pure functions of a classified flow. */
public final class RelayTraffic implements Serializable {
    private final PortSet excludedPorts;
    private final NetworkSet excludedPeers;

    public RelayTraffic(RelayRule rule) {
        excludedPorts = new PortSet(rule.excludedPorts());
        excludedPeers = rule.excludedPeers();
    }

    /** An external source reaches an internal host. */
    public boolean isInbound(Flow flow) {
        return flow.direction == Direction.INBOUND && !excludedPeers.contains(flow.srcHi, flow.srcLo, flow.startMs);
    }

    /** An internal host reaches a target; the original query does not ask that the target be external. */
    public boolean isOutbound(Flow flow) {
        return (flow.direction == Direction.OUTBOUND || flow.direction == Direction.LATERAL)
                && !excludedPorts.contains(flow.dstPort)
                && !excludedPeers.contains(flow.dstHi, flow.dstLo, flow.startMs);
    }

    /** The internal host whose traffic this is: the destination of an inbound flow, else the source. */
    public static Address host(Flow flow) {
        return flow.direction == Direction.INBOUND
                ? new Address(flow.dstHi, flow.dstLo)
                : new Address(flow.srcHi, flow.srcLo);
    }
}
