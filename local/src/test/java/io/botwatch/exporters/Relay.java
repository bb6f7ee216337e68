package io.botwatch.exporters;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;

/** Sends on what it is sent, from another address of this machine's: to the collector, what exports through it is another exporter. */
final class Relay implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.2";
    private static final int LARGEST_DATAGRAM = 65_535;

    private final DatagramChannel in = DatagramChannel.open(StandardProtocolFamily.INET);
    private final DatagramChannel out = DatagramChannel.open(StandardProtocolFamily.INET);
    private final Thread sender = new Thread(this::sendOn, "relay");
    private IOException failure;

    Relay(UdpPort collector) throws IOException {
        in.setOption(StandardSocketOptions.SO_RCVBUF, 8 << 20);
        in.bind(new InetSocketAddress("127.0.0.1", 0));
        out.bind(new InetSocketAddress(ADDRESS, 0));
        out.connect(new InetSocketAddress("127.0.0.1", collector.number()));
        sender.start();
    }

    UdpPort port() throws IOException {
        return new UdpPort(((InetSocketAddress) in.getLocalAddress()).getPort());
    }

    private void sendOn() {
        ByteBuffer datagram = ByteBuffer.allocate(LARGEST_DATAGRAM);
        try {
            while (true) {
                in.receive(datagram.clear());
                out.write(datagram.flip());
            }
        } catch (AsynchronousCloseException e) {
            // It is over.
        } catch (IOException e) {
            failure = e;
        }
    }

    /** Returns when all was sent on. */
    void finish() throws IOException, InterruptedException {
        UdpPort port = port();
        Await.until("the relay has read all records", Duration.ofSeconds(30), () -> port.queuedBytes() == 0);
        in.close();
        sender.join();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
