package io.botwatch.job;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.Talk;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.rules.RulesDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

/** The metrics of exporters as a reporter sees them: names are what dashboards are built on. */
class QualityMetricsInTheJobTest {

    @Test
    void eachExportersFeedIsUnderItsAddressInClassifyAndInConnections() throws Exception {
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Talk talk = Talk.session(internal(i), 50_000 + i, external(i), 8443, T + i * 3_000L, 150_000, 900);
            records.addAll(talk.records(Exporter.usual(1)));
            records.addAll(talk.records(Exporter.usual(2).skewed(700)));
        }
        records.sort(Comparator.comparingLong(flow -> flow.startMs));
        int each = records.size() / 2;
        List<Decoded> decoded = records.stream().map(flow -> {
            Decoded record = new Decoded();
            record.flow.copyFrom(flow);
            return record.asFlow();
        }).toList();

        InMemoryReporter reporter = InMemoryReporter.createWithRetainedMetrics();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                1, reporter.addToConfiguration(new Configuration()));
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                env.fromData(decoded, DecodedSerializer.TYPE).uid("source"),
                RulesDocument.preset("enterprise"),
                new Topology.Settings("default", 42, 2_000));
        outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead");
        env.execute("metrics");

        Map<String, Object> values = new TreeMap<>();
        reporter.getMetricsByGroup().forEach((group, metrics) -> {
            String exporter = group.getAllVariables().get("<exporter>");
            if (exporter != null) {
                metrics.forEach((name, metric) -> values.put(
                        group.getAllVariables().get("<operator_name>") + " " + exporter + " " + name,
                        ((Gauge<?>) metric).getValue()));
            }
        });
        reporter.close();
        assertThat(values)
                .hasSize(2 * (19 + 10))
                .containsEntry("classify 192.168.0.1 records", (long) each)
                .containsEntry("classify 192.168.0.2 records", (long) each)
                .containsEntry("classify 192.168.0.1 records_without_tcp_flags", 0L)
                .containsEntry("connections 192.168.0.1 connections", 20L)
                .containsEntry("connections 192.168.0.1 connections_one_way", 0L)
                .containsEntry("connections 192.168.0.1 records_replies", 20L)
                .containsEntry("connections 192.168.0.1 records_pieces", each - 40L)
                .containsEntry("connections 192.168.0.1 split_ratio", each / 40.0)
                .containsEntry("connections 192.168.0.2 records_copies", (long) each);
    }
}
