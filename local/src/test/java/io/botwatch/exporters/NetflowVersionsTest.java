package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A capture says the same in NetFlow v5, v9 and IPFIX, as precisely as each can. */
@Tag("real-exporters")
class NetflowVersionsTest {
    /** IPFIX and v5 know the exporter's start to the millisecond, and may round it differently. */
    private static final long MILLISECOND = 1;

    private static final long SECOND_MS = 1_000;

    /** Files that are no day of an exporter: one runs backwards, one spans 342 days. */
    private static final String BACKWARDS = "pcaps-irc-scan-worm/malcolm_bro-simple-scan_445_scan.pcap";

    private static final String ALMOST_A_YEAR = "pcaps-irc-scan-worm/mining.s96.pcap";

    @TempDir
    Path folder;

    static List<String> captures() throws IOException {
        Set<String> odd = Set.of(BACKWARDS, ALMOST_A_YEAR);
        return Captures.names().stream().filter(name -> !odd.contains(name)).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void theRecordsAreTheSameInAllVersions(String capture) throws Exception {
        List<Connection> ipfix = records(capture, NetflowVersion.IPFIX);
        List<Connection> v9 = records(capture, NetflowVersion.V9);
        List<Connection> v5 = records(capture, NetflowVersion.V5);

        Comparison withV9 = new Comparison(ipfix, v9, SECOND_MS);
        assertThat(withV9.differences().keySet()).as(withV9.examples()).isSubsetOf(Difference.UNDATED);
        assertThat(withV9.differences().getOrDefault(Difference.UNDATED, 0)).isLessThanOrEqualTo(2);
        assertThat(withV9.samePackets()).isEqualTo(withV9.same());
        assertThat(withV9.sameBytes()).isEqualTo(withV9.same());

        List<Connection> v4 = ipfix.stream().filter(record -> !record.initiator().contains(":")).toList();
        Comparison withV5 = new Comparison(v4, v5, MILLISECOND);
        assertThat(withV5.differences()).as(withV5.examples()).isEmpty();
        assertThat(withV5.samePackets()).isEqualTo(withV5.same());
        assertThat(withV5.sameBytes()).isEqualTo(withV5.same());
    }

    @Test
    void versionsThatCountFromTheExportersStartAreWrongAfterFiftyDays() throws Exception {
        List<Connection> ipfix = records(ALMOST_A_YEAR, NetflowVersion.IPFIX);
        for (NetflowVersion version : List.of(NetflowVersion.V5, NetflowVersion.V9)) {
            Comparison comparison = new Comparison(ipfix, records(ALMOST_A_YEAR, version), SECOND_MS);
            assertThat(comparison.differences()).isEqualTo(Map.of(Difference.WRAPPED, 2));
            assertThat(comparison.same()).isEqualTo(ipfix.size() - 2);
        }
    }

    private List<Connection> records(String capture, NetflowVersion version) throws Exception {
        Path records = new NfdumpChain(folder).records(Captures.file(capture), version);
        return ExportedFlows.asRecorded(ExportedFlows.read(records, FlowFormat.NFDUMP_JSON));
    }
}
