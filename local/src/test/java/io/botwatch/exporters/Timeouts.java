package io.botwatch.exporters;

import java.util.List;

/**
 * When an exporter ends a flow.
 *
 * @param activeSeconds so long after its first packet, whatever follows
 * @param idleSeconds so long after its last packet
 */
record Timeouts(int activeSeconds, int idleSeconds) {

    List<String> options() {
        return List.of(
                "-t", "maxlife=" + activeSeconds,
                "-t", "tcp=" + idleSeconds,
                "-t", "tcp.fin=" + idleSeconds,
                "-t", "tcp.rst=" + idleSeconds,
                "-t", "udp=" + idleSeconds,
                "-t", "icmp=" + idleSeconds,
                "-t", "general=" + idleSeconds,
                "-t", "expint=1");
    }
}
