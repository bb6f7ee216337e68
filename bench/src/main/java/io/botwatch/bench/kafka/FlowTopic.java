package io.botwatch.bench.kafka;

import io.botwatch.flow.Flow;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.LineBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic that holds a simulated day: a record a flow, in order of arrival within each partition. */
record FlowTopic(String name, long records) {
    private static final long SEED = 1;

    /**
     * @param shares of the records that each partition gets, as whole numbers
     * @throws ExecutionException when the broker refused a record
     */
    static FlowTopic fill(Broker broker, String name, List<Integer> shares, FlowWriter writer, FlowCursor day)
            throws ExecutionException, InterruptedException {
        broker.createTopic(name, shares.size());
        List<Integer> turns = new ArrayList<>();
        for (int partition = 0; partition < shares.size(); partition++) {
            for (int i = 0; i < shares.get(partition); i++) {
                turns.add(partition);
            }
        }
        AtomicReference<Exception> refused = new AtomicReference<>();
        long records = 0;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
            ArrivalOrder flows = new ArrivalOrder(day, SEED);
            Flow flow = new Flow();
            LineBuffer line = new LineBuffer();
            while (flows.next(flow)) {
                line.clear();
                writer.write(flow, flows.arrivalMs(), line);
                int partition = turns.get((int) (records++ % turns.size()));
                producer.send(new ProducerRecord<>(name, partition, null, line.copy()), (sent, failure) -> {
                    if (failure != null) {
                        refused.compareAndSet(null, failure);
                    }
                });
            }
        }
        if (refused.get() != null) {
            throw new ExecutionException(refused.get());
        }
        return new FlowTopic(name, records);
    }

    private static Properties properties(Broker broker) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", broker.bootstrapServers());
        // In order, also when a batch is sent again: without idempotence that takes one request at a time.
        properties.setProperty("enable.idempotence", "false");
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        properties.setProperty("linger.ms", "20");
        properties.setProperty("batch.size", "262144");
        properties.setProperty("compression.type", "lz4");
        return properties;
    }
}
