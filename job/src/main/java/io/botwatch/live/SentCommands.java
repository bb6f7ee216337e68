package io.botwatch.live;

import io.botwatch.control.Answer;
import io.botwatch.control.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Commands that went into the topic of rules of a job, and what it answers. The side of those who ask. Not thread-safe. */
public final class SentCommands implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    private final String bootstrapServers;
    private final LiveRulesConfig config;

    /** Stands where the topic of results ended before anything was sent. */
    private final KafkaConsumer<byte[], byte[]> results;

    private final List<Message> commands;

    /** Where they went, in their order. */
    private final List<Long> offsets = new ArrayList<>();

    private SentCommands(
            String bootstrapServers, LiveRulesConfig config, List<Message> commands, KafkaConsumer<byte[], byte[]> results) {
        this.bootstrapServers = bootstrapServers;
        this.config = config;
        this.commands = commands;
        this.results = results;
    }

    /**
     * Sends them in their order; when it returns, the broker has all.
     *
     * @param passed settings of all clients
     * @param config names both topics
     * @param commands at least one, each with its key
     * @throws IOException when no broker answers, or one of the topics does not exist or has several partitions; nothing was sent
     * @throws ExecutionException when the broker refused one; those before it may have been taken
     */
    public static SentCommands send(String bootstrapServers, Properties passed, LiveRulesConfig config, List<Message> commands)
            throws IOException, ExecutionException, InterruptedException {
        SentCommands sent = new SentCommands(
                bootstrapServers, config, commands, ResultsTopic.consumer(bootstrapServers, passed));
        try {
            sent.findEnd();
            sent.send(passed);
            return sent;
        } catch (IOException | ExecutionException | InterruptedException | RuntimeException e) {
            sent.close();
            throw e;
        }
    }

    private void findEnd() throws IOException {
        try {
            // An idempotent producer can get stuck at a partition that does not answer yet.
            results.endOffsets(List.of(ResultsTopic.onlyPartition(results, config.topic())), ResultsTopic.WAIT);
            TopicPartition partition = ResultsTopic.onlyPartition(results, config.resultsTopic());
            results.assign(List.of(partition));
            results.seek(partition, results.endOffsets(List.of(partition), ResultsTopic.WAIT).get(partition));
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private void send(Properties passed) throws ExecutionException, InterruptedException {
        Properties properties = Clients.of(bootstrapServers, ProducerConfig.configNames(), passed);
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip"); // a broker's limit is of what arrives
        properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(ResultsTopic.MAX_BYTES));
        properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(ResultsTopic.WAIT.toMillis()));
        List<Future<RecordMetadata>> pending = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Message command : commands) {
                byte[] key = command.key().getBytes(StandardCharsets.UTF_8);
                pending.add(producer.send(new ProducerRecord<>(config.topic(), 0, key, command.value())));
            }
            for (Future<RecordMetadata> each : pending) {
                offsets.add(each.get().offset());
            }
        }
    }

    /**
     * Waits until all are answered, or time is up.
     *
     * @return an answer for each command, in their order; null where there is none yet. The job itself has none for a command
     *     that it never met, because of compaction: here it is refused.
     * @throws IOException when no broker answers, or the topic of results holds something else
     */
    public List<Answer> await(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        long last = Collections.max(offsets);
        long answered = -1;
        Map<Long, Answer> byOffset = new HashMap<>();
        try {
            while (answered < last && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : results.poll(POLL)) {
                    Answer answer = ResultsTopic.answer(record);
                    answered = Math.max(answered, answer.position());
                    byOffset.put(answer.position(), answer);
                }
            }
        } catch (KafkaException e) {
            throw unreadable(e);
        }
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            long offset = offsets.get(i);
            Answer answer = byOffset.get(offset);
            answers.add(answer == null && offset < answered ? passedOver(commands.get(i).key(), offset) : answer);
        }
        return answers;
    }

    /** The job answers in order. */
    private static Answer passedOver(String key, long offset) {
        String reason = "key: a later command with it took this one's place before the job read it";
        return new Answer(-1, offset, key, "", false, List.of(reason), List.of(), Long.MIN_VALUE, "", "");
    }

    private IOException unreadable(KafkaException e) {
        return new IOException("topics " + config.topic() + " and " + config.resultsTopic() + " cannot be read from "
                + bootstrapServers + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        results.close();
    }
}
