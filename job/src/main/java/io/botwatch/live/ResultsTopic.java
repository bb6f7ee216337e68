package io.botwatch.live;

import io.botwatch.control.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topic of results: the answers to all commands, which are the history of a job's rules. One partition, from which nothing may
 * be deleted.
 */
public final class ResultsTopic implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(10);
    static final int MAX_BYTES = 8 << 20;

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    /**
     * Begins to answer: another job that does so here is told that it must not any more.
     *
     * @param passed settings of all clients
     * @param transactionalId of all answers of this job
     */
    public ResultsTopic(String bootstrapServers, Properties passed, String topic, String transactionalId) {
        this.topic = topic;
        Properties properties = Clients.of(bootstrapServers, ProducerConfig.configNames(), passed);
        properties.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "gzip"); // a broker's limit is of what arrives
        properties.setProperty(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, String.valueOf(MAX_BYTES));
        properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(WAIT.toMillis()));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /**
     * All answers there are.
     *
     * @throws IOException when there is no such topic, or it has several partitions or holds something else, or no broker answers
     */
    public static List<Answer> read(String bootstrapServers, Properties passed, String topic) throws IOException {
        List<Answer> answers = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, passed)) {
            TopicPartition partition = onlyPartition(consumer, topic);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), WAIT).get(partition);
            while (consumer.position(partition, WAIT) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    answers.add(answer(record));
                }
            }
        } catch (KafkaException e) {
            throw new IOException("topic " + topic + " cannot be read from " + bootstrapServers + ": " + e.getMessage(), e);
        }
        return answers;
    }

    /** Of what is committed, without a group. */
    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, Properties passed) {
        Properties properties = Clients.of(bootstrapServers, ConsumerConfig.configNames(), passed);
        properties.setProperty(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static Answer answer(ConsumerRecord<byte[], byte[]> record) throws IOException {
        try {
            return Answer.ofJson(record.value());
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    record.topic() + ", offset " + record.offset() + ", holds something else than answers: " + e.getMessage(), e);
        }
    }

    /** Order is all: there must be one. */
    static TopicPartition onlyPartition(KafkaConsumer<?, ?> consumer, String topic) throws IOException {
        int partitions = consumer.partitionsFor(topic, WAIT).size();
        if (partitions == 0) {
            throw new IOException("there is no topic " + topic + "; create it with one partition");
        }
        if (partitions != 1) {
            throw new IOException("topic " + topic + " has " + partitions + " partitions: it must have one");
        }
        return new TopicPartition(topic, 0);
    }

    /** Writes all of them or none. */
    void append(List<Answer> answers) throws IOException, InterruptedException, RuleDesk.AnsweredElsewhere {
        try {
            producer.beginTransaction();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Answer answer : answers) {
                // A key of its own each, so that compaction, where somebody asks for it, keeps all.
                byte[] key = String.format("%012d", answer.sequence()).getBytes(StandardCharsets.US_ASCII);
                sent.add(producer.send(new ProducerRecord<>(topic, 0, key, answer.toJson())));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
            producer.commitTransaction();
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            throw new RuleDesk.AnsweredElsewhere(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProducerFencedException || e.getCause() instanceof InvalidProducerEpochException) {
                throw new RuleDesk.AnsweredElsewhere(e.getCause());
            }
            throw new IOException("topic " + topic + ": " + e.getCause().getMessage(), e.getCause());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
