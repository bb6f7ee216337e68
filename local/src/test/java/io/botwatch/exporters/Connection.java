package io.botwatch.exporters;

import java.time.Instant;

/**
 * Who turned to whom, and what passed between them, however it is known.
 *
 * @param initiator address, canonical text; {@code responder} likewise
 * @param initiatorPort 0 for protocols without ports; {@code responderPort} likewise
 * @param protocol IANA number
 * @param startMs first packet, epoch ms
 * @param endMs last packet, epoch ms
 * @param bytes both ways, IP header included
 * @param packets both ways
 * @param repliesAlone whether only the responder was seen, so that it does not count
 */
record Connection(
        String initiator,
        int initiatorPort,
        String responder,
        int responderPort,
        int protocol,
        long startMs,
        long endMs,
        long bytes,
        long packets,
        boolean repliesAlone) {

    /** The same for both directions. */
    String tuple() {
        String from = initiator + " " + initiatorPort;
        String to = responder + " " + responderPort;
        return (from.compareTo(to) < 0 ? from + " " + to : to + " " + from) + " " + protocol;
    }

    boolean sameEnds(Connection other) {
        return initiator.equals(other.initiator) && initiatorPort == other.initiatorPort;
    }

    @Override
    public String toString() {
        return Instant.ofEpochMilli(startMs) + " " + initiator + ":" + initiatorPort + " > " + responder + ":" + responderPort
                + " proto " + protocol + ", " + packets + " packets, " + bytes + " bytes, " + (endMs - startMs) + " ms" + (repliesAlone ? ", replies alone" : "");
    }
}
