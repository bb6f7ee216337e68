package io.botwatch.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.local.CommandLineRun;
import io.botwatch.rules.RulesDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A panel without data and an alert that cannot fire look like a quiet day: all they ask for must be there in a scrape of the live job. */
class DashboardTest {
    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";

    /** Exposed by {@code botwatch canary}, not by the job; CanaryTest scrapes them there. */
    private static final String CANARY = "botwatch_canary_";

    /** As the canary writes them; its exporter is one that an alert names. */
    private static final String CANARY_FLOW = "{\"type\":\"NETFLOW_V9\",\"sampler_address\":\"198.51.100.77\",\"time_flow_start_ns\":"
            + "1767571200000000000,\"time_flow_end_ns\":1767571200200000000,\"bytes\":812,\"packets\":6,\"src_addr\":\"10.255.255.254\","
            + "\"dst_addr\":\"198.51.100.77\",\"etype\":\"IPv4\",\"proto\":\"TCP\",\"src_port\":50000,\"dst_port\":8443,\"tcp_flags\":27}";

    @TempDir
    static Path folder;

    private static Exposition scraped;

    @BeforeAll
    static void scrapeALiveJob() throws Exception {
        Path flows = folder.resolve("day.json");
        CommandLineRun run = CommandLineRun.of(
                "generate", "--hours", "6", "--scale", "0.1", "--seed", "12", "--out", flows.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> records = new ArrayList<>(Files.readAllLines(flows));
        records.add(100, CANARY_FLOW);
        int flowRecords = records.size();
        records.add(100, "garbage");
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"))) {
            Path config = LiveJob.config(kafka, folder, "live", "rules: " + rules() + "\n");
            LiveJob.produce(kafka, "live", records);
            try (LiveJob job = new LiveJob(config, "live", folder)) {
                scraped = job.await("all flows decoded, a finding raised, and a checkpoint after that", new LiveJob.Condition() {
                    private double completed = Double.POSITIVE_INFINITY;

                    @Override
                    public boolean holds(Exposition metrics) {
                        double now = metrics.sum("flink_jobmanager_job_numberOfCompletedCheckpoints");
                        boolean done = metrics.sum(OPERATOR + "flows_decoded") == flowRecords
                                && metrics.sum(OPERATOR + "rule_severity_findings_raised") > 0
                                && metrics.sum(OPERATOR + "rule_severity_shadow_findings_raised") > 0
                                && metrics.sum(OPERATOR + "exception_severity_findings_suppressed") > 0;
                        if (done && completed == Double.POSITIVE_INFINITY) {
                            completed = now;
                        }
                        return done && now > completed;
                    }
                });
            }
        }
        System.out.println(scraped.samples().size() + " series of these names:\n" + String.join("\n", scraped.names()));
    }

    /** As shipped, and the first rule twice more: in shadow, and with an exception that keeps all of its findings back. */
    private static Path rules() throws Exception {
        String shipped = new String(
                RulesDocument.class.getResourceAsStream("rules.yaml").readAllBytes(), StandardCharsets.UTF_8);
        int from = shipped.indexOf("  - id: BEACON-SLOW");
        String rule = shipped.substring(from, shipped.indexOf("  - id: BEACON-FAST"));
        return Files.writeString(
                folder.resolve("rules.yaml"),
                shipped.substring(0, from)
                        + rule.replace("id: BEACON-SLOW", "id: IN-SHADOW").replace("mode: active", "mode: shadow")
                        + rule.replace("id: BEACON-SLOW", "id: KEPT-BACK")
                        + shipped.substring(from)
                        + "exceptions:\n  - {id: EX-1, title: All, rules: [KEPT-BACK], selection: {direction: outbound}, action: drop}\n");
    }

    @Test
    void everyQueryOfTheDashboardHasSeries() throws Exception {
        assertThat(unanswered(MonitoringFiles.queries(MonitoringFiles.dashboard(), "botwatch"), Set.of())).isEmpty();
    }

    @Test
    void everyAlertHasSeries() throws Exception {
        JsonNode alerts = MonitoringFiles.yaml(MonitoringFiles.ALERTS);
        assertThat(unanswered(MonitoringFiles.expressions(alerts), MonitoringFiles.recorded(alerts))).isEmpty();
    }

