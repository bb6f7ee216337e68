package io.botwatch.exporters;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How the connections of softflowd's NetFlow v9 may differ from a capture's conversations, and why: nothing else is allowed. */
final class AllowedDifferences {
    /** Capture, difference, how many, why. */
    private static final String TABLE =
            """
            pcaps-c2/apt29_NEWYORK.s96.pcap | OTHER_INITIATOR | 29 | RPC: both ports are high, and the records are in the order of the addresses
            pcaps-c2/apt29_UTICA-A.s96.pcap | OTHER_INITIATOR | 4 | RPC: both ports are high, and the records are in the order of the addresses
            pcaps-c2/apt29_UTICA-ONE-DRIVE.s96.pcap | OTHER_INITIATOR | 1 | the capture begins amid a connection, with a packet of the server
            pcaps-c2/asyncrat_30a385ed.s96.pcap | OTHER_INITIATOR | 6 | LLMNR is asked by multicast: the answer is a conversation of its own, from the service; ICMPv6 has no ports
            pcaps-c2/asyncrat_30a385ed.s96.pcap | PIECE | 3 | ICMPv6: softflowd makes each type of message a flow of its own
            pcaps-c2/caldera_manx-tcp.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-c2/dataset_test-cc_test-cc-capture-1.s96.pcap | JOINED | 2 | a port was used again, and no timeout came between
            pcaps-c2/quasarrat_09ffabf7.s96.pcap | OTHER_INITIATOR | 27 | LLMNR is asked by multicast: the answer is a conversation of its own, from the service; ICMPv6 has no ports
            pcaps-c2/quasarrat_09ffabf7.s96.pcap | PIECE | 21 | ICMPv6: softflowd makes each type of message a flow of its own
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap | OTHER_INITIATOR | 2 | UDP between peers: both ports are low and neither is known
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/bittorrent.pcap | OTHER_INITIATOR | 11 | peers: both ports are high, or only the initiator's is low
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | JOINED | 7 | NetFlow has no identifier of a ping: those between two hosts are one flow
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | PIECE | 10 | request and reply of a ping are two flows, which nothing but addresses unites
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/dataset_test19-malicious-ssh_malicious-ssh-bruteforce.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap | OTHER_INITIATOR | 79 | peers: only the initiator's port is low
            pcaps-irc-scan-worm/irc-dcc-send.s96.pcap | OTHER_INITIATOR | 2 | DCC: both ports are high
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | UNDATED | 1 | the first packet of the file
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | JOINED | 2 | the file runs backwards: first is after last, and one of them before the exporter's start
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | UNHEARD_OF | 2 | the records of these two
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap | OTHER_INITIATOR | 921 | answers to forged sources: the service is heard first, or alone
            pcaps-irc-scan-worm/mining.s96.pcap | WRAPPED | 1 | the file spans 342 days
            pcaps-irc-scan-worm/stratocyberlab_class10_iot-telnet-scanner.s96.pcap | OTHER_INITIATOR | 3 | NTP: both ports are 123
            """;

    private record Row(String capture, Difference difference, int count, String why) {}

    private static final List<Row> ROWS = parse();

    private AllowedDifferences() {}

    private static List<Row> parse() {
        List<Row> rows = new ArrayList<>();
        TABLE.lines().forEach(line -> {
            String[] cells = line.split(" \\| ", 4);
            rows.add(new Row(cells[0], Difference.valueOf(cells[1]), Integer.parseInt(cells[2]), cells[3]));
        });
        return rows;
    }

    static Map<Difference, Integer> of(String capture) {
        Map<Difference, Integer> counts = new EnumMap<>(Difference.class);
        ROWS.stream()
                .filter(row -> row.capture.equals(capture))
                .forEach(row -> counts.put(row.difference, row.count));
        return counts;
    }

    /** A line each; empty when none is allowed. */
    static String explain(String capture) {
        StringBuilder lines = new StringBuilder();
        ROWS.stream()
                .filter(row -> row.capture.equals(capture))
                .forEach(row -> lines.append("  ").append(row.count).append(' ').append(row.difference).append(": ")
                        .append(row.why).append('\n'));
        return lines.toString();
    }
}
