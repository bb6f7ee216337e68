package io.botwatch.network;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a host is there for: the reason why behaviour that would be a finding elsewhere is its work. */
public enum Role {
    /** Asks the world's name servers for others, or answers them. */
    RESOLVER,
    /** Serves time. */
    NTP,
    /** Serves updates, or fetches them for others. */
    PATCH,
    /** Opens connections for others. */
    PROXY,
    /** Many hosts behind one address. */
    NAT,
    VPN_GATEWAY,
    /** Scans on purpose. */
    SCANNER,
    BACKUP,
    /** Sends and receives mail. */
    MAIL,
    /** Asks services at intervals whether they live. */
    MONITORING;

    /** As documents spell it, e.g. {@code vpn-gateway}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Null for an unknown label. */
    public static Role of(String label) {
        return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst().orElse(null);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(Role::label).toList();
    }
}
