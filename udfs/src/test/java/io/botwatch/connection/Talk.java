package io.botwatch.connection;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One true connection, packet by packet, and what an exporter's flow cache makes of it: a record a direction, cut at the
 * active timeout, ended by the inactive one and by FIN or RST.
 */
public final class Talk {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int ACK = 16;

    /** @param bytes of the packet */
    public record Packet(long ms, boolean fromClient, int bytes, int flags) {}

    /**
     * How an exporter works.
     *
     * @param skewMs what its clock adds
     * @param bothDirections whether it sees replies, too
     */
    public record Exporter(int number, long skewMs, long activeMs, long inactiveMs, boolean bothDirections, boolean flags) {
        public static Exporter usual(int number) {
            return new Exporter(number, 0, 60_000, 15_000, true, true);
        }

        public Exporter skewed(long ms) {
            return new Exporter(number, ms, activeMs, inactiveMs, bothDirections, flags);
        }

        public Exporter oneWay() {
            return new Exporter(number, skewMs, activeMs, inactiveMs, false, flags);
        }

        public Exporter withoutFlags() {
            return new Exporter(number, skewMs, activeMs, inactiveMs, bothDirections, false);
        }
    }

    public final long clientLo;
    public final int clientPort;
    public final long serverLo;
    public final int serverPort;
    public final int protocol;
    public final List<Packet> packets = new ArrayList<>();

    public Talk(long clientLo, int clientPort, long serverLo, int serverPort, int protocol) {
        this.clientLo = clientLo;
        this.clientPort = clientPort;
        this.serverLo = serverLo;
        this.serverPort = serverPort;
        this.protocol = protocol;
    }

    /** A TCP session from SYN to FIN with a request and a reply every {@code everyMs}. */
    public static Talk session(long clientLo, int clientPort, long serverLo, int serverPort, long fromMs, long forMs, long everyMs) {
        Talk talk = new Talk(clientLo, clientPort, serverLo, serverPort, 6);
        talk.packet(fromMs, true, 60, SYN).packet(fromMs + 2, false, 60, SYN | ACK).packet(fromMs + 4, true, 52, ACK);
        for (long ms = fromMs + everyMs; ms < fromMs + forMs - 10; ms += everyMs) {
            talk.packet(ms, true, 200, ACK).packet(ms + 5, false, 1_000, ACK);
        }
        return talk.packet(fromMs + forMs - 5, true, 52, FIN | ACK).packet(fromMs + forMs, false, 52, FIN | ACK);
    }

    /** A datagram and its answer. */
    public static Talk question(long clientLo, int clientPort, long serverLo, int serverPort, long ms) {
        return new Talk(clientLo, clientPort, serverLo, serverPort, 17).packet(ms, true, 80, 0).packet(ms + 20, false, 300, 0);
    }

    public Talk packet(long ms, boolean fromClient, int bytes, int flags) {
        packets.add(new Packet(ms, fromClient, bytes, protocol == 6 ? flags : 0));
        return this;
    }

    public long startMs() {
        return packets.get(0).ms();
    }

    public long endMs() {
        return packets.get(packets.size() - 1).ms();
    }

    public long bytes(boolean fromClient) {
        return packets.stream().filter(packet -> packet.fromClient() == fromClient).mapToLong(Packet::bytes).sum();
    }

    public long count(boolean fromClient) {
        return packets.stream().filter(packet -> packet.fromClient() == fromClient).count();
    }

    /** The records, in order of their start. */
    public List<Flow> records(Exporter exporter) {
        List<Flow> records = new ArrayList<>();
        Flow[] cached = new Flow[2];
        boolean[] ended = new boolean[2];
        for (Packet packet : packets) {
            if (!packet.fromClient() && !exporter.bothDirections()) {
                continue;
            }
            int side = packet.fromClient() ? 0 : 1;
            long ms = packet.ms() + exporter.skewMs();
            Flow flow = cached[side];
            if (flow == null
                    || ended[side]
                    || ms - flow.startMs >= exporter.activeMs()
                    || ms - flow.endMs > exporter.inactiveMs()) {
                flow = cached[side] = record(packet.fromClient(), ms, exporter);
                ended[side] = false;
                records.add(flow);
            }
            flow.endMs = ms;
            flow.bytes += packet.bytes();
            flow.packets++;
            flow.tcpFlags |= exporter.flags() ? packet.flags() : 0;
            ended[side] = (packet.flags() & (FIN | RST)) != 0;
        }
        records.sort(Comparator.comparingLong(flow -> flow.startMs));
        return records;
    }

    private Flow record(boolean fromClient, long ms, Exporter exporter) {
        Flow flow = new Flow();
        flow.startMs = ms;
        flow.srcLo = fromClient ? clientLo : serverLo;
        flow.srcPort = fromClient ? clientPort : serverPort;
        flow.dstLo = fromClient ? serverLo : clientLo;
        flow.dstPort = fromClient ? serverPort : clientPort;
        flow.protocol = protocol;
        flow.exporterLo = Address.v4(192 << 24 | 168 << 16 | exporter.number());
        flow.mayBePiece = true;
        flow.mayBeCopy = true;
        return flow;
    }

    /** In the order in which they are exported: at their end, up to {@code delayMs} later. */
    public static List<Flow> asExported(List<Flow> records, long delayMs, SplittableRandom random) {
        record Arrival(long ms, Flow flow) {}
        return records.stream()
                .map(flow -> new Arrival(flow.endMs + random.nextLong(delayMs + 1), flow))
                .sorted(Comparator.comparingLong(Arrival::ms))
                .map(Arrival::flow)
                .toList();
    }
}
