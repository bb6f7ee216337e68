package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A capture that came through softflowd, pmacct and Kafka says what it says through softflowd and nfdump. */
@Tag("real-exporters")
class PmacctChainTest {
    private static final String CAPTURE = "pcaps-c2/quasarrat_09ffabf7.s96.pcap";
    private static final long SECOND_MS = 1_000;

    @TempDir
    static Path folder;

    private static final int ATTEMPTS = 4;

    private static EmbeddedKafka kafka;

    /** Which all packets are in. */
    private static String topic;

    @BeforeAll
    static void startBroker() throws IOException {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @Test
    void theConnectionsAndTheFindingsAreTheSameToTheSecond() throws Exception {
        Path capture = Captures.file(CAPTURE);
        Path records = new NfdumpChain(folder).records(capture, NetflowVersion.V9);
        List<Flow> overNfdump = ExportedFlows.read(records, FlowFormat.NFDUMP_JSON);
        long packets = overNfdump.stream().mapToLong(flow -> flow.packets).sum();

        kafka.createTopics(1, "findings", "dead");
        List<String> messages = export(capture, packets);
        List<Flow> overPmacct = ExportedFlows.read(
                Files.write(folder.resolve("messages.jsonl"), messages), FlowFormat.PMACCT_JSON);
        Comparison comparison = new Comparison(
                ExportedFlows.connections(overNfdump), ExportedFlows.connections(overPmacct), SECOND_MS);
        System.out.println(CAPTURE + ": " + overNfdump.size() + " records over nfdump, " + overPmacct.size()
                + " over pmacct and Kafka, " + comparison.same() + " connections the same to the second");
        assertThat(comparison.differences()).as(comparison.examples()).isEmpty();
        assertThat(comparison.samePackets()).isEqualTo(comparison.same());
        assertThat(comparison.sameBytes()).isEqualTo(comparison.same());

        Path rules = Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml");
        Map<String, Integer> detected = findings(detect(records, rules));
        assertThat(detected).containsOnlyKeys("BEACON-FAST 192.168.100.7 > 86.136.67.231:1337");
        assertThat(findings(backfill(rules))).isEqualTo(detected);
    }

    /**
     * Neither UDP nor nfacctd keeps what it has no room for, nor does nfacctd send again what a broker did not take: with
     * packets missing, the export is repeated into another topic, a few times.
     */
    private static List<String> export(Path capture, long packets) throws Exception {
        AssertionError incomplete = null;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            topic = "netflow-" + attempt;
            kafka.createTopics(1, topic);
            try {
                return new PmacctChain(folder, kafka.bootstrapServers()).export(capture, NetflowVersion.V9, topic, packets);
            } catch (AssertionError e) {
                System.out.println("attempt " + attempt + ": " + e.getMessage().lines().findFirst().orElse(""));
                incomplete = e;
            }
        }
        throw incomplete;
    }

    private static List<String> detect(Path records, Path rules) throws IOException {
        Path out = folder.resolve("findings.jsonl");
        run("detect", records.toString(), "--rules", rules.toString(), "--out", out.toString());
        return Files.readAllLines(out);
    }

    private static List<String> backfill(Path rules) throws IOException {
        Path config = Files.writeString(
                folder.resolve("job.yaml"),
                """
                source:
                  bootstrap_servers: "%s"
                  topics: [%s]
                  group: pmacct
                sink:
                  findings_topic: findings
                  dead_letter_topic: dead
                  transactional_id_prefix: pmacct
                rules: %s
                """
                        .formatted(kafka.bootstrapServers(), topic, rules));
        run("backfill", "--config", config.toString());
        Map<String, String> last = new LinkedHashMap<>();
        try (Topic findings = new Topic(kafka.bootstrapServers(), "findings")) {
            for (ConsumerRecord<String, String> record : findings.read()) {
                last.put(record.key(), record.value());
            }
        }
        return List.copyOf(last.values());
    }

    private static void run(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    /** @return connections by rule, source and destination */
    private static Map<String, Integer> findings(List<String> lines) throws IOException {
        Map<String, Integer> connections = new LinkedHashMap<>();
        for (String line : lines) {
            JsonNode finding = new ObjectMapper().readTree(line);
            JsonNode evidence = finding.path("evidences").path(0);
            String name = finding.path("finding_info").path("analytic").path("uid").asText() + " "
                    + evidence.path("src_endpoint").path("ip").asText() + " > "
                    + evidence.path("dst_endpoint").path("ip").asText() + ":"
                    + evidence.path("dst_endpoint").path("port").asInt();
            connections.put(name, evidence.path("data").path("connections").asInt());
        }
        return connections;
    }
}
