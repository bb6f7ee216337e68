package io.botwatch.local;

import io.botwatch.flow.Flow;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.LineBuffer;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes simulated flows to a topic as a collector would: in order of arrival, spread over the partitions. */
final class FlowProducer {
    private FlowProducer() {}

    /**
     * @return how many were written
     * @throws ExecutionException when the broker refused a record
     */
    static long produce(
            String bootstrapServers, String topic, int partitions, ArrivalOrder flows, FlowWriter writer, Progress progress)
            throws ExecutionException {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        // In order, also when a batch is sent again: without idempotence that takes one request at a time.
        properties.setProperty("enable.idempotence", "false");
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        properties.setProperty("linger.ms", "20");
        properties.setProperty("batch.size", "262144");
        properties.setProperty("compression.type", "lz4");
        AtomicReference<Exception> refused = new AtomicReference<>();
        long count = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            Flow flow = new Flow();
            LineBuffer line = new LineBuffer();
            while (flows.next(flow)) {
                line.clear();
                writer.write(flow, flows.arrivalMs(), line);
                int partition = (int) (count++ % partitions);
                producer.send(new ProducerRecord<>(topic, partition, null, line.copy()), (sent, failure) -> {
                    if (failure != null) {
                        refused.compareAndSet(null, failure);
                    }
                });
                if (count % 10_000 == 0) {
                    progress.show("produced " + Progress.count(count) + " flows");
                }
            }
        }
        if (refused.get() != null) {
            throw new ExecutionException(refused.get());
        }
        return count;
    }
}
