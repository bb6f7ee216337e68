package io.botwatch.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends records to a topic while other things happen: so many a second, until the rest may come at once. */
final class SteadyFlows implements AutoCloseable {
    private static final int A_SECOND_IN_BATCHES = 20;

    private final Thread thread;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private volatile boolean hurry;
    private volatile boolean closed;

    /** @param perSecond until {@link #sendTheRest} */
    SteadyFlows(String bootstrapServers, String topic, int partitions, List<String> records, int perSecond) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        // Neither lost nor twice nor out of order when the broker goes away.
        properties.setProperty("enable.idempotence", "true");
        properties.setProperty("delivery.timeout.ms", "180000");
        properties.setProperty("linger.ms", "20");
        thread = new Thread(() -> send(properties, topic, partitions, records, perSecond), "steady flows");
        thread.start();
    }

    private void send(Properties properties, String topic, int partitions, List<String> records, int perSecond) {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < records.size() && !closed; i++) {
                byte[] value = records.get(i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, i % partitions, null, value), (metadata, refused) -> {
                    if (refused == null) {
                        sent.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, refused);
                    }
                });
                if (!hurry && i % Math.max(1, perSecond / A_SECOND_IN_BATCHES) == 0) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1) / A_SECOND_IN_BATCHES);
                }
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    /** How many the broker has taken. */
    int sent() {
        return sent.get();
    }

    boolean stillSending() {
        return thread.isAlive();
    }

    /** Returns when all are sent. */
    void sendTheRest() throws Exception {
        hurry = true;
        thread.join();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
