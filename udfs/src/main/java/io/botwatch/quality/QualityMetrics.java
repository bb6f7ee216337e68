package io.botwatch.quality;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * The quality of exporters' feeds as metrics: under a group {@code exporter} of each operator that knows of it, one for each
 * exporter of an {@link ExporterTable}. Names are stable.
 */
public final class QualityMetrics {
    private static final String GROUP = "exporter";

    private QualityMetrics() {}

    /** What decoded records are like, by exporter. */
    public static ExporterTable<RecordQuality> ofRecords(MetricGroup group) {
        return new ExporterTable<>(exporter -> register(group.addGroup(GROUP, exporter), new RecordQuality()));
    }

    /** What it took to make connections, by exporter. */
    public static ExporterTable<ConnectionQuality> ofConnections(MetricGroup group) {
        return new ExporterTable<>(exporter -> register(group.addGroup(GROUP, exporter), new ConnectionQuality()));
    }

    private static RecordQuality register(MetricGroup group, RecordQuality quality) {
        gauge(group, "records", quality::records);
        gauge(group, "records_sampled", quality::sampled);
        gauge(group, "sampling_rate_min", quality::minRate);
        gauge(group, "sampling_rate_max", quality::maxRate);
        gauge(group, "records_start_at_second", quality::startsAtSecond);
        gauge(group, "records_end_at_second", quality::endsAtSecond);
        gauge(group, "start_grain_ms", quality::grainMs);
        gauge(group, "records_tcp", quality::tcp);
        gauge(group, "records_without_tcp_flags", quality::withoutFlags);
        gauge(group, "records_from_the_future", quality::future);
        gauge(group, "records_zero_duration", quality::zeroDuration);
        gauge(group, "records_both_directions", quality::bothDirections);
        gauge(group, "clock_skew_min_ms", quality.skew()::minMs);
        gauge(group, "clock_skew_median_ms", quality.skew()::medianMs);
        gauge(group, "lateness_p50_ms", () -> quality.latenessMs().quantile(0.5));
        gauge(group, "lateness_p99_ms", () -> quality.latenessMs().quantile(0.99));
        gauge(group, "lateness_max_ms", quality.latenessMs()::max);
        gauge(group, "duration_max_ms", quality.durationsMs()::max);
        gauge(group, "active_timeout_ms", quality::activeTimeoutMs);
        return quality;
    }

    private static ConnectionQuality register(MetricGroup group, ConnectionQuality quality) {
        gauge(group, "connections", quality::connections);
        gauge(group, "connections_one_way", quality::oneWay);
        gauge(group, "connections_reply_only", quality::replyOnly);
        gauge(group, "connections_guessed_initiator", quality::guessed);
        gauge(group, "connections_evicted", quality::evicted);
        gauge(group, "records_pieces", quality::pieces);
        gauge(group, "records_copies", quality::copies);
        gauge(group, "records_replies", quality::replies);
        group.gauge("split_ratio", (Gauge<Double>) quality::splitRatio);
        group.gauge("duplicate_ratio", (Gauge<Double>) quality::duplicateRatio);
        return quality;
    }

    private static void gauge(MetricGroup group, String name, LongSupplier value) {
        group.gauge(name, (Gauge<Long>) value::getAsLong);
    }
}
