package io.botwatch.volumetric;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.rule.RuleInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a target may be, what its attack is called, and what is usual for it. */
class VolumetricTargetsTest {
    private static final long WINDOW = 300_000;
    private static final int SYN = 0x02;
    private static final int SYN_ACK = 0x12;
    private static final VolumetricCondition UNASKED = new VolumetricCondition(50, 200, 0, 3, 0.1);

    @Test
    void aFloodOfOneHostIsNamedByItsPortAndByHowItWasMade() throws Exception {
        Finding finding = only(VolumetricRule.Per.HOST, UNASKED, List.of(), flood(300, flow -> flow.tcpFlags = SYN));
        assertThat(finding.dst.lo).isEqualTo(Flows.internal(1));
        assertThat(finding.dstPort).isEqualTo(25_565);
        assertThat(finding.connections).isEqualTo(300);
        assertThat(finding.severity).isEqualTo(Severity.HIGH);
        assertThat(finding.measures).contains(new Finding.Measure("subtype", "syn-flood"));
    }

    @Test
    void aHostThatContactsAsManyIsNotFlooded() throws Exception {
        List<Flow> flows = flood(300, flow -> flow.protocol = 17);
        for (int i = 0; i < 31; i++) {
            flows.add(udp(Flows.outbound(1, 1_000 + i, 40_000 + i, Flows.T + i)));
        }
        assertThat(findings(VolumetricRule.Per.HOST, UNASKED, List.of(), flows)).isEmpty();
        flows.remove(flows.size() - 1);
        assertThat(findings(VolumetricRule.Per.HOST, UNASKED, List.of(), flows)).hasSize(1);
    }

    @Test
    void whatAVictimAnswersItHasNotAsked() throws Exception {
        List<Flow> flows = flood(300, flow -> flow.tcpFlags = SYN);
        for (int i = 0; i < 300; i++) {
            Flow answer = Flows.outbound(1, i, 40_000 + i, Flows.T + i);
            answer.srcPort = 25_565;
            answer.tcpFlags = SYN_ACK;
            flows.add(answer);
        }
        assertThat(findings(VolumetricRule.Per.HOST, UNASKED, List.of(), flows)).hasSize(1);
    }

    @Test
    void answersAreAReflectionWhereNobodyAsked() throws Exception {
        List<Flow> flows = answers(300, 123);
        Finding finding = only(VolumetricRule.Per.REFLECTOR, UNASKED, List.of(123), flows);
        assertThat(finding.dst.lo).isEqualTo(Flows.internal(1));
        assertThat(finding.measures)
                .contains(new Finding.Measure("subtype", "reflection"), new Finding.Measure("reflection_port", "123"));
        assertThat(findings(VolumetricRule.Per.REFLECTOR, UNASKED, List.of(53), flows)).isEmpty();
        for (int i = 0; i < 300; i++) {
            flows.add(udp(Flows.outbound(1, i, 123, Flows.T + i)));
        }
        assertThat(findings(VolumetricRule.Per.REFLECTOR, UNASKED, List.of(123), flows)).isEmpty();
    }

