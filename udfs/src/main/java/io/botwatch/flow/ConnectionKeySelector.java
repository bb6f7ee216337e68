package io.botwatch.flow;

import org.apache.flink.api.java.functions.KeySelector;

/** Which connection a flow belongs to: a pure function of the record, so that all pieces of a connection meet. */
public abstract class ConnectionKeySelector implements KeySelector<Flow, ConnectionKey> {

    /** Source, destination and destination port as recorded, without protocol: how the original queries group. */
    public static ConnectionKeySelector asRecorded() {
        return new AsRecorded();
    }

    /**
     * The connection tuple: both addresses in order, the service port, the protocol. The service port of a biflow record is
     * its responder's. Of a one-way record it is the one that the ports tell ({@link ServicePorts}), on which both directions
     * agree; where they do not tell, the destination's, as recorded: a rule such as "the lower" would scatter the connections
     * to a service on a high port over as many keys as the client has ports.
     */
    public static ConnectionKeySelector byConnection() {
        return new ByConnection();
    }

    private static final class AsRecorded extends ConnectionKeySelector {
        @Override
        public ConnectionKey getKey(Flow flow) {
            return new ConnectionKey(
                    flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo, flow.dstPort, ConnectionKey.ANY_PROTOCOL);
        }
    }

    private static final class ByConnection extends ConnectionKeySelector {
        private transient ServicePorts servicePorts;

        @Override
        public ConnectionKey getKey(Flow flow) {
            if (servicePorts == null) {
                servicePorts = new ServicePorts();
            }
            boolean reply = !flow.biflow && servicePorts.side(flow.srcPort, flow.dstPort) == ServicePorts.Side.SOURCE;
            int port = reply ? flow.srcPort : flow.dstPort;
            if (Address.compare(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo) <= 0) {
                return new ConnectionKey(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo, port, flow.protocol);
            }
            return new ConnectionKey(flow.dstHi, flow.dstLo, flow.srcHi, flow.srcLo, port, flow.protocol);
        }
    }
}