    @Test
    void everyNameInTheTableIsExposedAndEveryNameInUseIsInTheTable() throws Exception {
        Set<String> documented = MonitoringFiles.documented();
        Set<String> unknown = new TreeSet<>(documented);
        unknown.removeIf(name -> name.startsWith(CANARY));
        unknown.removeAll(scraped.names());
        assertThat(unknown).as("in docs/monitoring.md and not exposed").isEmpty();

        JsonNode alerts = MonitoringFiles.yaml(MonitoringFiles.ALERTS);
        List<String> all = new ArrayList<>(MonitoringFiles.expressions(alerts).values());
        all.addAll(MonitoringFiles.queries(MonitoringFiles.dashboard(), "botwatch").values());
        Set<String> used = new TreeSet<>();
        all.forEach(expression -> PromQl.selectors(expression).forEach(selector -> used.add(selector.name())));
        used.removeAll(MonitoringFiles.recorded(alerts));
        used.removeAll(documented);
        assertThat(used).as("in use and not in docs/monitoring.md").isEmpty();
    }

    @Test
    void everyNameInTheRunbooksIsInTheTable() throws Exception {
        Set<String> asked = MonitoringFiles.names(MonitoringFiles.RUNBOOKS);
        assertThat(asked).hasSizeGreaterThan(20);
        asked.removeAll(MonitoringFiles.documented());
        assertThat(asked).as("in docs/runbooks.md and not in docs/monitoring.md").isEmpty();
    }

    @Test
    void everyMetricOfTheJobsOwnIsInTheTable() throws Exception {
        Set<String> own = new TreeSet<>();
        scraped.names().stream()
                .filter(name -> name.startsWith(OPERATOR))
                .filter(name -> name.substring(OPERATOR.length()).matches("[a-z_]+"))
                .filter(name -> !name.startsWith(OPERATOR + "split_"))
                .forEach(own::add);
        assertThat(own).contains(OPERATOR + "flows_decoded", OPERATOR + "exporter_records");
        own.removeAll(MonitoringFiles.documented());
        assertThat(own).as("exposed and not in docs/monitoring.md").isEmpty();
    }

    @Test
    void aQueryForWhatIsNotThereIsNamed() throws Exception {
        JsonNode dashboard = MonitoringFiles.dashboard();
        JsonNode panel = null;
        for (JsonNode candidate : dashboard.path("panels")) {
            panel = candidate.path("title").asText().equals("Flows a second") ? candidate : panel;
        }
        ArrayNode targets = (ArrayNode) panel.path("targets");
        add(targets, "X", "sum by (rule) (rate(flows_that_nobody_counts{job_name=~\"$job\"}[$__rate_interval])) / 2");
        add(targets, "Y", "max(" + OPERATOR + "currentInputWatermark{operator_name=\"lifecyle\"}) or vector(0)");
        assertThat(unanswered(MonitoringFiles.queries(dashboard, "botwatch"), Set.of()))
                .containsExactly(
                        Map.entry("Flows a second X", "flows_that_nobody_counts job_name=~botwatch"),
                        Map.entry("Flows a second Y", OPERATOR + "currentInputWatermark operator_name=lifecyle"));
    }

    private static void add(ArrayNode targets, String id, String expression) {
        ObjectNode target = targets.addObject();
        target.put("refId", id);
        target.put("expr", expression);
    }

    /** Selectors without any series, by the expression that they stand in. */
    private static Map<String, String> unanswered(Map<String, String> expressions, Set<String> recorded) {
        Map<String, String> unanswered = new TreeMap<>();
        expressions.forEach((where, expression) -> {
            List<PromQl.Selector> selectors = PromQl.selectors(expression);
            assertThat(selectors).as("%s: %s", where, expression).isNotEmpty();
            for (PromQl.Selector selector : selectors) {
                boolean elsewhere = recorded.contains(selector.name()) || selector.name().startsWith(CANARY);
                if (!elsewhere && !selector.isIn(scraped)) {
                    unanswered.merge(where, selector.toString(), (one, other) -> one + ", " + other);
                }
            }
        });
        return unanswered;
    }
}
