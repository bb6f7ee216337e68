package io.botwatch.cluster;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface, of those that no system hands out by itself. A port of the ephemeral range may be given to
 * any socket between its choice and its use: once Flink's blob server got the one that was meant for REST.
 */
public final class Ports {
    private static final int LOWEST = 15_000;
    private static final int BEYOND = 32_768; // where Linux begins to hand out; others begin higher

    private Ports() {}

    /** One that nothing listens on. */
    public static int free() throws IOException {
        for (int tries = 0; ; tries++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                if (tries == 100) {
                    throw taken;
                }
            }
        }
    }
}
