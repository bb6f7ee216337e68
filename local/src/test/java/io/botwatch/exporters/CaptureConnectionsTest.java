package io.botwatch.exporters;

import io.botwatch.ingest.FlowFormat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Draft. */
@Tag("real-exporters")
class CaptureConnectionsTest {
    @TempDir
    Path folder;

    static List<String> captures() throws Exception {
        return Captures.names();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void draft(String capture) throws Exception {
        Path file = Captures.file(capture);
        Conversations conversations = Conversations.of(file, folder);
        for (NetflowVersion version : List.of(NetflowVersion.V9, NetflowVersion.V5, NetflowVersion.IPFIX)) {
            var flows = ExportedFlows.read(new NfdumpChain(folder).records(file, version), FlowFormat.NFDUMP_JSON);
            Comparison comparison = new Comparison(conversations.connections(), ExportedFlows.pair(flows), 1000);
            System.out.println(capture + " " + version + " not ip " + conversations.notIp() + ", conversations "
                    + conversations.connections().size() + ", records " + flows.size() + ", same " + comparison.same()
                    + ", same packets " + comparison.samePackets() + " bytes " + comparison.sameBytes() + ", " + comparison.differences());
            if (version == NetflowVersion.V9) System.out.println(comparison.examples());
        }
        for (Timeouts timeouts : List.of(new Timeouts(60, 15), new Timeouts(60, 3600))) {
        var flows = ExportedFlows.read(new NfdumpChain(folder).records(file, NetflowVersion.V9, timeouts), FlowFormat.NFDUMP_JSON);
        Comparison comparison = new Comparison(conversations.connections(), ExportedFlows.pair(flows), 1000);
        System.out.println(capture + " CUT " + timeouts + " records " + flows.size() + ", same " + comparison.same()
                + ", same packets " + comparison.samePackets() + " bytes " + comparison.sameBytes() + ", " + comparison.differences());
        }
    }
}
