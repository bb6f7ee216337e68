package io.botwatch.live;

import io.botwatch.control.Message;
import io.botwatch.document.DocumentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Commands from the topic of rules; one partition, so that they have an order. */
final class RulesTopic implements KafkaDesk.Commands {
    private static final Duration WAIT = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param answered offset of the last command that was answered; -1 for none
     * @throws DocumentException when the topic ends before it
     */
    RulesTopic(String bootstrapServers, Properties passed, String topic, long answered) throws IOException {
        Properties properties = Clients.of(bootstrapServers, ConsumerConfig.configNames(), passed);
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            TopicPartition partition = ResultsTopic.onlyPartition(consumer, topic);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            if (end <= answered) {
                throw new DocumentException(List.of("topic " + topic + " ends at offset " + end + ", but commands up to offset "
                        + answered + " were answered: it was made anew; give the job a new topic of results as well"));
            }
            if (answered < 0) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, answered + 1);
            }
        } catch (IOException | RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    @Override
    public List<Message> poll() {
        List<Message> commands = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(WAIT)) {
            String key = record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
            commands.add(new Message(record.offset(), key, record.value(), false));
        }
        return commands;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
