package io.botwatch.sink;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A finding as a Kafka record, keyed by its uid, so that a compacted topic keeps each finding's last state.
 *
 * <p>The record carries no timestamp of its own: Flink would write the event time, and a broker would delete the findings
 * of a replay as older than its retention. The broker's or the producer's clock counts instead.
 */
final class FindingTopic extends OneTopic<Finding> {
    private static final String EMITTED_HEADER = "emitted";

    private final FindingWriter writer;

    FindingTopic(String topic, FindingWriter writer) {
        super(topic);
        this.writer = writer;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(Finding finding, KafkaSinkContext context, Long timestamp) {
        byte[] key = finding.uid.toString().getBytes(StandardCharsets.US_ASCII);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, null, null, key, writer.write(finding));
        record.headers().add(EMITTED_HEADER, Long.toString(System.currentTimeMillis()).getBytes(StandardCharsets.US_ASCII));
        return record;
    }
}
