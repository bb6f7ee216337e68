package io.botwatch.sink;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingWriter;
import io.botwatch.ingest.DeadLetter;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;

/** Where findings and dead letters go on Kafka. */
public final class KafkaSinks {
    private final String bootstrapServers;
    private final Properties properties;
    private final DeliveryGuarantee guarantee;
    private final String transactionalIdPrefix;
    private final Duration transactionTimeout;

    /**
     * @param properties passed on to the producer
     * @param transactionalIdPrefix unique to this job and stable over its restarts; exactly-once only
     * @param transactionTimeout longer than a checkpoint and a restart together, at most the broker's
     *     {@code transaction.max.timeout.ms} (15 minutes unless changed)
     */
    public KafkaSinks(
            String bootstrapServers,
            Properties properties,
            DeliveryGuarantee guarantee,
            String transactionalIdPrefix,
            Duration transactionTimeout) {
        this.bootstrapServers = bootstrapServers;
        this.properties = properties;
        this.guarantee = guarantee;
        this.transactionalIdPrefix = transactionalIdPrefix;
        this.transactionTimeout = transactionTimeout;
    }

    /** @param name unique among the sinks of a job: part of the transactional ids */
    public KafkaSink<Finding> findings(String name, String topic, FindingWriter writer) {
        return sink(new FindingTopic(topic, writer), name);
    }

    public KafkaSink<DeadLetter> deadLetters(String topic) {
        return sink(new DeadLetterTopic(topic), "dead");
    }

    private <T> KafkaSink<T> sink(KafkaRecordSerializationSchema<T> serializer, String name) {
        Properties producer = new Properties();
        producer.putAll(properties);
        producer.setProperty("transaction.timeout.ms", Long.toString(transactionTimeout.toMillis()));
        producer.putIfAbsent("compression.type", "lz4");
        return KafkaSink.<T>builder()
                .setBootstrapServers(bootstrapServers)
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(serializer)
                .setDeliveryGuarantee(guarantee)
                .setTransactionalIdPrefix(transactionalIdPrefix + "-" + name)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .build();
    }
}
