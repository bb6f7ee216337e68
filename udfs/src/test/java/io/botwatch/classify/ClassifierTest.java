package io.botwatch.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.flow.Route;
import io.botwatch.flow.Verdict;
import io.botwatch.rules.RulesDocument;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

    @ParameterizedTest(name = "{0} {1} > {2} {3} {4}")
    @CsvSource({
        // source, port, destination, port, verdict, direction, routes
        "10.0.0.1, 50000, 203.0.113.7, 8443, UNKNOWN, OUTBOUND, beacon relay-out",
        "10.0.0.1, 50000, 203.0.113.7, 443, UNKNOWN, OUTBOUND, ''",
        "10.0.0.1, 50000, 203.0.113.7, 80, UNKNOWN, OUTBOUND, ''",
        "10.0.0.1, 50000, 203.0.113.7, 53, UNKNOWN, OUTBOUND, ''",
        "10.0.0.1, 50000, 203.0.113.7, 4444, DENIED, OUTBOUND, beacon relay-out",
        "10.0.0.1, 0, 203.0.113.7, 0, UNKNOWN, OUTBOUND, beacon relay-out",
        "fd00::1, 50000, 2001:db8::7, 8443, UNKNOWN, OUTBOUND, beacon relay-out",
        "203.0.113.7, 50000, 10.0.0.1, 443, UNKNOWN, INBOUND, volumetric relay-in",
        "203.0.113.7, 50000, 10.0.0.1, 443, ALLOWED, INBOUND, volumetric relay-in",
        "203.0.113.7, 50000, 10.0.0.1, 443, DENIED, INBOUND, relay-in",
        "203.0.113.7, 50000, 10.0.0.1, 8081, UNKNOWN, INBOUND, relay-in",
        "2001:db8::7, 50000, fd00::1, 22, UNKNOWN, INBOUND, volumetric relay-in",
        "10.0.0.1, 50000, 192.168.0.1, 8443, UNKNOWN, LATERAL, ''",
        "fd00::1, 50000, fd00::2, 8443, UNKNOWN, LATERAL, relay-out",
        "203.0.113.7, 50000, 198.51.100.1, 8443, UNKNOWN, TRANSIT, ''",
        "2001:db8::1, 50000, 203.0.113.7, 443, UNKNOWN, TRANSIT, ''",
    })
    void directionAndRoutesComeFromTheNetworksAndTheRules(
            String src, int srcPort, String dst, int dstPort, Verdict verdict, Direction direction, String routes) {
        for (String preset : List.of("aql", "enterprise")) {
            Flow flow = flow(src, srcPort, dst, dstPort);
            flow.verdict = verdict;
            flow.routes = 0xFF;
            new Classifier(RulesDocument.preset(preset)).classify(flow);
            assertThat(flow.direction).as(preset).isEqualTo(direction);
            assertThat(text(flow.routes))
                    .as(preset)
                    .isEqualTo(preset.equals("aql") ? routes : enterprise(routes, direction, dstPort, verdict));
        }
    }

    /** A cadence is looked for on any port, and floods too, where whoever asks is no victim; the original queries leave some out. */
    private static String enterprise(String routes, Direction direction, int dstPort, Verdict verdict) {
        if (direction == Direction.OUTBOUND) {
            return "beacon volumetric" + (List.of(80, 443, 53).contains(dstPort) ? "" : " relay-out");
        }
        return direction == Direction.INBOUND && verdict != Verdict.DENIED ? "volumetric relay-in" : routes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "169.254.1.1", "239.255.255.250", "255.255.255.255", "ff02::fb", "fe80::1"})
    void nobodyOutsideHasAnAddressThatIsNotRouted(String address) {
        Flow flow = flow("10.0.0.1", 50_000, address, 8443);
        new Classifier(RulesDocument.preset("enterprise")).classify(flow);
        assertThat(flow.direction).isEqualTo(Direction.LATERAL);
        new Classifier(RulesDocument.preset("aql")).classify(flow);
        assertThat(flow.direction).as("as recorded").isEqualTo(Direction.OUTBOUND);
    }

    @ParameterizedTest(name = "{0} > {1}, biflow {2}")
    @CsvSource({
        "443, 50000, false, true",   // from the service: the responder's record
        "50000, 443, false, false",
        "443, 50000, true, false",   // a biflow's source is its initiator
        "50001, 50000, false, false", // nothing tells the ends apart: as recorded
        "50000, 50001, false, false",
        "1337, 50000, false, true",  // neither known: the ephemeral one is the client's
        "50000, 1337, false, false",
        "8443, 1025, false, true",   // known beats low
        "123, 123, false, false",    // nothing tells the ends apart
        "0, 0, false, false",
        "22, 443, false, false",
    })
    void aOneWayRecordFromTheServicePortIsAReplyUnlessEndsAreAsRecorded(
            int srcPort, int dstPort, boolean biflow, boolean reply) {
        Flow flow = flow("203.0.113.7", srcPort, "10.0.0.1", dstPort);
        flow.biflow = biflow;
        assertThat(new Classifier(RulesDocument.preset("enterprise")).isReply(flow)).isEqualTo(reply);
        assertThat(new Classifier(RulesDocument.preset("aql")).isReply(flow)).isFalse();
    }

    @Test
    void aDisabledRuleWantsNothing() {
        String yaml = """
                preset: aql
                rules:
                  - id: B
                    title: Beacon
                    type: beacon
                    mode: disabled
                    level: high
                    window: {size: 24h, slide: 5m}
                    condition: {min_connections: 12, min_duration: 30m, rate_per_hour: {min: 4, max: 120}}
                    filter: {direction: outbound}
                    suppression: {duration: 0s}
                  - id: V
                    title: Volumetric
                    type: volumetric
                    mode: active
                    level: high
                    window: {size: 5m}
                    condition: {distinct_sources: {gt: 50}, connections: {gt: 500}}
                    filter: {direction: inbound, dst_port: [80]}
                    early_firing: false
                    suppression: {duration: 0s}
                """;
        Classifier classifier = new Classifier(RulesDocument.parse("test.yaml", yaml));
        Flow flow = flow("10.0.0.1", 50_000, "203.0.113.7", 8443);
        classifier.classify(flow);
        assertThat(flow.routes).isZero();
    }

    private static Flow flow(String src, int srcPort, String dst, int dstPort) {
        Address from = Address.parse(src);
        Address to = Address.parse(dst);
        Flow flow = Flows.flow(from.lo, srcPort, to.lo, dstPort, Flows.T);
        flow.srcHi = from.hi;
        flow.dstHi = to.hi;
        return flow;
    }

    private static String text(int routes) {
        List<String> names = new ArrayList<>();
        if ((routes & Route.BEACON) != 0) {
            names.add("beacon");
        }
        if ((routes & Route.VOLUMETRIC) != 0) {
            names.add("volumetric");
        }
        if ((routes & Route.RELAY_IN) != 0) {
            names.add("relay-in");
        }
        if ((routes & Route.RELAY_OUT) != 0) {
            names.add("relay-out");
        }
        return String.join(" ", names);
    }
}
