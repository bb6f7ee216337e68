package io.botwatch.sink;

import io.botwatch.ingest.DeadLetter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A dead letter as a Kafka record: the payload as it came, what is known of it in headers. */
final class DeadLetterTopic extends OneTopic<DeadLetter> {
    DeadLetterTopic(String topic) {
        super(topic);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, letter.payload());
        header(record, "reason", letter.reason().name());
        header(record, "detail", letter.detail());
        header(record, "source", letter.source());
        header(record, "position", Long.toString(letter.position()));
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
