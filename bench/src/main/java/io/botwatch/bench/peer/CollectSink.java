package io.botwatch.bench.peer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** Hands what a job of this process finds to whoever runs it. Parallelism 1. */
final class CollectSink<T> implements Sink<T> {
    private static final Map<Integer, Consumer<?>> RECEIVERS = new ConcurrentHashMap<>();
    private static final AtomicInteger LAST = new AtomicInteger();

    private final int receiver = LAST.incrementAndGet();

    CollectSink(Consumer<T> consumer) {
        RECEIVERS.put(receiver, consumer);
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        return new Writer<>(receiver);
    }

    private static final class Writer<T> implements SinkWriter<T> {
        private final int receiver;
        private final Consumer<T> consumer;

        @SuppressWarnings("unchecked")
        Writer(int receiver) {
            this.receiver = receiver;
            consumer = (Consumer<T>) RECEIVERS.get(receiver);
        }

        @Override
        public void write(T record, Context context) {
            consumer.accept(record);
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing waits.
        }

        @Override
        public void close() {
            RECEIVERS.remove(receiver);
        }
    }
}
