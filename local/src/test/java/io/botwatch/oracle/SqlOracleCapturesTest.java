package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.network.Network;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On real captures preset {@code aql} gives the rows of the original queries, and no other. */
class SqlOracleCapturesTest {
    private static final List<String> PRIVATE = List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7");
    private static final long DAY_MS = 86_400_000;

    @TempDir
    Path folder;

    private record Counts(long flows, long hours, long beaconTuples, long beacons, long volumetric, long relay, long relayOtherTimes) {}

    @ParameterizedTest(name = "{0}")
    @CsvSource(nullValues = "-", value = {
        "zeek-acm-motd/comfoo_conn.log.gz, -",
        "zeek-acm-motd/taidoor_conn.log.gz, -",
        "zeek-stratosphere/001-zeek-scenario-malicious_labeled-conn.log.gz, -",
        "zeek-stratosphere/003-zeek-scenario-malicious_conn.log.gz, -",
        "zeek-stratosphere/008-zeek-mixed_data_conn.log.labeled.gz, 147.32.0.0/16",
        "zeek-stratosphere/idps-CTU-Malware-Capture-Botnet-4_conn.log.labeled.gz, -",
        "zeek-rita/vps, 64.225.56.201/32"
    })
    void theJobGivesTheRowsOfTheQueries(String capture, String internal) throws Exception {
        List<String> networks = internal == null ? PRIVATE : List.of(internal);
        compare(capture, networks, Set.of());
    }

    /** One host of it has more pairs within 300 s than a finding each would help anybody: the job says so instead. */
    @Test
    void theJobGivesTheRowsOfTheQueriesOnABusyNetworkBorder() throws Exception {
        Counts counts = compare(
                "ctu13-scenario6/capture20110816.binetflow.gz", List.of("147.32.0.0/16"), Set.of("147.32.84.229"));
        assertThat(counts.beaconTuples).isEqualTo(128);
        assertThat(counts.volumetric).isZero();
        assertThat(counts.relay).isEqualTo(1_001_315);
        assertThat(counts.relayOtherTimes).isLessThanOrEqualTo(2);
    }

    private Counts compare(String capture, List<String> internal, Set<String> overflowing) throws Exception {
        List<Path> files = RealCaptures.files(capture);
        RuleSet rules = RulesDocument.preset("aql")
                .withInternal(internal.stream().map(Network::parse).toList());
        JobRun run = JobRun.overFiles(files, rules, 2, folder);
        try (SqlOracle oracle = new SqlOracle(internal)) {
            for (Path file : files) {
                load(file, oracle);
            }
            oracle.answer(overflowing);
            assertThat(run.compareWith(oracle, overflowing)).as("hosts whose pairs are not listed").isEqualTo(overflowing);
            long spanMs = oracle.count("SELECT max(start_ms) - min(start_ms) FROM flow");
            Counts counts = new Counts(
                    oracle.count("SELECT count(*) FROM flow"),
                    spanMs / 3_600_000,
                    oracle.count("SELECT count(DISTINCT (src, dst, dst_port)) FROM beacon_tuple"),
                    oracle.count("SELECT count(*) FROM beacon_expected"),
                    oracle.count("SELECT count(*) FROM volumetric_expected"),
                    oracle.count("SELECT count(*) FROM relay_expected"),
                    oracle.otherRelayTimes());
            System.out.println(capture + ": " + counts);
            assertThat(oracle.differences("beacon", "*")).isEmpty();
            assertThat(oracle.differences("volumetric", "*")).isEmpty();
            // A pair that comes back after a day without it is another finding.
            String distinct = spanMs < DAY_MS ? "" : "DISTINCT ";
            assertThat(oracle.differences("relay", distinct + "src, host, dst, dst_port")).isEmpty();
            assertThat(oracle.unexplainedRelayTimes()).isEmpty();
            return counts;
        }
    }

    /** The file, or the files of the folder; or the test is skipped saying so. */
    private static void load(Path file, SqlOracle oracle) throws IOException, SQLException {
        FlowFormat format = FilePlan.detect(file).format();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        Flow flow = new Flow();
        try (RecordReader records = new RecordReader(RecordReader.open(file), format)) {
            while (records.next()) {
                try {
                    if (decoder.decode(records.bytes(), records.from(), records.to(), flow) == FlowDecoder.Outcome.FLOW) {
                        oracle.add(new SqlOracle.Row(
                                flow.startMs,
                                Address.format(flow.srcHi, flow.srcLo),
                                Address.format(flow.dstHi, flow.dstLo),
                                flow.dstPort,
                                flow.verdict == Verdict.DENIED));
                    }
                } catch (UndecodableException e) {
                    // A dead letter to the job, too.
                }
            }
        }
    }
}
