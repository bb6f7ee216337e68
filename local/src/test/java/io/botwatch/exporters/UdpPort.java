package io.botwatch.exporters;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** A UDP port of this machine, and what the kernel says of the program that reads from it. */
record UdpPort(int number) {
    private static final Path SOCKETS = Path.of("/proc/net/udp");
    private static final int LOCAL = 1;
    private static final int QUEUES = 4;

    static UdpPort free() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            return new UdpPort(socket.getLocalPort());
        }
    }

    boolean isOpen() throws IOException {
        return socket() != null;
    }

    /** Memory that datagrams take which nobody has read yet. */
    long queuedBytes() throws IOException {
        String[] socket = socket();
        return socket == null ? 0 : Long.parseLong(socket[QUEUES].split(":")[1], 16);
    }

    private String[] socket() throws IOException {
        String suffix = String.format(":%04X", number);
        for (String line : Files.readAllLines(SOCKETS)) {
            String[] columns = line.trim().split("\\s+");
            if (columns[LOCAL].endsWith(suffix)) {
                return columns;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return "127.0.0.1:" + number;
    }
}
