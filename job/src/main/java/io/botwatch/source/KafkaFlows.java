package io.botwatch.source;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Flows from Kafka topics, live or up to what is there now.
 *
 * @param format of all records; when it is to be told, each reader's first record tells
 * @param treatment of the flows once they are decoded
 * @param properties passed on to the consumer
 */
public record KafkaFlows(
        String bootstrapServers,
        List<String> topics,
        String group,
        InputFormat format,
        Treatment treatment,
        Properties properties) {

    /**
     * How often a live job asks for partitions that were added, ms: well within the usual bound of out-of-orderness, or what
     * was written to one before it was found would be late. Flink's own default is 5 minutes.
     */
    private static final String DISCOVERY_INTERVAL_MS = "10000";

    /**
     * Follows the topics without end, from the committed offsets, or from the latest where there are none.
     *
     * @param maxFuture how far ahead of the clock a flow may start
     */
    public KafkaSource<Decoded> live(Duration maxFuture) {
        return builder(TimeRange.ALL, maxFuture)
                .setStartingOffsets(OffsetsInitializer.committedOffsets(OffsetResetStrategy.LATEST))
                .build();
    }

    /**
     * Reads the topics up to what is there now; flows outside the range are refused. It starts at the first record that
     * was written in the range: a flow is exported after it starts, so none is missed.
     */
    public KafkaSource<Decoded> bounded(TimeRange range) {
        return builder(range, null)
                .setStartingOffsets(
                        range.fromMs() <= 0
                                ? OffsetsInitializer.earliest()
                                : OffsetsInitializer.timestamp(range.fromMs()))
                .setBounded(OffsetsInitializer.latest())
                .setProperty("partition.discovery.interval.ms", "-1")
                .build();
    }

    private KafkaSourceBuilder<Decoded> builder(TimeRange range, Duration maxFuture) {
        return KafkaSource.<Decoded>builder()
                .setBootstrapServers(bootstrapServers)
                .setTopics(topics)
                .setGroupId(group)
                .setProperty("partition.discovery.interval.ms", DISCOVERY_INTERVAL_MS)
                .setProperties(properties)
                .setDeserializer(new KafkaFlowDeserializer(format, range, treatment, maxFuture));
    }

    /**
     * How event time is told over topics that are read to an end, partition by partition. Partitions are not aligned: a
     * consumer takes its partitions in turn, and the connector's alignment fails when a partition ends while it is paused
     * (FLINK-39728). Nor are they ever idle: each has a record or has ended.
     *
     * @param maxOutOfOrderness how far behind the latest start of its partition a flow may start: active timeout plus
     *     export delay
     */
    public static WatermarkStrategy<Decoded> boundedWatermarks(Duration maxOutOfOrderness) {
        long boundMs = maxOutOfOrderness.toMillis();
        return WatermarkStrategy.<Decoded>forGenerator(context -> new SteadyWatermarks(boundMs))
                .withTimestampAssigner((record, kafkaTimestamp) -> record.timestampMs());
    }

    /**
     * How event time is told live, partition by partition.
     *
     * @param maxOutOfOrderness as in {@link #boundedWatermarks}
     * @param idleness after which a silent partition no longer holds event time back; longer than the worst stall of a
     *     recovery, or that recovery loses data as late
     * @param maxDrift how far one partition may be read ahead of another; null for no bound. With one, and partitions that are
     *     silent, some records were seen to become late (docs/reliability.md)
     */
    public static WatermarkStrategy<Decoded> liveWatermarks(
            Duration maxOutOfOrderness, Duration idleness, Duration maxDrift) {
        WatermarkStrategy<Decoded> watermarks = boundedWatermarks(maxOutOfOrderness).withIdleness(idleness);
        return maxDrift == null ? watermarks : watermarks.withWatermarkAlignment("flows", maxDrift, Duration.ofSeconds(1));
    }
}
