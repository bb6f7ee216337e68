package io.botwatch.local;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.sink.DeadLetterTopic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Dead letters out of their topic, and their records into another. */
final class DeadLetterTopics {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Properties kafka;

    /** @param kafka passed on to the clients */
    DeadLetterTopics(String bootstrapServers, Properties kafka) {
        this.kafka = new Properties();
        this.kafka.putAll(kafka);
        this.kafka.setProperty("bootstrap.servers", bootstrapServers);
    }

    /** @throws UsageException when the broker has no such topic */
    void require(String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(kafka)) {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new UsageException(
                        "topic " + topic + " does not exist at " + kafka.getProperty("bootstrap.servers") + "; create it first");
            }
            throw e;
        }
    }

    /**
     * Reads what the topic holds now; of it committed records only.
     *
     * @param since when letters were written at the earliest, or null
     * @return how many records were no dead letters, or of a reason that this build does not know
     */
    long read(String topic, Instant since, DeadLetterLines.Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("enable.auto.commit", "false");
        long others = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            seek(consumer, partitions, since, ends);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() >= ends.get(new TopicPartition(topic, record.partition()))) {
                        continue; // written since
                    }
                    DeadLetter letter = DeadLetterTopic.read(record);
                    if (letter == null) {
                        others++;
                    } else {
                        reader.accept(letter);
                    }
                }
            }
        }
        return others;
    }

    private static void seek(
            KafkaConsumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Instant since,
            Map<TopicPartition, Long> ends) {
        if (since == null) {
            consumer.seekToBeginning(partitions);
            return;
        }
        Map<TopicPartition, Long> times =
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> since.toEpochMilli()));
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> first : consumer.offsetsForTimes(times).entrySet()) {
            consumer.seek(
                    first.getKey(), first.getValue() == null ? ends.get(first.getKey()) : first.getValue().offset());
        }
    }

    /**
     * Writes the letters' records, in their order.
     *
     * @throws ExecutionException when the broker refused one
     */
    void feed(String topic, LettersByTime letters) throws IOException, ExecutionException {
        Properties properties = new Properties();
        properties.putAll(kafka);
        // In order, also when a batch is sent again: without idempotence that takes one request at a time.
        properties.setProperty("enable.idempotence", "false");
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        properties.setProperty("acks", "all");
        AtomicReference<Exception> refused = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            letters.forEach(letter -> producer.send(DeadLetterTopic.again(topic, letter), (sent, failure) -> {
                if (failure != null) {
                    refused.compareAndSet(null, failure);
                }
            }));
        }
        if (refused.get() != null) {
            throw new ExecutionException(refused.get());
        }
    }
}
