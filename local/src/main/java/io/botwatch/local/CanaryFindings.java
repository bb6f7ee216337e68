package io.botwatch.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.flow.Address;
import io.botwatch.job.JobConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the findings topic, as any consumer would, for findings of the canary. */
final class CanaryFindings implements AutoCloseable {
    /** How far back it looks at its start: more than from one daily update to the next. */
    private static final Duration BACK = Duration.ofDays(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ObjectMapper mapper = new ObjectMapper();
    private final String host;

    CanaryFindings(JobConfig config, Address host, Instant now) {
        this.host = host.toString();
        Properties properties = new Properties();
        properties.putAll(config.kafka());
        properties.setProperty("bootstrap.servers", config.bootstrapServers());
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("enable.auto.commit", "false");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(config.findingsTopic()).stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> since = new HashMap<>();
        partitions.forEach(partition -> since.put(partition, now.minus(BACK).toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> first = consumer.offsetsForTimes(since);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        partitions.forEach(partition -> consumer.seek(
                partition, first.get(partition) == null ? ends.get(partition) : first.get(partition).offset()));
    }

    /** Reads what has come, and waits for some if nothing has, at most so long. */
    void read(Duration limit, CanaryStatus status) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(limit)) {
            if (isOfCanary(record.value())) {
                status.addFound(Instant.ofEpochMilli(record.timestamp()));
            }
        }
    }

    private boolean isOfCanary(byte[] value) {
        JsonNode finding;
        try {
            finding = value == null ? mapper.nullNode() : mapper.readTree(value);
        } catch (IOException e) {
            return false; // not a finding; it is somebody else's to complain
        }
        for (JsonNode evidence : finding.path("evidences")) {
            if (evidence.path("src_endpoint").path("ip").asText().equals(host)
                    && evidence.path("dst_endpoint").path("ip").asText().equals(CanaryBeacon.DESTINATION.toString())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
