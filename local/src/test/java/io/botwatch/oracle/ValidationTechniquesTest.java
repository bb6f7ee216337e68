package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The four validation tests that came with the original detection, each alone: one finding each by the shipped rules. The
 * literal queries ask for less.
 */
class ValidationTechniquesTest {
    private static final long START_MS = Instant.parse("2026-01-05T10:00:03.250Z").toEpochMilli();
    private static final String HOST = "10.1.2.3";
    private static final int TCP = 6;
    private static final long SEED = 1;

    /** The literal beacon rule asks for half an hour; this is what a rule file needs for the technique's five minutes. */
    private static final String FAST = """
            preset: %s
            rules:
              - id: BEACON-FAST
                title: Regular connections within minutes
                type: beacon
                mode: active
                level: critical
                tags: [attack.t1583.005, attack.t1071]
                window: {size: 1h, slide: 1m}
                condition:
                  min_connections: 12
                  min_duration: 2m
                  rate_per_hour: {min: 4, max: 720}
                filter:
                  direction: outbound
                  dst_port_not: [80, 443, 53]
                suppression: {duration: 1h}
            """;

    @TempDir
    Path folder;

    @Test
    void thirtyConnectionsInFiveMinutesAreABeacon() throws Exception {
        assertBeacon(detect(thirtyConnectionsInFiveMinutes(), RulesDocument.preset("enterprise")));
    }

    @Test
    void theLiteralRulesAskForHalfAnHourOfThem() throws Exception {
        List<Flow> flows = thirtyConnectionsInFiveMinutes();
        assertThat(detect(flows, RulesDocument.preset("aql"))).isEmpty();
        assertBeacon(detect(flows, RulesDocument.parse("fast.yaml", FAST.formatted("aql"))));
    }

    private static void assertBeacon(List<Finding> findings) {
        assertThat(findings).as("seed %d", SEED).hasSize(1);
        Finding beacon = findings.get(0);
        assertThat(beacon.type).isEqualTo(Finding.Type.BEACON);
        assertThat(beacon.ruleId).isEqualTo("BEACON-FAST");
        assertThat(beacon.src).hasToString(HOST);
        assertThat(beacon.dst).hasToString("203.0.113.66");
        assertThat(beacon.dstPort).isEqualTo(8080);
        assertThat(beacon.connections).isEqualTo(30);
        assertThat(beacon.firstSeenMs).isEqualTo(START_MS);
    }

