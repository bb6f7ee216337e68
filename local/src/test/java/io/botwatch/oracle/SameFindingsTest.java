package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.relay.RelayRule.Engine;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same flows give the same final records, byte for byte, however they come and however they are worked on. */
class SameFindingsTest {
    private static final long SEED = 20_260_105;
    private static final int HOURS = 6;
    private static final double SCALE = 0.1;

    /** The rules that find something in this scenario. */
    private static final Map<String, String[]> FINDING = Map.of(
            "aql", new String[] {"AQL-BEACON", "AQL-VOLUMETRIC", "AQL-RELAY"},
            "enterprise",
                    new String[] {"BEACON-SLOW", "VOLUMETRIC-INBOUND", "ORB-RELAY", "IRC", "SPREADER", "DNS-FROM-FLOWS"});

    @TempDir
    static Path folder;

    private static Path byStart;
    private static Path byArrival;
    private static Path atRandom;
    private static Path asProtobuf;
    private static List<Path> inFour;

    @BeforeAll
    static void write() throws IOException {
        Scenario scenario = Scenario.enterprise(SEED, HOURS, SCALE);
        List<Flow> flows = read(scenario.cursor());
        byStart = FlowFiles.write(folder.resolve("by-start"), flows, "goflow2");
        asProtobuf = FlowFiles.write(folder.resolve("as-protobuf"), flows, "goflow2-protobuf");
        byArrival = FlowFiles.write(
                folder.resolve("by-arrival"), read(new ArrivalOrder(scenario.cursor(), SEED)), "goflow2");
        inFour = new ArrayList<>();
        int quarter = flows.size() / 4 + 1;
        for (int i = 0; i < 4; i++) {
            List<Flow> part = flows.subList(i * quarter, Math.min((i + 1) * quarter, flows.size()));
            // The latest first: the plan knows what is still to come.
            inFour.add(0, FlowFiles.write(folder.resolve("part-" + i), part, "goflow2"));
        }
        Collections.shuffle(flows, new Random(SEED));
        atRandom = FlowFiles.write(folder.resolve("at-random"), flows, "goflow2");
    }

    private static List<Flow> read(FlowCursor cursor) {
        List<Flow> flows = new ArrayList<>();
        for (Flow flow = new Flow(); cursor.next(flow); flow = new Flow()) {
            flows.add(flow);
        }
        return flows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"enterprise", "aql"})
    void theOrderOfArrivalTheFormatTheParallelismAndTheRelayEngineDoNotChangeAByte(String preset) throws Exception {
        RuleSet rules = RulesDocument.preset(preset);
        JobRun reference = JobRun.overFiles(List.of(byStart), rules, 1, folder);
        List<String> records = reference.ocsf();
        assertThat(reference.finals().stream().map(finding -> finding.ruleId).distinct())
                .as("seed %d gives findings of these rules", SEED)
                .containsExactlyInAnyOrder(FINDING.get(preset));

        Map<String, Run> ways = new LinkedHashMap<>();
        ways.put("parallelism 2", () -> JobRun.overFiles(List.of(byStart), rules, 2, folder));
        ways.put("parallelism 4", () -> JobRun.overFiles(List.of(byStart), rules, 4, folder));
        ways.put("as it arrives", () -> JobRun.overFiles(List.of(byArrival), rules, 2, folder));
        ways.put("as protobuf", () -> JobRun.overFiles(List.of(asProtobuf), rules, 2, folder));
        ways.put("lines at random", () -> JobRun.overFiles(List.of(atRandom), rules, 2, folder));
        ways.put("in four files, the latest first", () -> JobRun.overFiles(inFour, rules, 2, folder));
        RuleSet interval = JobRun.withEngine(rules, Engine.INTERVAL);
        ways.put("interval engine", () -> JobRun.overFiles(List.of(byStart), interval, 2, folder));
        ways.put("interval engine, lines at random", () -> JobRun.overFiles(List.of(atRandom), interval, 1, folder));
        for (Map.Entry<String, Run> way : ways.entrySet()) {
            List<String> others = way.getValue().run().ocsf();
            String where = String.format("seed %d, preset %s, %s", SEED, preset, way.getKey());
            // First what differs, since all of it is too much to read.
            assertThat(without(others, records)).as("only with %s", where).isEmpty();
            assertThat(without(records, others)).as("missing with %s", where).isEmpty();
            assertThat(others.equals(records)).as("same order with %s", where).isTrue();
        }
    }

    private static List<String> without(List<String> records, List<String> others) {
        Set<String> known = Set.copyOf(others);
        return records.stream().filter(record -> !known.contains(record)).limit(2).toList();
    }

    private interface Run {
        JobRun run() throws Exception;
    }
}
