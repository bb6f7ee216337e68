package io.botwatch.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** IP protocol names in the spellings of flow tools, and which protocols have ports. */
final class ProtocolNames {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP_V6 = 58;

    /** IANA's "reserved": for IP flows of a protocol that the exporter names in a way nobody else does. */
    static final int RESERVED = 255;

    /** A name that is not known here. */
    static final int UNKNOWN = -1;

    /** Below or beside IP: ARP, LLC, IPX, an exporter's own management records. */
    static final int NOT_IP = -2;

    /** A number that is no protocol's. */
    static final int BAD = -3;

    private static final int SCTP = 132;
    private static final int DCCP = 33;
    private static final int UDP_LITE = 136;

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("hopopt", 0),
            Map.entry("icmp", ICMP),
            Map.entry("icmp4", ICMP),
            Map.entry("icmpv4", ICMP),
            Map.entry("igmp", 2),
            Map.entry("ggp", 3),
            Map.entry("ipip", 4),
            Map.entry("ipencap", 4),
            Map.entry("ip-in-ip", 4),
            Map.entry("ipnip", 4),
            Map.entry("ipv4", 4),
            Map.entry("st2", 5),
            Map.entry("st", 5),
            Map.entry("tcp", TCP),
            Map.entry("egp", 8),
            Map.entry("igp", 9),
            Map.entry("udp", UDP),
            // Argus looks into the payload and names what UDP carries
            Map.entry("rtp", UDP),
            Map.entry("rtcp", UDP),
            Map.entry("udt", UDP),
            Map.entry("rdp", 27),
            Map.entry("dccp", DCCP),
            Map.entry("ipv6", 41),
            Map.entry("ipv6-route", 43),
            Map.entry("ipv6-frag", 44),
            Map.entry("rsvp", 46),
            Map.entry("gre", 47),
            Map.entry("esp", 50),
            Map.entry("ah", 51),
            Map.entry("ipv6-icmp", ICMP_V6),
            Map.entry("icmpv6", ICMP_V6),
            Map.entry("icmp6", ICMP_V6),
            Map.entry("ipv6-no", 59),
            Map.entry("ipv6-nonxt", 59),
            Map.entry("ipv6-opts", 60),
            Map.entry("eigrp", 88),
            Map.entry("ospf", 89),
            Map.entry("ospfigp", 89),
            Map.entry("pim", 103),
            Map.entry("ipcomp", 108),
            Map.entry("vrrp", 112),
            Map.entry("l2tp", 115),
            Map.entry("sctp", SCTP),
            Map.entry("mobility-header", 135),
            Map.entry("udplite", UDP_LITE),
            Map.entry("udp-lite", UDP_LITE),
            Map.entry("mpls-in-ip", 137),
            Map.entry("arp", NOT_IP),
            Map.entry("rarp", NOT_IP),
            Map.entry("llc", NOT_IP),
            Map.entry("lldp", NOT_IP),
            Map.entry("ipx", NOT_IP),
            Map.entry("spx", NOT_IP),
            Map.entry("ipx/spx", NOT_IP),
            Map.entry("man", NOT_IP));

    private static final int LONGEST = 24;

    private ProtocolNames() {}

    /**
     * The protocol of a name in any case, or of its number in decimal.
     *
     * @return 0 to 255, or {@link #UNKNOWN}, {@link #NOT_IP} or {@link #BAD}
     */
    static int number(byte[] text, int from, int to) {
        int length = to - from;
        // the two that nearly every record has, without a string
        if (length == 3) {
            int name = (text[from] | 0x20) << 16 | (text[from + 1] | 0x20) << 8 | (text[from + 2] | 0x20);
            if (name == ('t' << 16 | 'c' << 8 | 'p')) {
                return TCP;
            }
            if (name == ('u' << 16 | 'd' << 8 | 'p')) {
                return UDP;
            }
        }
        if (length == 0 || length > LONGEST) {
            return UNKNOWN;
        }
        if (text[from] >= '0' && text[from] <= '9') {
            long value = DecimalText.count(text, from, to);
            return value < 0 || value > 255 ? BAD : (int) value;
        }
        String name = new String(text, from, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return NUMBERS.getOrDefault(name, UNKNOWN);
    }

    /** Whether the port columns of a record of this protocol hold ports. For ICMP they hold type and code. */
    static boolean hasPorts(int protocol) {
        return protocol == TCP || protocol == UDP || protocol == SCTP || protocol == DCCP || protocol == UDP_LITE;
    }
}
