package io.botwatch.exporters;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** From a capture to a topic: softflowd exports to nfacctd, which writes pmacct's JSON to Kafka. */
final class PmacctChain {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path folder;
    private final String bootstrapServers;

    PmacctChain(Path folder, String bootstrapServers) {
        this.folder = folder;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Returns when all packets of the capture are accounted for in the topic.
     *
     * @param topic exists, with one partition
     * @param packets of all its flows: pmacct unites flows that are alike, so their number says little
     * @return what lies in the topic then
     */
    List<String> export(Path capture, NetflowVersion version, String topic, long packets)
            throws IOException, InterruptedException {
        UdpPort port = UdpPort.free();
        Path configuration = Files.writeString(folder.resolve(topic + ".conf"), configuration(port, topic));
        List<String> command = List.of("nfacctd", "-f", configuration.toString());
        Path said = folder.resolve(topic + ".out");
        try (Program nfacctd = Program.start(said, command);
                Topic written = new Topic(bootstrapServers, topic)) {
            nfacctd.await("nfacctd listens", LIMIT, port::isOpen);
            // It takes flows before its plugin does, and those are lost. The plugin writes what it has, at first nothing, every second.
            nfacctd.await("nfacctd's plugin has begun to write", LIMIT, () -> Files.readString(said).contains("Purging cache - END"));
            // It does not send again what it could not send because the topic had no leader yet.
            written.read();
            new Softflowd(folder, version).replay(capture, port);
            try {
                nfacctd.await(packets + " packets are in topic " + topic, LIMIT, () -> packets(written) == packets);
            } catch (AssertionError e) {
                throw new AssertionError(
                        packets(written) + " packets in " + written.read().size() + " messages; " + e.getMessage(), e);
            }
            return written.read().stream().map(ConsumerRecord::value).toList();
        }
    }

    private static long packets(Topic topic) throws IOException {
        ObjectMapper json = new ObjectMapper();
        long packets = 0;
        for (ConsumerRecord<String, String> record : topic.read()) {
            packets += json.readTree(record.value()).path("packets").asLong();
        }
        return packets;
    }

    private String configuration(UdpPort port, String topic) {
        String[] broker = bootstrapServers.split(":");
        return """
                daemonize: false
                nfacctd_ip: 127.0.0.1
                nfacctd_port: %d
                nfacctd_disable_checks: true
                nfacctd_pipe_size: 8388608
                timestamps_utc: true
                plugins: kafka[k]
                aggregate[k]: src_host, dst_host, src_port, dst_port, proto, tcpflags, tos, timestamp_start, timestamp_end, \
                peer_src_ip, export_proto_version, sampling_rate
                kafka_output[k]: json
                kafka_broker_host[k]: %s
                kafka_broker_port[k]: %s
                kafka_topic[k]: %s
                kafka_refresh_time[k]: 1
                kafka_history[k]: 1m
                """
                .formatted(port.number(), broker[0], broker[1], topic);
    }
}
