package io.botwatch.flow;

import java.io.Serializable;
import java.util.BitSet;

/** Ports on which services are known to listen, used to tell which end of a one-way record is the service. */
public final class ServicePorts implements Serializable {
    private static final int[] KNOWN = {
        20, 21, 22, 23, 25, 53, 67, 69, 80, 88, 110, 111, 119, 123, 135, 137, 138, 139, 143, 161, 162, 179, 389, 427, 443,
        445, 465, 500, 502, 514, 515, 520, 547, 548, 554, 587, 623, 631, 636, 853, 873, 902, 989, 990, 993, 995, 1080,
        1194, 1433, 1434, 1521, 1645, 1646, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2055, 2323, 3128, 3260, 3268, 3306,
        3389, 3478, 4500, 4739, 5060, 5061, 5222, 5223, 5353, 5355, 5432, 5555, 5671, 5672, 5900, 5938, 5985, 5986, 6343,
        6379, 6443, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697, 7547, 8000, 8008, 8080, 8081, 8291,
        8443, 8530, 8531, 8883, 8888, 9000, 9001, 9092, 9100, 9200, 9418, 9443, 10000, 11211, 27017, 37215
    };

    /** Where Linux starts to take ports for clients; IANA's range (RFC 6335) lies within. */
    private static final int EPHEMERAL_FROM = 32_768;

    private final BitSet ports = new BitSet(65536);

    public ServicePorts() {
        for (int port : KNOWN) {
            ports.set(port);
        }
    }

    /** Which end of a one-way record holds the service. */
    public enum Side {
        SOURCE,
        DESTINATION,
        /** The ports do not tell. */
        UNKNOWN
    }

    /** The end whose port is known, where only one is. Antisymmetric: the reply of a record has the other side. */
    public Side known(int srcPort, int dstPort) {
        return side(ports.get(srcPort), ports.get(dstPort));
    }

    /** As {@link #known}; where that does not tell, the end whose port is below the ephemeral range, where only one is. */
    public Side likely(int srcPort, int dstPort) {
        Side known = known(srcPort, dstPort);
        return known != Side.UNKNOWN ? known : side(srcPort < EPHEMERAL_FROM, dstPort < EPHEMERAL_FROM);
    }

    /** Whether a record of one direction is the responder's, as far as it alone tells: its source holds the service. */
    public boolean isReply(Flow flow) {
        return !flow.biflow && !Handshake.isBeginning(flow) && likely(flow.srcPort, flow.dstPort) == Side.SOURCE;
    }

    private static Side side(boolean src, boolean dst) {
        return src == dst ? Side.UNKNOWN : src ? Side.SOURCE : Side.DESTINATION;
    }

    /** The port that is {@linkplain #known}, or {@link ConnectionKey#UNTOLD_PORT}. The same for a record's reply. */
    int servicePort(int srcPort, int dstPort) {
        return switch (known(srcPort, dstPort)) {
            case SOURCE -> srcPort;
            case DESTINATION -> dstPort;
            case UNKNOWN -> ConnectionKey.UNTOLD_PORT;
        };
    }
}
