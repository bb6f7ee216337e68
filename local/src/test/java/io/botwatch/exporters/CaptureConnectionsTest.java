package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What came through softflowd, nfcapd and nfdump is what tshark sees in the capture, but for what the table allows. */
@Tag("real-exporters")
class CaptureConnectionsTest {
    /** NetFlow v9 says when the exporter started in whole seconds. */
    private static final long TOLERANCE_MS = 1_000;

    @TempDir
    Path folder;

    static List<String> captures() throws IOException {
        return Captures.names();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void theConnectionsOfACaptureAreItsConversations(String capture) throws Exception {
        Path file = Captures.file(capture);
        Conversations conversations = Conversations.of(file, folder);
        List<Flow> flows =
                ExportedFlows.read(new NfdumpChain(folder).records(file, NetflowVersion.V9), FlowFormat.NFDUMP_JSON);

        Comparison comparison =
                new Comparison(conversations.connections(), ExportedFlows.connections(flows), TOLERANCE_MS);

        Map<Difference, Integer> differences = comparison.differences();
        System.out.print(capture + ": " + conversations.connections().size() + " conversations (" + conversations.notIp()
                + " packets not IP), " + flows.size() + " records, " + comparison.same() + " connections the same, "
                + comparison.samePackets() + " with as many packets, " + comparison.sameBytes() + " with as many bytes\n"
                + AllowedDifferences.explain(capture));
        assertThat(differences).as(comparison.examples()).isEqualTo(AllowedDifferences.of(capture));
        int without = differences.getOrDefault(Difference.PIECE, 0) + differences.getOrDefault(Difference.UNHEARD_OF, 0);
        int all = differences.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(comparison.same() + all - without).isEqualTo(conversations.connections().size());
    }
}
