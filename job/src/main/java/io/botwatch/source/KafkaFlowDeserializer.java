package io.botwatch.source;

import io.botwatch.ingest.AutoDecoder;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.sink.DeadLetterTopic;
import java.time.Duration;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decodes within the Kafka source, so that each partition's watermark follows its own flows. */
final class KafkaFlowDeserializer implements KafkaRecordDeserializationSchema<Decoded> {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaFlowDeserializer.class);

    private final InputFormat format;
    private final TimeRange range;
    private final Treatment treatment;
    private final Duration maxFuture;

    private transient FlowDecoder decoder;
    private transient RecordDecoding decoding;
    private transient boolean formatLogged;
    private transient long rangeSetAtMs;

    /** The partition of the record at hand, as dead letters name it: records come in runs of one partition. */
    private transient String source;

    private transient String topic;
    private transient int partition;

    /**
     * @param range event times that are taken
     * @param treatment scales the flows' counters
     * @param maxFuture how far ahead of the clock a flow may start; null for no bound, as in a backfill
     */
    KafkaFlowDeserializer(InputFormat format, TimeRange range, Treatment treatment, Duration maxFuture) {
        this.format = format;
        this.range = range;
        this.treatment = treatment;
        this.maxFuture = maxFuture;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoding = null;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Decoded> out) {
        if (record.value() == null) {
            return; // a tombstone carries no flow
        }
        int replayed = DeadLetterTopic.replayed(record.headers());
        decoding().decode(
                record.value(),
                0,
                record.value().length,
                source(record),
                record.offset(),
                decoded -> out.collect(replayed == 0 || decoded.dead == null
                        ? decoded
                        : decoded.asDead(decoded.dead.replayed(replayed))));
        logFormat(record);
    }

    private String source(ConsumerRecord<byte[], byte[]> record) {
        if (source == null || partition != record.partition() || !topic.equals(record.topic())) {
            topic = record.topic();
            partition = record.partition();
            source = topic + "-" + partition;
        }
        return source;
    }

    /** The clock only guards the watermark against records from the future; no finding depends on it. */
    private RecordDecoding decoding() {
        if (decoding == null) {
            decoder = format.newDecoder();
            decoding = new RecordDecoding(decoder, range, treatment);
        }
        if (maxFuture != null) {
            long now = System.currentTimeMillis();
            if (now - rangeSetAtMs > 1_000) {
                rangeSetAtMs = now;
                long toMs = Math.min(range.toMs(), now + maxFuture.toMillis());
                decoding = new RecordDecoding(decoder, new TimeRange(range.fromMs(), toMs), treatment);
            }
        }
        return decoding;
    }

    private void logFormat(ConsumerRecord<byte[], byte[]> record) {
        if (!formatLogged && decoder instanceof AutoDecoder auto && auto.format() != null) {
            formatLogged = true;
            LOG.info("{}-{} is read as {}: {}", record.topic(), record.partition(), auto.format().label(), auto.why());
        }
    }

    @Override
    public TypeInformation<Decoded> getProducedType() {
        return DecodedSerializer.TYPE;
    }
}
