package io.botwatch.local;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.LineBuffer;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.job.JobConfig;
import java.time.Duration;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes the canary's connections to the flow topic: as records, so no packet goes anywhere. */
final class CanaryBeacon implements AutoCloseable {
    /** Whom it talks to: an address of TEST-NET-2 (RFC 5737), which is nobody's. */
    static final Address DESTINATION = Address.parse("198.51.100.77");

    static final int PORT = 8443;

    private static final int TCP = 6;
    private static final int SYN_ACK_PSH_FIN = 0x1B;
    private static final int PACKETS = 6;
    private static final int BYTES = 812;
    private static final long DURATION_MS = 200;
    private static final int FIRST_SOURCE_PORT = 49_152;
    private static final int SOURCE_PORTS = 16_384;

    private final String topic;
    private final FlowWriter writer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Flow flow = new Flow();
    private final LineBuffer record = new LineBuffer();
    private int connections;

    /**
     * @param host where the connections come from
     * @throws UsageException when the configuration's format is none that it can write
     */
    CanaryBeacon(JobConfig config, Address host) {
        topic = config.topics().get(0);
        writer = writer(config);
        flow.srcHi = host.hi;
        flow.srcLo = host.lo;
        flow.dstHi = DESTINATION.hi;
        flow.dstLo = DESTINATION.lo;
        flow.dstPort = PORT;
        flow.protocol = TCP;
        flow.tcpFlags = SYN_ACK_PSH_FIN;
        flow.packets = PACKETS;
        flow.bytes = BYTES;
        // An exporter of its own, so that what it sends can be told from what the feed does.
        flow.exporterHi = DESTINATION.hi;
        flow.exporterLo = DESTINATION.lo;
        Properties properties = new Properties();
        properties.putAll(config.kafka());
        properties.setProperty("bootstrap.servers", config.bootstrapServers());
        properties.setProperty("enable.idempotence", "false");
        properties.setProperty("acks", "all");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static FlowWriter writer(JobConfig config) {
        FlowFormat format = config.format().format();
        if (format == FlowFormat.GOFLOW2_JSON) {
            return new Goflow2JsonWriter();
        }
        if (format == FlowFormat.GOFLOW2_PROTOBUF) {
            return new Goflow2ProtobufWriter();
        }
        throw new UsageException("the canary writes goflow2-json and goflow2-protobuf, and source.format is "
                + config.format().label()
                + (config.format().isAuto() ? "; name the format if it is one of these" : ""));
    }

    /**
     * How long ago its connections begin. As late as a record may be at half the bound: where the feed comes later than others
     * do, what begins now would move event time past it.
     */
    static Duration age(JobConfig config) {
        return config.maxOutOfOrderness().dividedBy(2);
    }

    /**
     * Sends one connection.
     *
     * @param startMs epoch ms
     * @param receivedMs when its record says that it was exported, epoch ms
     * @param result is given null when the broker has taken it, or why it has not; from another thread
     */
    void send(long startMs, long receivedMs, Consumer<Exception> result) {
        flow.startMs = startMs;
        flow.endMs = startMs + DURATION_MS;
        flow.srcPort = FIRST_SOURCE_PORT + connections++ % SOURCE_PORTS;
        record.clear();
        writer.write(flow, receivedMs, record);
        producer.send(new ProducerRecord<>(topic, record.copy()), (sent, failure) -> result.accept(failure));
    }

    /** Waits for what is on its way. */
    @Override
    public void close() {
        producer.close();
    }
}
