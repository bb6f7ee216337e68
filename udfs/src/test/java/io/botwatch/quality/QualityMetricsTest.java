package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.flow.Trait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class QualityMetricsTest {

    /** Keeps the gauges by exporter and name. */
    private static final class Recorded extends UnregisteredMetricsGroup {
        final Map<String, Map<String, Gauge<?>>> exporters = new HashMap<>();
        final List<String> groups = new ArrayList<>();

        @Override
        public MetricGroup addGroup(String key, String value) {
            groups.add(key);
            Map<String, Gauge<?>> gauges = exporters.computeIfAbsent(value, none -> new HashMap<>());
            return new UnregisteredMetricsGroup() {
                @Override
                public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
                    assertThat(gauges.put(name, gauge)).as(name).isNull();
                    return gauge;
                }
            };
        }

        Object value(String exporter, String name) {
            return exporters.get(exporter).get(name).getValue();
        }
    }

    @Test
    void recordsOfAnExporterAreUnderTheseNames() {
        Recorded recorded = new Recorded();
        ExporterTable<RecordQuality> table = QualityMetrics.ofRecords(recorded);
        Flow flow = Flows.outbound(1, 1, 443, Flows.T);
        flow.exporterLo = Address.v4(192 << 24 | 2 << 8 | 1);
        flow.samplingRate = 100;
        table.of(flow.exporterHi, flow.exporterLo).add(flow, Flows.T + 90_000);

        assertThat(recorded.groups).containsExactly("exporter");
        assertThat(recorded.exporters).containsOnlyKeys("192.0.2.1");
        assertThat(recorded.exporters.get("192.0.2.1")).containsOnlyKeys(
                "records", "records_sampled", "sampling_rate_min", "sampling_rate_max", "records_start_at_second",
                "records_end_at_second", "start_grain_ms", "records_tcp", "records_without_tcp_flags",
                "records_from_the_future", "records_zero_duration", "records_both_directions", "clock_skew_min_ms",
                "clock_skew_median_ms", "lateness_p50_ms", "lateness_p99_ms", "lateness_max_ms", "duration_max_ms",
                "active_timeout_ms");
        assertThat(recorded.value("192.0.2.1", "records")).isEqualTo(1L);
        assertThat(recorded.value("192.0.2.1", "sampling_rate_max")).isEqualTo(100L);
        assertThat(recorded.value("192.0.2.1", "lateness_max_ms")).isEqualTo(90_000L);
        assertThat(recorded.value("192.0.2.1", "start_grain_ms")).isEqualTo(300_000L);
        assertThat(recorded.value("192.0.2.1", "records_without_tcp_flags")).isEqualTo(1L);
    }

    @Test
    void connectionsOfAnExporterAreUnderTheseNames() {
        Recorded recorded = new Recorded();
        ConnectionQuality quality = QualityMetrics.ofConnections(recorded).of(0, 0);
        Flow flow = Flows.outbound(1, 1, 443, Flows.T);
        flow.traits = Trait.GUESSED_INITIATOR;
        quality.addBegun(flow);
        quality.addReply();
        quality.addPiece();
        quality.addPiece();
        quality.addCopy();
        flow.traits = Trait.REPLY_ONLY | Trait.EVICTED;
        quality.addTotal(flow);

        Map<String, Object> values = new HashMap<>();
        recorded.exporters.get("unknown").forEach((name, gauge) -> values.put(name, gauge.getValue()));
        assertThat(values).containsOnly(
                Map.entry("connections", 2L),
                Map.entry("connections_one_way", 1L),
                Map.entry("connections_reply_only", 1L),
                Map.entry("connections_guessed_initiator", 1L),
                Map.entry("connections_evicted", 1L),
                Map.entry("records_pieces", 2L),
                Map.entry("records_copies", 1L),
                Map.entry("records_replies", 1L),
                Map.entry("split_ratio", 5.0 / 3),
                Map.entry("duplicate_ratio", 6.0 / 5));
    }

    @Test
    void aMillionExportersMakeNoMoreGroupsThanTheirCap() {
        Recorded recorded = new Recorded();
        ExporterTable<ConnectionQuality> table = QualityMetrics.ofConnections(recorded);
        for (int i = 1; i <= 1_000_000; i++) {
            table.of(i, i).addCopy();
        }
        assertThat(recorded.groups).hasSize(ExporterTable.MOST + 1);
        assertThat(new HashSet<>(recorded.exporters.keySet()).containsAll(Set.of("other"))).isTrue();
        assertThat(recorded.value("other", "records_copies")).isEqualTo(1_000_000L - ExporterTable.MOST);
    }
}
