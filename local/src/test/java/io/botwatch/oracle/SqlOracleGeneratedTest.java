package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.Decoded;
import io.botwatch.network.Network;
import io.botwatch.oracle.EdgeTraffic.Connection;
import io.botwatch.relay.RelayRule.Engine;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On traffic made to lie on every threshold, preset {@code aql} gives the rows of the original queries, and no other. */
class SqlOracleGeneratedTest {
    private static final long START_MS = Instant.parse("2026-03-02T22:35:00Z").toEpochMilli();
    private static final int SEEDS_A_RUN = 6;

    @TempDir
    Path folder;

    /**
     * @param files how many files the flows are in, in order of time; within one they are shuffled
     */
    @ParameterizedTest(name = "seeds from {0}: {1}, {2} files, parallelism {3}, {4}")
    @CsvSource({
        "1, goflow2, 30, 1, CEP",
        "7, binetflow, 1, 2, CEP",
        "13, goflow2, 1, 1, INTERVAL",
        "19, binetflow, 120, 2, INTERVAL",
        "25, goflow2, 5, 2, CEP"
    })
    void theJobGivesTheRowsOfTheQueries(int firstSeed, String format, int files, int parallelism, Engine engine)
            throws Exception {
        List<Connection> connections = traffic(firstSeed, false);
        JobRun run = JobRun.overFiles(
                write(connections, format, files, firstSeed), JobRun.withEngine(rules(), engine), parallelism, folder);
        compare(run, connections, firstSeed);
    }

    /** No file format tells what a firewall did, so these records come without one. */
    @ParameterizedTest(name = "seeds from {0}, parallelism {1}")
    @CsvSource({"31, 1", "37, 2"})
    void whatAFirewallStoppedCountsForBeaconsAndRelaysButIsNoVolumetricAttack(int firstSeed, int parallelism)
            throws Exception {
        List<Connection> connections = traffic(firstSeed, true);
        List<Decoded> records = new ArrayList<>();
        for (Connection connection : connections) {
            Decoded record = new Decoded();
            record.flow.copyFrom(connection.flow());
            records.add(record);
        }
        compare(JobRun.overRecords(records, rules(), parallelism, folder), connections, firstSeed);
    }

    private static RuleSet rules() {
        return RulesDocument.preset("aql")
                .withInternal(EdgeTraffic.INTERNAL.stream().map(Network::parse).toList());
    }

    /** In order of start. */
    private static List<Connection> traffic(int firstSeed, boolean denials) {
        List<Connection> connections = new ArrayList<>();
        for (int seed = firstSeed; seed < firstSeed + SEEDS_A_RUN; seed++) {
            connections.addAll(EdgeTraffic.of(seed, START_MS, denials));
        }
        connections.sort(Comparator.comparingLong(Connection::startMs));
        return connections;
    }

    private void compare(JobRun run, List<Connection> connections, int firstSeed) throws Exception {
        String seeds = "seeds " + firstSeed + " to " + (firstSeed + SEEDS_A_RUN - 1);
        try (SqlOracle oracle = new SqlOracle(EdgeTraffic.INTERNAL)) {
            for (Connection connection : connections) {
                oracle.add(connection.row());
            }
            oracle.answer(Set.of());
            assertThat(run.compareWith(oracle, Set.of())).as(seeds).isEmpty();
            System.out.println(seeds + ": " + connections.size() + " flows, "
                    + oracle.count("SELECT count(*) FROM beacon_tuple") + " beacon rows over all T in "
                    + oracle.count("SELECT count(*) FROM beacon_expected") + " episodes of "
                    + oracle.count("SELECT count(DISTINCT (src, dst, dst_port)) FROM beacon_tuple") + " tuples, "
                    + oracle.count("SELECT count(*) FROM volumetric_expected") + " volumetric, "
                    + oracle.count("SELECT count(*) FROM relay_expected") + " relay");
            assertThat(oracle.differences("beacon", "*")).as(seeds).isEmpty();
            assertThat(oracle.differences("volumetric", "*")).as(seeds).isEmpty();
            assertThat(oracle.differences("relay", "*")).as(seeds).isEmpty();
            // The traffic is worth comparing: every query answers, and has something to leave out.
            assertThat(oracle.count("SELECT count(*) FROM beacon_expected")).isGreaterThan(20);
            assertThat(oracle.count("SELECT count(*) FROM volumetric_expected")).isBetween(1L, 20L);
            assertThat(oracle.count("SELECT count(*) FROM relay_expected")).isGreaterThan(100);
        }
    }

    private List<Path> write(List<Connection> connections, String format, int count, long seed) throws IOException {
        Random random = new Random(seed);
        List<Path> files = new ArrayList<>();
        int size = connections.size() / count + 1;
        for (int from = 0; from < connections.size(); from += size) {
            List<Connection> part = new ArrayList<>(connections.subList(from, Math.min(from + size, connections.size())));
            Collections.shuffle(part, random);
            Path file = folder.resolve("flows-" + files.size());
            FlowFiles.write(file, part.stream().map(Connection::flow).toList(), format);
            files.add(file);
        }
        return files;
    }
}
