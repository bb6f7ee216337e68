package io.botwatch.exporters;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How the connections of softflowd's NetFlow v9 may differ from a capture's conversations, and why: nothing else is allowed. */
final class AllowedDifferences {
    /** Capture, and the active and inactive timeout where they cut it: then against what is not cut; difference, how many, why. */
    private static final String TABLE =
            """
            pcaps-c2/apt29_NEWYORK.s96.pcap | OTHER_INITIATOR | 4 | NTP: both ports are 123, and both directions have the same times
            pcaps-c2/apt29_UTICA-ONE-DRIVE.s96.pcap | OTHER_INITIATOR | 1 | the capture begins amid a connection, with a packet of the server's: the ports are right
            pcaps-c2/asyncrat_30a385ed.s96.pcap | REPLIES_ALONE | 6 | LLMNR is asked by multicast: the answer is a conversation of its own, from the service
            pcaps-c2/caldera_manx-tcp.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-c2/dataset_test-cc_test-cc-capture-1.s96.pcap | JOINED | 2 | a port was used again, and no timeout came between
            pcaps-c2/quasarrat_09ffabf7.s96.pcap | REPLIES_ALONE | 27 | LLMNR is asked by multicast: the answer is a conversation of its own, from the service
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap | OTHER_INITIATOR | 3 | UDP between peers: both ports are low and neither is known
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/bittorrent.pcap | OTHER_INITIATOR | 5 | peers: both ports are high, and SYN and times are the same both ways
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | JOINED | 8 | NetFlow has no identifier of a ping: those between two hosts are one connection
            pcaps-irc-scan-worm/dataset_test12-icmp-portscan.pcap | PIECE | 1 | the reply of the ping whose request is not dated
            pcaps-irc-scan-worm/dataset_test19-malicious-ssh_malicious-ssh-bruteforce.s96.pcap | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap | OTHER_INITIATOR | 4 | three of NTP, both ports are 123; of DHCP the first packet here is the server's: the ports are right
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap | REPLIES_ALONE | 1 | DHCP is asked by broadcast: the answers are a conversation of their own, from the service
            pcaps-irc-scan-worm/irc-dcc-send.s96.pcap | OTHER_INITIATOR | 2 | DCC: both ports are high, and SYN and times are the same both ways
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | UNDATED | 1 | the first packet of the file
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | UNSEEN | 2 | the file runs backwards: their first packets are before the exporter's start, and dated 49.7 days too early
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap | UNHEARD_OF | 2 | the records of these two
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap | REPLIES_ALONE | 921 | SYN-ACKs for forged sources, unanswered or refused with RST: nobody here began
            pcaps-irc-scan-worm/mining.s96.pcap | WRAPPED | 1 | the file spans 342 days
            pcaps-irc-scan-worm/stratocyberlab_class10_iot-telnet-scanner.s96.pcap | OTHER_INITIATOR | 3 | NTP: both ports are 123, and both directions have the same times
            pcaps-c2/apt29_NEWYORK.s96.pcap 60/15 | PIECE | 3 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/apt29_NEWYORK.s96.pcap 60/3600 | PIECE | 3 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/asyncrat_30a385ed.s96.pcap 60/15 | PIECE | 37 | datagrams and the like after a silence longer than the inactive timeout; TCP reset long after a FIN
            pcaps-c2/asyncrat_30a385ed.s96.pcap 60/3600 | PIECE | 12 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/caldera_sandcat.s96.pcap 60/15 | UNDATED | 1 | the capture's first millisecond
            pcaps-c2/caldera_sandcat.s96.pcap 60/15 | PIECE | 9 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/caldera_sandcat.s96.pcap 60/3600 | PIECE | 8 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/dataset_test-cc_test-cc-capture-1.s96.pcap 60/15 | PIECE | 2 | a port was used again: joined only where no timeout came between
            pcaps-c2/dataset_test-cc_test-cc-capture-1.s96.pcap 60/3600 | PIECE | 2 | a port was used again: joined only where no timeout came between
            pcaps-c2/quasarrat_09ffabf7.s96.pcap 60/15 | PIECE | 75 | datagrams and the like after a silence longer than the inactive timeout; TCP reset long after a FIN
            pcaps-c2/quasarrat_09ffabf7.s96.pcap 60/3600 | PIECE | 26 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap 60/15 | PIECE | 5 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-c2/stratocyberlab_training-capture-001.s96.pcap 60/3600 | PIECE | 3 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap 60/15 | REPLIES_ALONE | 1 | DHCP: the server's answers are addressed, the questions before them are not, and between them lie minutes
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap 60/15 | PIECE | 58 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap 60/3600 | REPLIES_ALONE | 1 | DHCP: the server's answers are addressed, the questions before them are not, and between them lie minutes
            pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap 60/3600 | PIECE | 48 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap 60/15 | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap 60/15 | PIECE | 2543 | answers to forged SYNs with minutes between them: each is replies alone
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap 60/3600 | UNDATED | 1 | the capture's first millisecond
            pcaps-irc-scan-worm/malcolm_bro-simple-scan_backscatter.s96.pcap 60/3600 | PIECE | 2360 | answers to forged SYNs with minutes between them: each is replies alone
            pcaps-irc-scan-worm/mining.s96.pcap 60/15 | WRAPPED | 1 | the file spans 342 days
            pcaps-irc-scan-worm/mining.s96.pcap 60/15 | PIECE | 1 | the part that is dated rightly of the one that is not
            pcaps-irc-scan-worm/mining.s96.pcap 60/3600 | WRAPPED | 1 | the file spans 342 days
            pcaps-irc-scan-worm/mining.s96.pcap 60/3600 | PIECE | 1 | the part that is dated rightly of the one that is not
            pcaps-irc-scan-worm/stratocyberlab_class10_iot-telnet-scanner.s96.pcap 60/15 | PIECE | 39 | NTP between silences; TCP to closed or silent ports, tried again after as long
            pcaps-irc-scan-worm/stratocyberlab_class10_iot-telnet-scanner.s96.pcap 60/3600 | PIECE | 31 | NTP between silences; TCP to closed or silent ports, tried again after as long
            pcaps-irc-scan-worm/tor.pcap 60/15 | PIECE | 10 | datagrams and the like after a silence longer than the inactive timeout count as another connection
            pcaps-irc-scan-worm/tor.pcap 60/3600 | PIECE | 1 | datagrams and the like after a silence longer than the inactive timeout count as another connection
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
