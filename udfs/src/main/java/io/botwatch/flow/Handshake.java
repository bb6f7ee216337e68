package io.botwatch.flow;

/** Who began, and whether the other end answered: of TCP by the flags, else by what came back. */
public final class Handshake {
    private static final int TCP = 6;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    private Handshake() {}

    /** Whether it is a TCP record of SYN alone: who sends that begins, whatever the ports. */
    public static boolean isBeginning(Flow flow) {
        return flow.protocol == TCP && (flow.tcpFlags & (SYN | ACK)) == SYN;
    }

    /** Whether it is a TCP record of nothing but an answer to a SYN, that the port is open or that it is closed. */
    public static boolean isBareAnswer(Flow flow) {
        int flags = flow.tcpFlags & 0x3F;
        return flow.protocol == TCP && (flags == (SYN | ACK) || flags == RST || flags == (RST | ACK));
    }

    /** False only where it is known: the record covers both directions, or TCP flags tell. */
    public static boolean isAnswered(Flow flow) {
        boolean coversReplies = flow.biflow && !flow.mayBePiece;
        if (flow.protocol == TCP && (flow.tcpFlags & SYN) != 0) {
            // Who began sends an ACK only once a SYN was answered.
            return (flow.tcpFlags & ACK) != 0 && !(coversReplies && flow.reversePackets == 0);
        }
        // Of records put together from one direction each, the other direction may not be exported at all.
        return !coversReplies || flow.reversePackets > 0 || flow.reverseBytes > 0;
    }
}
