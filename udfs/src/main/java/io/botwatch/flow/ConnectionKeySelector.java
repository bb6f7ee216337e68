package io.botwatch.flow;

import org.apache.flink.api.java.functions.KeySelector;

/** Which connection a flow belongs to: a pure function of the record, so that all pieces of a connection meet. */
public abstract class ConnectionKeySelector implements KeySelector<Flow, ConnectionKey> {

    /** Source, destination and destination port as recorded, without protocol: how the original queries group. */
    public static ConnectionKeySelector asRecorded() {
        return new AsRecorded();
    }

    /**
     * The connection tuple: both addresses in order, the service port, the protocol. Of a record that may be a piece or a
     * reply it is symmetric, so that all records of a connection meet: the service port is the one that is known for a
     * service ({@link ServicePorts}), and {@link ConnectionKey#UNTOLD_PORT} where that does not tell. (A rule such as "the
     * lower" would scatter the connections to a service on an unusual port over as many keys as the client has ports.) Of any
     * other record it is the destination's.
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
            int port = flow.mayBePiece ? servicePorts.servicePort(flow.srcPort, flow.dstPort) : flow.dstPort;
            if (Address.compare(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo) <= 0) {
                return new ConnectionKey(flow.srcHi, flow.srcLo, flow.dstHi, flow.dstLo, port, flow.protocol);
            }
            return new ConnectionKey(flow.dstHi, flow.dstLo, flow.srcHi, flow.srcLo, port, flow.protocol);
        }
    }
}
