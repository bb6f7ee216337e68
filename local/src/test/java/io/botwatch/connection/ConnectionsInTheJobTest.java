package io.botwatch.connection;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.Talk.Exporter;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Flow;
import io.botwatch.generate.ExportersView;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.oracle.JobRun;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What exporters do to connections makes no findings, and hides none: from records to findings. */
class ConnectionsInTheJobTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final Exporter ONE = Exporter.usual(1);
    private static final Exporter TWO = Exporter.usual(2).skewed(3 * SECOND);

    @TempDir
    Path folder;

    private final List<Flow> records = new ArrayList<>();

    private void export(Talk talk, Exporter... exporters) {
        for (Exporter exporter : exporters) {
            records.addAll(talk.records(exporter));
        }
    }

    private List<Finding> detect(String preset) throws Exception {
        records.sort(Comparator.comparingLong(flow -> flow.startMs));
        List<Decoded> decoded = new ArrayList<>();
        for (Flow flow : records) {
            Decoded record = new Decoded();
            record.flow.copyFrom(flow);
            decoded.add(record.asFlow());
        }
        return JobRun.overRecords(decoded, RulesDocument.preset(preset), 2, folder).finals();
    }

    @Test
    void longSessionsThatAreCutEveryMinuteAreNoBeaconAndWithoutRepairTheyWouldBe() throws Exception {
        export(Talk.session(internal(1), 51_000, external(1), 8443, T, 24 * HOUR, 10 * SECOND), ONE);
        export(Talk.session(internal(2), 51_000, external(2), 8443, T, 24 * HOUR, 10 * SECOND), ONE, TWO);
        SplittableRandom random = new SplittableRandom(3);
        long at = T;
        for (int i = 0; i < 12; i++) {
            long length = random.nextLong(20 * MINUTE, 120 * MINUTE);
            export(Talk.session(internal(3), 40_000 + i, external(3), 8443, at, length, random.nextLong(2_000, 40_000)), ONE, TWO);
            at += length + random.nextLong(MINUTE, 30 * MINUTE);
        }

        assertThat(detect("enterprise")).extracting(finding -> finding.type).containsOnly(Finding.Type.LONG_CONNECTION);
        assertThat(detect("aql")).as("as recorded").extracting(finding -> finding.src.toString()).contains("10.0.0.1");
    }

    @Test
    void aBeaconThroughTwoExportersInBothDirectionsIsOneBeaconWithItsOwnPeriod() throws Exception {
        for (int i = 0; i < 1_440; i++) {
            export(Talk.session(internal(3), 40_000 + i, external(3), 8443, T + i * MINUTE, 800, 100), ONE, TWO);
            export(Talk.question(internal(4), 5_000, external(4), 50_050, T + 7 * SECOND + i * MINUTE), ONE, TWO);
        }
        assertThat(records).hasSize(2 * 5_760);

        List<Finding> findings = detect("enterprise");

        assertThat(findings).hasSize(2).allSatisfy(finding -> {
            assertThat(finding.type).isEqualTo(Finding.Type.BEACON);
            assertThat(finding.connections).isEqualTo(1_440);
            assertThat(finding.message).contains("1440 times in 24.0 h, every 60 s ± 0 %");
        });
        assertThat(findings).extracting(finding -> finding.src + " " + finding.dst + " " + finding.dstPort)
                .containsExactlyInAnyOrder("10.0.0.3 198.18.0.3 8443", "10.0.0.4 198.18.0.4 50050");
    }

    @Test
    void aBusyServersRepliesNeverCount() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        List<Talk> visits = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            visits.add(Talk.session(
                    external(random.nextInt(3_000)),
                    1_024 + random.nextInt(64_000),
                    internal(80),
                    8_000 + random.nextInt(2) * 80,
                    T + random.nextLong(2 * HOUR),
                    random.nextLong(50, 20_000),
                    500));
        }
        visits.forEach(visit -> export(visit, ONE, TWO));

        assertThat(detect("enterprise")).extracting(finding -> finding.type).doesNotContain(Finding.Type.BEACON, Finding.Type.RELAY);

        Tracked tracked = Tracked.byDefault().addAll(records).end();
        assertThat(tracked.opened).hasSize(visits.size()).allSatisfy(flow -> assertThat(flow.dstLo).isEqualTo(internal(80)));
    }

    /** Volumetric counts rest on records, and a copy may start in another window than its original: they are left out. */
    @Test
    void aSimulatedDayAsTwoRoutersExportItHasTheFindingsOfItsConnections() throws Exception {
        Scenario day = Scenario.enterprise(2, 6);
        take(day.cursor(), false);
        List<String> ofConnections = countsAndTimes(detect("enterprise"));

        records.clear();
        take(new ExportersView(day.cursor()), true);
        List<String> ofRecords = countsAndTimes(detect("enterprise"));

        // One host uses a source port again within a minute, by chance: two connections that no exporter tells apart.
        List<String> other = new ArrayList<>(ofRecords);
        other.removeAll(ofConnections);
        assertThat(ofRecords).hasSameSizeAs(ofConnections);
        assertThat(other).hasSizeLessThanOrEqualTo(1);
        assertThat(ofConnections).as("beacons and relays").hasSizeGreaterThan(5);
    }

    private void take(FlowCursor cursor, boolean pieces) {
        Flow flow = new Flow();
        while (cursor.next(flow)) {
            Flow record = new Flow();
            record.copyFrom(flow);
            record.mayBePiece = record.mayBeCopy = pieces;
            records.add(record);
        }
    }

    private static List<String> countsAndTimes(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.type != Finding.Type.VOLUMETRIC)
                .map(finding -> finding.ruleId + " " + finding.firstSeenMs + " " + finding.message.split(" \\d+ sessions went")[0])
                .sorted()
                .toList();
    }
}