    private static List<Flow> thirtyConnectionsInFiveMinutes() {
        Random random = new Random(SEED);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long jitter = i == 0 ? 0 : random.nextInt(1_000) - 500;
            flows.add(flow(START_MS + i * 10_000L + jitter, HOST, 49_000 + i, "203.0.113.66", 8080));
        }
        return flows;
    }

    @ParameterizedTest
    @ValueSource(strings = {"aql", "enterprise"})
    void anInboundThenAnOutboundConnectionWithinFiveMinutesAreOneRelay(String preset) throws Exception {
        List<Finding> findings = detect(
                List.of(
                        flow(START_MS, "198.51.100.7", 51_515, HOST, 19_876),
                        flow(START_MS + 120_000, HOST, 49_001, "203.0.113.66", 9_001)),
                RulesDocument.preset(preset));

        assertThat(findings).hasSize(1);
        Finding relay = findings.get(0);
        assertThat(relay.type).isEqualTo(Finding.Type.RELAY);
        assertThat(relay.relay).hasToString(HOST);
        assertThat(relay.firstSeenMs).isEqualTo(START_MS);
        assertThat(relay.lastSeenMs).isEqualTo(START_MS + 120_000);
        if (preset.equals("aql")) {
            assertThat(relay.src).hasToString("198.51.100.7");
            assertThat(relay.dst).hasToString("203.0.113.66");
            assertThat(relay.dstPort).isEqualTo(9_001);
        } else {
            assertThat(relay.distinctSources).isEqualTo(1);
            assertThat(relay.distinctTargets).isEqualTo(1);
        }
    }

    /** As the technique's own test has it: 8.8.8.8:53. The query leaves port 53 out, and so does the rule. */
    @ParameterizedTest
    @ValueSource(strings = {"aql", "enterprise"})
    void anOutboundConnectionToPort53IsNoRelaysSecondLeg(String preset) throws Exception {
        assertThat(detect(
                        List.of(
                                flow(START_MS, "198.51.100.7", 51_515, HOST, 19_876),
                                flow(START_MS + 120_000, HOST, 49_001, "8.8.8.8", 53)),
                        RulesDocument.preset(preset)))
                .isEmpty();
    }

    @Test
    void aConnectionToAnIrcPortIsFound() throws Exception {
        List<Flow> flows = List.of(flow(START_MS, HOST, 49_001, "203.0.113.66", 6667));
        assertThat(detect(flows, RulesDocument.preset("aql"))).as("no query asks for it").isEmpty();

        List<Finding> findings = detect(flows, RulesDocument.preset("enterprise"));
        assertThat(findings).hasSize(1);
        Finding irc = findings.get(0);
        assertThat(irc.type).isEqualTo(Finding.Type.IRC);
        assertThat(irc.src).hasToString(HOST);
        assertThat(irc.dst).hasToString("203.0.113.66");
        assertThat(irc.dstPort).isEqualTo(6667);
    }

    @Test
    void aHostThatTriesThirtyOthersOnPort22IsASpreader() throws Exception {
        assertThat(detect(attempts(HOST, 30), RulesDocument.preset("aql"))).as("no query asks for it").isEmpty();
        assertThat(detect(attempts(HOST, 29), RulesDocument.preset("enterprise"))).isEmpty();

        List<Finding> findings = detect(attempts(HOST, 30), RulesDocument.preset("enterprise"));
        assertThat(findings).hasSize(1);
        Finding spreader = findings.get(0);
        assertThat(spreader.type).isEqualTo(Finding.Type.SPREADER);
        assertThat(spreader.src).hasToString(HOST);
        assertThat(spreader.dstPort).isEqualTo(22);
        assertThat(spreader.distinctTargets).isEqualTo(30);
    }

    private static List<Flow> attempts(String host, int targets) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 1; i <= targets; i++) {
            flows.add(flow(START_MS + i * 200L, host, 49_000 + i, "203.0.113." + i, 22));
        }
        return flows;
    }

    /** Nothing of one test is taken for another: all four together give what each gives alone. */
    @Test
    void allFourFromFourHostsGiveWhatTheyGiveAlone() throws Exception {
        List<Flow> flows = thirtyConnectionsInFiveMinutes();
        flows.add(flow(START_MS, "198.51.100.7", 51_515, "10.1.2.4", 19_876));
        flows.add(flow(START_MS + 120_000, "10.1.2.4", 49_001, "203.0.113.66", 9_001));
        flows.add(flow(START_MS, "10.1.2.5", 49_001, "203.0.113.66", 6667));
        flows.addAll(attempts("10.1.2.6", 30));
        assertThat(detect(flows, RulesDocument.preset("enterprise")))
                .extracting(finding -> finding.ruleId)
                .containsExactlyInAnyOrder("BEACON-FAST", "ORB-RELAY", "IRC", "SPREADER");
        assertThat(detect(flows, RulesDocument.preset("aql"))).extracting(finding -> finding.ruleId).containsExactly("AQL-RELAY");
    }

    private List<Finding> detect(List<Flow> flows, RuleSet rules) throws Exception {
        Path file = FlowFiles.write(folder.resolve("flows"), flows, "goflow2");
        return JobRun.overFiles(List.of(file), rules, 1, folder).finals();
    }

    private static Flow flow(long startMs, String src, int srcPort, String dst, int dstPort) {
        Address from = Address.parse(src);
        Address to = Address.parse(dst);
        Flow flow = new Flow();
        flow.startMs = startMs;
        flow.endMs = startMs + 40;
        flow.srcHi = from.hi;
        flow.srcLo = from.lo;
        flow.srcPort = srcPort;
        flow.dstHi = to.hi;
        flow.dstLo = to.lo;
        flow.dstPort = dstPort;
        flow.protocol = TCP;
        flow.packets = 4;
        flow.bytes = 240;
        return flow;
    }
}
