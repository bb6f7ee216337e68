package io.botwatch.local;

import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FormatDetector;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.probe.FeedProbe;
import io.botwatch.source.RecordDecoding;
import io.botwatch.source.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The newest records of topics, for a probe. It leaves no trace at the broker: no group, no offsets, no topic made. */
final class ProbeTopics {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final String PATIENCE_MS = "15000";

    /** Polls without a record, one after the other, after which a broker is taken for stuck. */
    private static final int EMPTY_POLLS = 60;

    private final String bootstrapServers;
    private final Properties kafka;
    private final InputFormat format;
    private final Treatment treatment;
    private final TimeRange range;

    /** @param kafka passed on to the consumer */
    ProbeTopics(String bootstrapServers, Properties kafka, InputFormat format, Treatment treatment, TimeRange range) {
        this.bootstrapServers = bootstrapServers;
        this.format = format;
        this.treatment = treatment;
        this.range = range;
        this.kafka = new Properties();
        this.kafka.putAll(kafka);
        this.kafka.remove("group.id");
        this.kafka.setProperty("bootstrap.servers", bootstrapServers);
        this.kafka.setProperty("enable.auto.commit", "false");
        this.kafka.setProperty("allow.auto.create.topics", "false");
        this.kafka.setProperty("default.api.timeout.ms", PATIENCE_MS);
    }

    /** One partition: where reading stops, and what becomes of its records. */
    private final class Partition {
        final long end;
        final FlowDecoder decoder = format.newDecoder();
        final RecordDecoding decoding = new RecordDecoding(decoder, range, treatment);
        final FeedProbe.Source source;

        Partition(long end, FeedProbe.Source source) {
            this.end = end;
            this.source = source;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            byte[] value = record.value();
            decoding.decode(value, 0, value.length, "", record.offset(), source::take);
        }
    }

    /**
     * Reads so many records of each topic, the newest, each partition's share of it; up to what is there when it begins.
     *
     * @throws UsageException when a topic does not exist
     * @throws ExecutionException when the broker does not answer
     */
    List<ProbedInput> read(List<String> topics, long most, FeedProbe probe, LongConsumer progress) throws ExecutionException {
        List<ProbedInput> inputs = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (String topic : topics) {
                inputs.add(read(consumer, topic, Math.max(1, most / topics.size()), probe, progress));
            }
        } catch (TimeoutException e) {
            throw failed(new TimeoutException(
                    "no answer from Kafka at " + bootstrapServers + ": " + e.getMessage() + "; is it reachable from here?"));
        } catch (KafkaException e) {
            throw failed(new KafkaException(
                    "Kafka at " + bootstrapServers + ": " + cause(e) + "; see the kafka section of the configuration"));
        }
        return inputs;
    }

    /** As what a run fails with, without a trace. */
    private static ExecutionException failed(KafkaException why) {
        return new ExecutionException(why);
    }

    private static String cause(Throwable e) {
        return e.getCause() == null ? e.getMessage() : e.getMessage() + ": " + e.getCause().getMessage();
    }

    private ProbedInput read(
            KafkaConsumer<byte[], byte[]> consumer, String topic, long most, FeedProbe probe, LongConsumer progress)
            throws ExecutionException {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Partition> reading = new HashMap<>();
        boolean whole = true;
        for (Map.Entry<TopicPartition, Long> share : shares(begins, ends, most).entrySet()) {
            TopicPartition partition = share.getKey();
            long from = ends.get(partition) - share.getValue();
            whole &= from <= begins.get(partition);
            consumer.seek(partition, from);
            reading.put(partition, new Partition(ends.get(partition), probe.source()));
        }
        FormatDetector.Detection told = null;
        long records = 0;
        int empty = 0;
        while (reading.entrySet().stream().anyMatch(each -> consumer.position(each.getKey()) < each.getValue().end)) {
            boolean none = true;
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                none = false;
                Partition partition = reading.get(new TopicPartition(record.topic(), record.partition()));
                if (record.offset() >= partition.end || record.value() == null) {
                    continue; // written since, or a tombstone
                }
                if (format.isAuto() && (told == null || told.format() == null)) {
                    told = FormatDetector.detect(record.value(), record.value().length);
                }
                partition.take(record);
                progress.accept(++records);
            }
            empty = none ? empty + 1 : 0;
            if (empty == EMPTY_POLLS) {
                throw new TimeoutException("it gives no more records of topic " + topic + ", though its end is not reached");
            }
        }
        if (!format.isAuto()) {
            return new ProbedInput(topic, format.label(), "as asked", records, whole);
        }
        boolean known = told != null && told.format() != null;
        return new ProbedInput(
                topic,
                known ? told.format().label() : "unknown",
                told == null ? "there is nothing to read" : told.reason(),
                records,
                whole);
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<PartitionInfo> partitions;
        try {
            partitions = consumer.partitionsFor(topic);
        } catch (UnknownTopicOrPartitionException e) {
            partitions = List.of();
        }
        if (partitions == null || partitions.isEmpty()) {
            throw new UsageException(
                    "topic " + topic + " does not exist at " + bootstrapServers + "; name one that does by --topic or --config");
        }
        return partitions.stream().map(each -> new TopicPartition(topic, each.partition())).toList();
    }

    /** How many records of each partition: as many of each, and what one has too little of is left for the larger ones. */
    private static Map<TopicPartition, Long> shares(
            Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends, long most) {
        List<TopicPartition> smallestFirst = new ArrayList<>(ends.keySet());
        smallestFirst.sort(Comparator.comparingLong(partition -> ends.get(partition) - begins.get(partition)));
        Map<TopicPartition, Long> shares = new HashMap<>();
        long left = most;
        for (int i = 0; i < smallestFirst.size(); i++) {
            TopicPartition partition = smallestFirst.get(i);
            long share = Math.min(
                    ends.get(partition) - begins.get(partition), left / (smallestFirst.size() - i));
            shares.put(partition, share);
            left -= share;
        }
        return shares;
    }
}
