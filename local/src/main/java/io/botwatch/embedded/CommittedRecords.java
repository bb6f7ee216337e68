package io.botwatch.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a topic holds, to a consumer that reads committed records only. It waits for transactions that are open, for a job's last
 * ones may be committed and not yet marked so in the topic when the job has ended: to such a consumer they are not there.
 */
public final class CommittedRecords {
    private static final Duration POLL = Duration.ofMillis(200);

    private CommittedRecords() {}

    /**
     * Reads the topic from its beginning to its end of now, each partition in order.
     *
     * @param client how the broker is reached
     * @param limit how long transactions may stay open
     * @throws IOException when they stay open for longer
     */
    public static void read(
            Map<String, ?> client, String topic, Duration limit, Consumer<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client, "read_committed")) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = ends(client, partitions);
            long deadlineNs = System.nanoTime() + limit.toNanos();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                Iterable<ConsumerRecord<byte[], byte[]>> polled = consumer.poll(POLL);
                if (polled.iterator().hasNext()) {
                    deadlineNs = System.nanoTime() + limit.toNanos();
                    polled.forEach(records);
                } else if (System.nanoTime() > deadlineNs) {
                    throw new IOException("topic " + topic + ": records of a transaction that is still open after " + limit.toSeconds()
                            + " s; whoever writes there has neither committed nor aborted it");
                }
            }
        }
    }

    /** With what is not yet committed. */
    private static Map<TopicPartition, Long> ends(Map<String, ?> client, List<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(client, "read_uncommitted")) {
            return consumer.endOffsets(partitions);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, ?> client, String isolation) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.setProperty("isolation.level", isolation);
        properties.setProperty("enable.auto.commit", "false");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
