package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An exporter's timeouts cut connections into records, and lose nothing. */
@Tag("real-exporters")
class TimeoutsTest {
    private static final Timeouts ROUTER = new Timeouts(60, 15);

    /** Only the active timeout matters: the others are softflowd's own for TCP. */
    private static final Timeouts PATIENT = new Timeouts(60, 3_600);

    /** NetFlow v9 says when the exporter started in whole seconds. */
    private static final long SECOND_MS = 1_000;

    @TempDir
    Path folder;

    static List<String> captures() throws IOException {
        return Captures.names();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("captures")
    void thePiecesOfEachDirectionAddUpToIt(String capture) throws Exception {
        Path file = Captures.file(capture);
        List<Flow> whole = read(new NfdumpChain(folder).records(file, NetflowVersion.V9));
        List<Flow> cut = read(new NfdumpChain(folder).records(file, NetflowVersion.V9, ROUTER));
        List<Flow> patientlyCut = read(new NfdumpChain(folder).records(file, NetflowVersion.V9, PATIENT));

        assertThat(sums(cut)).isEqualTo(sums(whole));
        assertThat(sums(patientlyCut)).isEqualTo(sums(whole));
        assertSameConnections(whole, cut, capture + " 60/15");
        assertSameConnections(whole, patientlyCut, capture + " 60/3600");
        System.out.println("| " + capture.replaceAll(".*/|\\.s96|\\.pcap", "") + " | " + whole.size() + " | "
                + responderFirst(whole, Conversations.of(file, folder)) + " | " + cut.size() + " | "
                + patientlyCut.size() + " | " + silence(patientlyCut) + " | "
                + (copies(whole) + copies(cut) + copies(patientlyCut)) + " |");
    }

    private static void assertSameConnections(List<Flow> whole, List<Flow> cut, String of) {
        Comparison comparison =
                new Comparison(ExportedFlows.connections(whole), ExportedFlows.connections(cut), SECOND_MS);
        assertThat(comparison.differences()).as("%s\n%s", of, comparison.examples()).isEqualTo(AllowedDifferences.of(of));
    }

    /** The bot asks every half minute on one connection that stays open: records are all that shows it. */
    @Test
    void anActiveTimeoutCutsAConnectionThatIsKeptAliveIntoARecordEachWayAMinute() throws Exception {
        Path file = Captures.file("pcaps-c2/caldera_sandcat.s96.pcap");
        Connection keptAlive = Conversations.of(file, folder).connections().stream()
                .max(Comparator.comparingLong(connection -> connection.endMs() - connection.startMs()))
                .orElseThrow();
        List<Flow> records = read(new NfdumpChain(folder).records(file, NetflowVersion.V9, PATIENT));
        List<Connection> pieces = ExportedFlows.asRecorded(records).stream()
                .filter(record -> record.tuple().equals(keptAlive.tuple()))
                .sorted(Comparator.comparingLong(Connection::startMs))
                .toList();

        int pairs = pieces.size() / 2;
        assertThat(pairs).isBetween(15, 28);
        for (int i = 0; i < pairs; i++) {
            Connection one = pieces.get(2 * i);
            Connection other = pieces.get(2 * i + 1);
            assertThat(one.initiator()).as("the two directions are cut alike").isEqualTo(other.responder());
            assertThat(one.startMs()).isEqualTo(other.startMs());
            assertThat(one.endMs()).isEqualTo(other.endMs());
        }
        assertThat(pieces.stream().mapToLong(Connection::packets).sum()).isEqualTo(keptAlive.packets());
        assertThat(pieces.stream().mapToLong(Connection::bytes).sum()).isEqualTo(keptAlive.bytes());

        List<Connection> connections = ExportedFlows.connections(records).stream()
                .filter(connection -> connection.tuple().equals(keptAlive.tuple()))
                .toList();
        assertThat(connections).hasSize(1);
        assertThat(connections.get(0).sameEnds(keptAlive)).isTrue();
        assertThat(connections.get(0).packets()).isEqualTo(keptAlive.packets());
        assertThat(connections.get(0).bytes()).isEqualTo(keptAlive.bytes());
    }

    private static List<Flow> read(Path records) throws Exception {
        return ExportedFlows.read(records, FlowFormat.NFDUMP_JSON);
    }

    /** @return packets and bytes by direction */
    private static Map<String, List<Long>> sums(List<Flow> flows) {
        return ExportedFlows.asRecorded(flows).stream()
                .collect(Collectors.toMap(
                        TimeoutsTest::direction,
                        record -> List.of(record.packets(), record.bytes()),
                        (one, other) -> List.of(one.get(0) + other.get(0), one.get(1) + other.get(1))));
    }

    private static String direction(Connection record) {
        return record.initiator() + " " + record.tuple();
    }

    /** Of the tuples with records both ways, those whose first record is the responder's. */
    private static String responderFirst(List<Flow> flows, Conversations conversations) {
        Map<String, Connection> firstConversations = new HashMap<>();
        conversations.connections().forEach(conversation -> firstConversations.putIfAbsent(conversation.tuple(), conversation));
        Map<String, Connection> firstRecords = new HashMap<>();
        int both = 0;
        int responders = 0;
        Set<String> counted = new HashSet<>();
        for (Connection record : ExportedFlows.asRecorded(flows)) {
            Connection first = firstRecords.putIfAbsent(record.tuple(), record);
            if (first != null && !first.sameEnds(record) && counted.add(record.tuple())) {
                both++;
                Connection conversation = firstConversations.get(record.tuple());
                if (conversation != null && !conversation.sameEnds(first)) {
                    responders++;
                }
            }
        }
        return responders + " of " + both;
    }

    /** Median and longest time between the end of a record and the start of the next of its direction, seconds. */
    private static String silence(List<Flow> flows) {
        Map<String, Connection> last = new HashMap<>();
        List<Long> silences = new ArrayList<>();
        ExportedFlows.asRecorded(flows).stream()
                .sorted(Comparator.comparingLong(Connection::startMs))
                .forEach(record -> {
                    Connection before = last.put(direction(record), record);
                    if (before != null && before.startMs() > 0) {
                        silences.add(record.startMs() - before.endMs());
                    }
                });
        silences.sort(null);
        return silences.isEmpty()
                ? "-"
                : String.format("%.1f, %.1f", silences.get(silences.size() / 2) / 1e3, silences.get(silences.size() - 1) / 1e3);
    }

    private static int copies(List<Flow> flows) {
        return flows.size() - new HashSet<>(ExportedFlows.asRecorded(flows)).size();
    }
}
