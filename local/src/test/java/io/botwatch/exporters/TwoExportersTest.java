package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.connection.Tracked;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What two exporters see of the same packets is what one sees. */
@Tag("real-exporters")
class TwoExportersTest {
    private static final Timeouts ROUTER = new Timeouts(60, 15);
    private static final long SECOND_MS = 1_000;
    private static final int ICMP = 1;

    /** Copies that the clocks' difference carries over a connection's end count as pieces: two in the largest capture. */
    private static final int ASTRAY = 2;

    @TempDir
    Path folder;

    /** But for the files that are no day of an exporter: NetFlow v9 dates their records wrongly. */
    static List<String> captures() throws IOException {
        return NetflowVersionsTest.captures();
    }

    /** The second one's clock is not the first one's: NetFlow v9 is up to a second early, and IPFIX is not. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void theConnectionsOfTwoExportersAreThoseOfOneAndTheRestIsCopies(String capture) throws Exception {
        Path file = Captures.file(capture);
        List<Flow> one = read(new NfdumpChain(folder).records(file, NetflowVersion.IPFIX, ROUTER));
        List<Flow> both =
                read(new NfdumpChain(folder).recordsOfTwo(file, NetflowVersion.IPFIX, NetflowVersion.V9, ROUTER));
        assertThat(both.stream().map(flow -> Address.format(flow.exporterHi, flow.exporterLo)).collect(Collectors.toSet()))
                .isEqualTo(one.isEmpty() ? Set.of() : Set.of("127.0.0.1", "127.0.0.2"));

        Tracked tracked = ExportedFlows.track(both);
        Comparison comparison =
                new Comparison(ExportedFlows.connections(one), ExportedFlows.connections(tracked), SECOND_MS);
        int copies = tracked.joined.getOrDefault(Part.COPY, 0);
        System.out.println(capture + ": " + one.size() + " records of one exporter, " + both.size() + " of two, " + copies
                + " copies, " + comparison.same() + " connections the same");
        assertThat(comparison.differences()).as(comparison.examples()).isEmpty();
        assertThat(comparison.samePackets()).isBetween(comparison.same() - ASTRAY, comparison.same());
        assertThat(copies).isBetween(both.size() - one.size() - ASTRAY, both.size() - one.size());
    }

    /**
     * Without those of the first millisecond, which NetFlow v9 does not date: they are dead letters. Without ICMP: its
     * directions have neither ports nor times of their own, so that which exporter was earlier tells nothing.
     */
    private static List<Flow> read(Path records) throws Exception {
        return ExportedFlows.read(records, FlowFormat.NFDUMP_JSON).stream()
                .filter(flow -> flow.startMs > 0 && flow.protocol != ICMP)
                .toList();
    }
}
