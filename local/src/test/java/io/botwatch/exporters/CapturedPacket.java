package io.botwatch.exporters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One packet of a capture file.
 *
 * @param seconds since the epoch, and {@code micros} of that second
 * @param length on the wire, in bytes
 * @param bytes what was kept of it, from the link layer's header on
 */
record CapturedPacket(long seconds, long micros, int length, byte[] bytes) {
    /** Little-endian, microseconds: what the captures are in. */
    private static final int MAGIC = 0xa1b2c3d4;

    private static final int HEADER = 24;
    private static final int ETHERNET = 1;

    static List<CapturedPacket> readAll(Path capture) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(capture)).order(ByteOrder.LITTLE_ENDIAN);
        if (file.getInt(0) != MAGIC || file.getInt(20) != ETHERNET) {
            throw new IOException(capture + " is no little-endian Ethernet capture in microseconds");
        }
        file.position(HEADER);
        List<CapturedPacket> packets = new ArrayList<>();
        while (file.hasRemaining()) {
            long seconds = Integer.toUnsignedLong(file.getInt());
            long micros = Integer.toUnsignedLong(file.getInt());
            byte[] bytes = new byte[file.getInt()];
            int length = file.getInt();
            file.get(bytes);
            packets.add(new CapturedPacket(seconds, micros, length, bytes));
        }
        return packets;
    }
}
