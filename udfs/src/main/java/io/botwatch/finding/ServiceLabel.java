package io.botwatch.finding;

/** How sentences name what listens at a destination, e.g. {@code 8443/tcp}. */
public final class ServiceLabel {
    private static final int TCP = 6;
    private static final int UDP = 17;

    private ServiceLabel() {}

    /** @param protocol IANA number */
    public static String of(int port, int protocol) {
        return port + "/" + (protocol == TCP ? "tcp" : protocol == UDP ? "udp" : "protocol " + protocol);
    }
}
