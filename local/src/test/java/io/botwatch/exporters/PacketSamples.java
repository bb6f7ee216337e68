package io.botwatch.exporters;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * Sends packets as PSAMP (RFC 5476) in the one layout that softflowd reads: sequence number, time, length, frame. Each
 * carries its own time, so that an exporter that takes its time from packets lives through a capture at its pace.
 *
 * <p>softflowd reads on as long as there are samples, and looks at its timeouts only when it is sent something else. It is,
 * whenever a second of the capture begins, after a frame that is not IP has told it the time.
 */
final class PacketSamples implements AutoCloseable {
    private static final int TEMPLATE = 3072;
    private static final int MESSAGE_HEADER = 16;
    private static final int SET_HEADER = 4;
    private static final int FIXED_FIELDS = 8 + 8 + 2;
    private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;
    private static final byte[] SOMETHING_ELSE = {0};
    private static final byte[] NOT_IP = new byte[14];

    /** So much may lie unread: less than the smallest default of a socket's buffer. */
    private static final long QUEUED_AT_MOST = 64 << 10;

    private final UdpPort receiver;
    private final DatagramSocket socket = new DatagramSocket();
    private int sequence;
    private long lookedAt;

    PacketSamples(UdpPort receiver) throws IOException {
        this.receiver = receiver;
        socket.connect(new InetSocketAddress("127.0.0.1", receiver.number()));
    }

    void send(CapturedPacket packet) throws IOException {
        if (packet.seconds() > lookedAt) {
            send(sample(new CapturedPacket(packet.seconds(), packet.micros(), NOT_IP.length, NOT_IP)));
            send(SOMETHING_ELSE);
            lookedAt = packet.seconds();
        }
        send(sample(packet));
    }

    private byte[] sample(CapturedPacket packet) {
        int size = MESSAGE_HEADER + SET_HEADER + FIXED_FIELDS + packet.bytes().length;
        ByteBuffer sample = ByteBuffer.allocate(size);
        sample.putShort((short) 10).putShort((short) size).putInt((int) packet.seconds()).putInt(++sequence).putInt(0);
        sample.putShort((short) TEMPLATE).putShort((short) (size - MESSAGE_HEADER));
        sample.putLong(sequence);
        sample.putInt((int) (packet.seconds() + NTP_EPOCH_SECONDS));
        sample.putInt((int) ((packet.micros() << 32) / 1_000_000));
        // The length on the wire, though the frame was cut: the flow's bytes are counted from it.
        sample.putShort((short) Math.min(packet.length(), 0xFFFF));
        sample.put(packet.bytes());
        return sample.array();
    }

    /** Returns when all was read and the exporter waits. */
    void finish() throws IOException {
        send(SOMETHING_ELSE);
        Await.until("softflowd has read all packets", Duration.ofSeconds(30), () -> receiver.queuedBytes() == 0);
    }

    private void send(byte[] datagram) throws IOException {
        Await.until("softflowd reads packets", Duration.ofSeconds(30), () -> receiver.queuedBytes() < QUEUED_AT_MOST);
        socket.send(new DatagramPacket(datagram, datagram.length));
    }

    @Override
    public void close() {
        socket.close();
    }
}
