package io.botwatch.exporters;

import io.botwatch.flow.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of a capture as tshark tells them apart: TCP and UDP by its stream numbers, pings by their identifier,
 * other protocols by the two addresses. Who sent the first packet is the initiator. Fragments belong to their datagram.
 *
 * @param notIp packets of ARP, LLC and the like
 */
record Conversations(List<Connection> connections, int notIp) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** One IPv4 or IPv6 packet; of packets within it, such as an ICMP error's, nothing is read. */
    private enum Field {
        TIME("frame.time_epoch"),
        SRC("ip.src"),
        DST("ip.dst"),
        PROTOCOL("ip.proto"),
        LENGTH("ip.len"),
        ID("ip.id"),
        OFFSET("ip.frag_offset"),
        SRC6("ipv6.src"),
        DST6("ipv6.dst"),
        NEXT6("ipv6.nxt"),
        NEXT6_AFTER_OPTIONS("ipv6.hopopts.nxt"),
        LENGTH6("ipv6.plen"),
        TCP_STREAM("tcp.stream"),
        TCP_SRC("tcp.srcport"),
        TCP_DST("tcp.dstport"),
        UDP_STREAM("udp.stream"),
        UDP_SRC("udp.srcport"),
        UDP_DST("udp.dstport"),
        PING("icmp.ident"),
        PING6("icmpv6.echo.identifier");

        final String tshark;

        Field(String tshark) {
            this.tshark = tshark;
        }

        String of(String[] row) {
            return row.length > ordinal() ? row[ordinal()] : "";
        }
    }

    static Conversations of(Path capture, Path folder) throws IOException, InterruptedException {
        Path rows = folder.resolve("tshark.tsv");
        List<String> command = new ArrayList<>(List.of(
                "tshark", "-n", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-r", capture.toString(),
                "-T", "fields", "-E", "occurrence=f"));
        for (Field field : Field.values()) {
            command.addAll(List.of("-e", field.tshark));
        }
        Program.run(rows, LIMIT, command);

        Map<String, Connection> conversations = new LinkedHashMap<>();
        Map<String, String> datagrams = new HashMap<>();
        int notIp = 0;
        try (BufferedReader reader = Files.newBufferedReader(rows)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] row = line.split("\t", -1);
                Connection packet = packet(row);
                if (packet == null) {
                    notIp++;
                    continue;
                }
                String datagram = packet.initiator() + " " + packet.responder() + " " + Field.ID.of(row);
                String conversation;
                if (number(Field.OFFSET.of(row)) > 0) {
                    conversation = datagrams.getOrDefault(datagram, datagram);
                } else {
                    conversation = conversation(row, packet);
                    datagrams.put(datagram, conversation);
                }
                conversations.merge(conversation, packet, Conversations::with);
            }
        }
        return new Conversations(List.copyOf(conversations.values()), notIp);
    }

    /** @return the packet as a connection of its own; null when it is not IP */
    private static Connection packet(String[] row) {
        boolean v4 = !Field.SRC.of(row).isEmpty();
        boolean v6 = !v4 && !Field.SRC6.of(row).isEmpty();
        if (!v4 && !v6) {
            return null;
        }
        String next = Field.NEXT6_AFTER_OPTIONS.of(row);
        int protocol = number(v4 ? Field.PROTOCOL.of(row) : next.isEmpty() ? Field.NEXT6.of(row) : next);
        boolean tcp = protocol == TCP;
        boolean udp = protocol == UDP;
        long atMs = new BigDecimal(Field.TIME.of(row))
                .movePointRight(3)
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
        return new Connection(
                Address.parse((v4 ? Field.SRC : Field.SRC6).of(row)).toString(),
                number(tcp ? Field.TCP_SRC.of(row) : udp ? Field.UDP_SRC.of(row) : ""),
                Address.parse((v4 ? Field.DST : Field.DST6).of(row)).toString(),
                number(tcp ? Field.TCP_DST.of(row) : udp ? Field.UDP_DST.of(row) : ""),
                protocol,
                atMs,
                atMs,
                v4 ? number(Field.LENGTH.of(row)) : 40 + number(Field.LENGTH6.of(row)),
                1,
                false);
    }

    private static String conversation(String[] row, Connection packet) {
        String tcp = Field.TCP_STREAM.of(row);
        String udp = Field.UDP_STREAM.of(row);
        if (packet.protocol() == TCP && !tcp.isEmpty()) {
            return "tcp " + tcp;
        }
        if (packet.protocol() == UDP && !udp.isEmpty()) {
            return "udp " + udp;
        }
        return packet.tuple() + " " + Field.PING.of(row) + Field.PING6.of(row);
    }

    private static Connection with(Connection conversation, Connection packet) {
        return new Connection(
                conversation.initiator(),
                conversation.initiatorPort(),
                conversation.responder(),
                conversation.responderPort(),
                conversation.protocol(),
                Math.min(conversation.startMs(), packet.startMs()),
                Math.max(conversation.endMs(), packet.endMs()),
                conversation.bytes() + packet.bytes(),
                conversation.packets() + packet.packets(),
                false);
    }

    /** @param text decimal or 0x…; empty is 0 */
    private static int number(String text) {
        return text.isEmpty() ? 0 : Integer.decode(text);
    }
}