    @Test
    void aNetworkIsBombedWhereNoHostOfItGetsMuch() throws Exception {
        VolumetricCondition condition = new VolumetricCondition(50, 200, 31, 3, 0.1);
        List<Flow> flows = flood(320, flow -> flow.tcpFlags = SYN);
        assertThat(findings(VolumetricRule.Per.NETWORK, condition, List.of(), flows)).isEmpty();
        for (int i = 0; i < flows.size(); i++) {
            flows.get(i).dstLo = Flows.internal(i % 32);
        }
        Finding finding = only(VolumetricRule.Per.NETWORK, condition, List.of(), flows);
        assertThat(finding.dst.lo).isEqualTo(Flows.internal(0));
        assertThat(finding.measures)
                .contains(
                        new Finding.Measure("subtype", "carpet-bombing"),
                        new Finding.Measure("network", "10.0.0.0/24"),
                        new Finding.Measure("distinct_targets", "32"));
        assertThat(findings(VolumetricRule.Per.HOST, UNASKED, List.of(), flows)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // proto, flags, packets, bytes, connections a source, port: subtype, severity
        "6,   2,  1,    60,  1,  443, syn-flood,           HIGH",
        "17,  0,  1,    60,  1,  443, udp-flood,           HIGH",
        "6,  27, 12, 2_000,  6,   22, credential-stuffing, HIGH",
        "6,  27, 12, 2_000,  1,   22, many-clients,        MEDIUM",
        "6,  27, 12, 20_000, 6,   22, many-clients,        MEDIUM",
        "6,  27, 12, 2_000,  6,  443, many-clients,        MEDIUM",
        "17,  0, 90, 60_000, 6,  443, many-clients,        MEDIUM",
    })
    void anAttackIsNamedByItsShape(
            int protocol, int flags, int packets, String bytes, int each, int port, String subtype, Severity severity)
            throws Exception {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < 360; i++) {
            Flow flow = Flows.inbound(i / each, i, 1, port, Flows.T + i);
            flow.protocol = protocol;
            flow.tcpFlags = flags;
            flow.packets = packets;
            flow.bytes = Long.parseLong(bytes.replace("_", ""));
            flows.add(flow);
        }
        VolumetricRule rule = VolumetricRules.perService(info(), WINDOW, 50, 200, List.of(port), false);
        Finding finding = findings(rule, flows).get(0);
        assertThat(finding.measures).contains(new Finding.Measure("subtype", subtype));
        assertThat(finding.severity).isEqualTo(severity);
    }

    @Test
    void oneSourceThatMakesMostOfAFloodIsNoSpread() throws Exception {
        List<Flow> flows = flood(300, flow -> flow.tcpFlags = SYN);
        for (int i = 0; i < 3_000; i++) {
            Flow flow = Flows.inbound(1, i, 1, 25_565, Flows.T + i);
            flow.tcpFlags = SYN;
            flows.add(flow);
        }
        Finding finding = only(VolumetricRule.Per.HOST, UNASKED, List.of(), flows);
        assertThat(finding.measures).contains(new Finding.Measure("subtype", "many-clients"));
    }

    @Test
    void addressesOfOneNetworkOfIpv6AreOneSource() throws Exception {
        List<Flow> flows = flood(300, flow -> flow.tcpFlags = SYN);
        for (int i = 0; i < flows.size(); i++) {
            flows.get(i).srcHi = 0x20010db8_00000000L + i % 50;
            flows.get(i).srcLo = i;
        }
        assertThat(findings(VolumetricRule.Per.HOST, UNASKED, List.of(), flows)).isEmpty();
        flows.get(0).srcHi += 1_000;
        assertThat(only(VolumetricRule.Per.HOST, UNASKED, List.of(), flows).distinctSources).isEqualTo(51);
    }

    @Test
    void whatIsUsualForATargetIsNoAttackUntilItIsThreeTimesThat() throws Exception {
        VolumetricRule rule = VolumetricRules.with(
                VolumetricRules.perService(info(), WINDOW, 5, 50, List.of(443), false), VolumetricRules.WEEK);
        try (Phases phases = new Phases(rule, false, 2)) {
            // Of 2 016 windows in a week, 20 may be busier than usual.
            assertThat(foundIn(phases, 0, 40, 60)).isEqualTo(IntStream.range(0, 21).boxed().toList());
            assertThat(foundIn(phases, 40, 50, 150)).isEmpty();
            // By now 60 is what it has.
            assertThat(foundIn(phases, 50, 51, 180)).isEmpty();
            assertThat(foundIn(phases, 51, 52, 181)).containsExactly(51);
            phases.watermark(Flows.T + 52 * WINDOW + 7 * 24 * 3_600_000L);
            phases.assertForgotten();
            assertThat(foundIn(phases, 3_000, 3_001, 60)).containsExactly(3_000);
        }
    }

    @Test
    void anAttackDoesNotMakeTheNextOneUsual() throws Exception {
        VolumetricRule rule = VolumetricRules.with(
                VolumetricRules.perService(info(), WINDOW, 5, 50, List.of(443), true), VolumetricRules.WEEK);
        try (Phases phases = new Phases(rule, false, 2)) {
            assertThat(foundIn(phases, 0, 20, 300)).hasSize(20);
            assertThat(foundIn(phases, 100, 101, 60)).containsExactly(100);
            // What was found counts as the threshold that it crossed, not as much as it was.
            assertThat(foundIn(phases, 200, 220, 300)).hasSize(20);
        }
    }

    /** Sends so many connections in each window, and tells in which there was a finding. */
    private static List<Integer> foundIn(Phases phases, int from, int to, int connections) throws Exception {
        SplittableRandom random = new SplittableRandom(from);
        List<Integer> found = new ArrayList<>();
        for (int window = from; window < to; window++) {
            long startMs = Flows.T + window * WINDOW;
            for (int i = 0; i < connections; i++) {
                phases.send(Flows.inbound(i % 50, i, 1, 443, startMs + i), random);
            }
            int before = phases.candidates().size();
            phases.watermark(startMs + WINDOW - 1);
            if (phases.candidates().stream().skip(before).anyMatch(c -> c.signal == Candidate.Signal.SETTLED)) {
                found.add(window);
            }
        }
        return found;
    }

    /** As many sources as connections, of one packet each. */
    private static List<Flow> flood(int connections, Consumer<Flow> each) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Flow flow = Flows.inbound(i, 40_000 + i, 1, 25_565, Flows.T + i);
            each.accept(flow);
            flows.add(flow);
        }
        return flows;
    }

    private static List<Flow> answers(int count, int port) {
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            flows.add(udp(Flows.inbound(i, port, 1, 50_000 + i % 7, Flows.T + i)));
        }
        return flows;
    }

    private static Flow udp(Flow flow) {
        flow.protocol = 17;
        return flow;
    }

    private static Finding only(
            VolumetricRule.Per per, VolumetricCondition condition, List<Integer> reflectors, List<Flow> flows)
            throws Exception {
        List<Finding> findings = findings(per, condition, reflectors, flows);
        assertThat(findings).hasSize(1);
        return findings.get(0);
    }

    private static List<Finding> findings(
            VolumetricRule.Per per, VolumetricCondition condition, List<Integer> reflectors, List<Flow> flows)
            throws Exception {
        return findings(
                new VolumetricRule(info(), per, WINDOW, condition, null, List.of(), List.of(), reflectors, false), flows);
    }

    private static List<Finding> findings(VolumetricRule rule, List<Flow> flows) throws Exception {
        SplittableRandom random = new SplittableRandom(flows.size());
        List<Flow> shuffled = new ArrayList<>(flows);
        Flows.shuffle(shuffled, random);
        try (Phases phases = new Phases(rule, false, 3)) {
            for (Flow flow : shuffled) {
                assertThat(flow.direction).isIn(Direction.INBOUND, Direction.OUTBOUND);
                phases.send(flow, random);
                phases.sometimesFlush(random);
            }
            phases.watermark(Flows.T + WINDOW - 1);
            phases.assertForgotten();
            return phases.candidates().stream().map(candidate -> candidate.finding).toList();
        }
    }

    private static RuleInfo info() {
        return new RuleInfo("V", "Volumetric", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), 3_600_000, "");
    }
}
