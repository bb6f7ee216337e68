package io.botwatch.volumetric;

import io.botwatch.finding.Severity;
import java.util.Locale;
import java.util.Set;

/** What kind of attack a window looks like; its order is that in which kinds are tried. */
enum VolumetricKind {
    /** Answers that the target never asked for, from where services are. */
    REFLECTION("a reflected flood: answers that nobody asked for"),
    CARPET_BOMBING("carpet bombing: a flood of a whole network"),
    /** Half of the records and more are a SYN alone. */
    SYN_FLOOD("a SYN flood"),
    UDP_FLOOD("a UDP flood"),
    /** Of ICMP and what else has no ports. */
    OTHER_FLOOD("a flood of packets without ports"),
    CREDENTIAL_STUFFING("credential stuffing: many clients, each with some small connections to a login"),
    /** Nothing but the numbers says that it is an attack. */
    MANY_CLIENTS("many clients, as a busy public service has them, too");

    private static final double MOST = 0.5;
    private static final int FEW_PACKETS = 3;
    private static final double EVEN = 0.8;
    private static final int SMALL_BYTES = 10_000;

    /** ftp, ssh, telnet, smtp, pop3, imap, smb, submission, mssql, mysql, rdp, postgresql, vnc, winrm. */
    private static final Set<Integer> LOGINS =
            Set.of(21, 22, 23, 25, 110, 143, 445, 465, 587, 993, 995, 1433, 3306, 3389, 5432, 5900, 5985, 5986);

    /** As sentences say it. */
    final String words;

    VolumetricKind(String words) {
        this.words = words;
    }

    static VolumetricKind of(VolumetricRule rule, VolumetricPartial window) {
        switch (rule.per()) {
            case REFLECTOR:
                return REFLECTION;
            case NETWORK:
                return CARPET_BOMBING;
            default:
                break;
        }
        double records = window.records;
        // Sources that are forged are drawn evenly; so are the members of a botnet, if each does its part.
        boolean flooded = window.packetsPerFlow() <= FEW_PACKETS && window.spread.evenness() > EVEN;
        if (flooded && window.beginnings >= MOST * records) {
            return SYN_FLOOD;
        }
        if (flooded && window.udp >= MOST * records) {
            return UDP_FLOOD;
        }
        if (flooded && window.records - window.tcp - window.udp >= MOST * records) {
            return OTHER_FLOOD;
        }
        double each = (double) window.count() / Math.max(1, window.sourceCount());
        boolean small = window.bytes < SMALL_BYTES * records;
        return rule.per() == VolumetricRule.Per.SERVICE && LOGINS.contains(window.port) && each >= 2 && each <= 50 && small
                ? CREDENTIAL_STUFFING
                : MANY_CLIENTS;
    }

    Severity severity() {
        return this == MANY_CLIENTS ? Severity.MEDIUM : Severity.HIGH;
    }

    /** As measures spell it, e.g. {@code syn-flood}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
