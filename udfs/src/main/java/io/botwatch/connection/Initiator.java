package io.botwatch.connection;

import io.botwatch.flow.ServicePorts;

/**
 * Who began a connection that was recorded direction by direction. In this order: a record with SYN and without ACK; the
 * earlier SYN where one exporter saw both; the end that refuses the answer to a SYN; the end whose port is not the one known
 * for a service; the earlier direction where one exporter saw both; the end with the ephemeral port, unless there is one
 * direction of datagrams alone; the earlier direction; the only one; the end with the higher port.
 */
final class Initiator {
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    /** Whether it is the first end. */
    final boolean first;

    /** Whether only the last three of the ways told it. */
    final boolean guessed;

    /** Whether it refuses the answer: somebody forged its address, or it was long ago. Nothing of its own was seen. */
    final boolean disowns;

    private Initiator(boolean first, boolean guessed) {
        this(first, guessed, false);
    }

    private Initiator(boolean first, boolean guessed, boolean disowns) {
        this.first = first;
        this.guessed = guessed;
        this.disowns = disowns;
    }

    /**
     * @param there the direction from the first end to the second, or null when it was not seen
     * @param back the other, or null; not both are null
     */
    static Initiator of(Half there, Half back, int firstPort, int secondPort, boolean tcp, ServicePorts ports) {
        if (tcp) {
            boolean firstBegan = isStart(there);
            if (firstBegan != isStart(back)) {
                return new Initiator(firstBegan, false);
            }
            if (bothSyn(there, back) && there.sameExporter(back) && there.firstMs != back.firstMs) {
                return new Initiator(there.firstMs < back.firstMs, false);
            }
            if (refuses(there, back) || refuses(back, there)) {
                return new Initiator(refuses(there, back), false, true);
            }
        }
        ServicePorts.Side known = ports.known(firstPort, secondPort);
        if (known != ServicePorts.Side.UNKNOWN) {
            return new Initiator(known == ServicePorts.Side.DESTINATION, false);
        }
        boolean alone = there == null || back == null;
        boolean bothWays = !alone && there.firstMs != back.firstMs;
        if (bothWays && there.sameExporter(back)) {
            return new Initiator(there.firstMs < back.firstMs, false);
        }
        ServicePorts.Side likely = ports.likely(firstPort, secondPort);
        // Datagrams alone are rather questions without an answer than the reverse: a peer asks all others from one low port.
        if (likely != ServicePorts.Side.UNKNOWN && (tcp || !alone)) {
            return new Initiator(likely == ServicePorts.Side.DESTINATION, false);
        }
        if (bothWays) {
            return new Initiator(there.firstMs < back.firstMs, true);
        }
        return new Initiator(alone ? there != null : firstPort >= secondPort, true);
    }

    private static boolean isStart(Half half) {
        return half != null && (half.firstFlags & (SYN | ACK)) == SYN;
    }

    private static boolean refuses(Half end, Half answer) {
        return end != null && answer != null && end.isRefusal() && answer.hasSynAndAck();
    }

    private static boolean bothSyn(Half there, Half back) {
        return there != null && back != null && (there.firstFlags & back.firstFlags & SYN) != 0;
    }
}
