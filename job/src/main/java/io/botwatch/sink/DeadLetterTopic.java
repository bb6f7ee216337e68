package io.botwatch.sink;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetter.Extent;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** A dead letter as a Kafka record: the payload as it came, what is known of it in headers. Written and read here only. */
public final class DeadLetterTopic extends OneTopic<DeadLetter> {
    private static final String REASON = "reason";
    private static final String DETAIL = "detail";
    private static final String SOURCE = "source";
    private static final String POSITION = "position";
    private static final String EXTENT = "extent";
    private static final String REPLAYED = "replayed";

    DeadLetterTopic(String topic) {
        super(topic);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(DeadLetter letter, KafkaSinkContext context, Long timestamp) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, letter.payload());
        header(record, REASON, letter.reason().name());
        header(record, DETAIL, letter.detail());
        header(record, SOURCE, letter.source());
        header(record, POSITION, Long.toString(letter.position()));
        header(record, EXTENT, letter.extent().label());
        if (letter.replayed() > 0) {
            header(record, REPLAYED, Integer.toString(letter.replayed()));
        }
        return record;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** @return null when the record is no dead letter, or of a reason that this build does not know */
    public static DeadLetter read(ConsumerRecord<byte[], byte[]> record) {
        Headers headers = record.headers();
        byte[] payload = record.value();
        if (payload == null || payload.length > DeadLetter.MAX_PAYLOAD_BYTES) {
            return null;
        }
        try {
            String extent = text(headers, EXTENT);
            return new DeadLetter(
                    payload,
                    extent.isEmpty() ? Extent.ofLength(payload.length) : Extent.labelled(extent),
                    text(headers, SOURCE),
                    Long.parseLong(text(headers, POSITION)),
                    Reason.valueOf(text(headers, REASON)),
                    text(headers, DETAIL),
                    replayed(headers));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The letter's record as it came, to be fed again: it says how often it has been. */
    public static ProducerRecord<byte[], byte[]> again(String topic, DeadLetter letter) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, letter.payload());
        header(record, REPLAYED, Integer.toString(letter.replayed() + 1));
        return record;
    }

    /** How often a record of a flow topic has been fed again; 0 also when its header is no such number. */
    public static int replayed(Headers headers) {
        try {
            String times = text(headers, REPLAYED);
            return times.isEmpty() ? 0 : Math.max(0, Integer.parseInt(times));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Empty when there is none of that name. */
    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
