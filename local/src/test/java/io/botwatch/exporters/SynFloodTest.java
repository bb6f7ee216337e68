package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.local.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real flood of SYNs from forged sources, exported by softflowd and collected by nfdump, is found for what it is. */
@Tag("real-exporters")
class SynFloodTest {
    private static final String TARGET = "10.10.10.10";

    /** A game server's. */
    private static final int PORT = 25_565;

    @TempDir
    Path folder;

    @Test
    void theFloodIsOneVolumetricFindingWithItsTargetAndItsSources() throws Exception {
        Path capture = Captures.file("pcaps-ddos/pkt.TCP.synflood.spoofed.pcap");
        List<Connection> conversations = Conversations.of(capture, folder).connections();
        assertThat(conversations).allMatch(
                syn -> syn.responder().equals(TARGET) && syn.responderPort() == PORT, "a packet to the target");
        long sources = conversations.stream().map(Connection::initiator).distinct().count();

        Path records = new NfdumpChain(folder).records(capture, NetflowVersion.V9);
        long undated = ExportedFlows.read(records, FlowFormat.NFDUMP_JSON).stream()
                .filter(flow -> flow.startMs == 0)
                .count();
        assertThat(undated).as("records of the first millisecond, which nfdump prints without a time").isEqualTo(2);

        Path findings = folder.resolve("findings.jsonl");
        CommandLineRun run = CommandLineRun.of(
                "detect", records.toString(), "--internal", TARGET + "/32", "--out", findings.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();

        List<String> lines = Files.readAllLines(findings);
        assertThat(lines).hasSize(1);
        JsonNode finding = new ObjectMapper().readTree(lines.get(0));
        JsonNode evidence = finding.path("evidences").path(0);
        assertThat(finding.path("finding_info").path("title").asText()).isEqualTo("Many sources at once on one internal host");
        assertThat(evidence.path("dst_endpoint").path("ip").asText()).isEqualTo(TARGET);
        assertThat(evidence.path("dst_endpoint").path("port").asInt()).isEqualTo(PORT);
        double estimate = evidence.path("data").path("distinct_sources").asDouble();
        assertThat(estimate).isCloseTo(sources, Percentage.withPercentage(2));
        System.out.println("SYN flood: " + conversations.size() + " connections of " + sources + " sources in the capture; "
                + finding.path("message").asText());
    }
}
