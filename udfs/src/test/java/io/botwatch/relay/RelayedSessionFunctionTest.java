package io.botwatch.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.network.NetworkSet;
import io.botwatch.rule.RuleInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Relayed sessions against a join by brute force. */
class RelayedSessionFunctionTest {
    private static final long W = 300_000;

    @Test
    void theSessionsAreThoseOfABruteForceJoinWhateverComesFirst() throws Exception {
        long together = 0;
        long apart = 0;
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Flow> totals = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                totals.add(total(random, i % 2 == 0));
            }
            List<String> expected = join(totals);
            Flows.shuffle(totals, random);
            try (var harness = harness()) {
                for (Flow total : totals) {
                    harness.processElement(total, total.startMs);
                }
                List<RelayedSession> sessions = harness.extractOutputValues();
                assertThat(sessions.stream().map(RelayedSessionFunctionTest::text).sorted().toList())
                        .as("seed %d", seed)
                        .isEqualTo(expected);
                together += sessions.stream().filter(RelayedSession::together).count();
                apart += sessions.size();
                harness.processWatermark(Flows.T + 24 * 3_600_000L);
                assertThat(harness.numKeyedStateEntries()).as("seed %d: state", seed).isZero();
                assertThat(harness.numEventTimeTimers()).as("seed %d: timers", seed).isZero();
            }
        }
        assertThat(together).isGreaterThan(100);
        assertThat(apart - together).isGreaterThan(100);
    }

    /** Few sizes and ends, so that many match, and some just do not. */
    private static Flow total(SplittableRandom random, boolean inbound) {
        Flow flow = inbound
                ? Flows.inbound(random.nextInt(4), 50_000, 1, 8080, Flows.T + random.nextLong(400_000))
                : Flows.outbound(1, random.nextInt(4), 9_000 + random.nextInt(3), Flows.T + random.nextLong(400_000));
        flow.direction = inbound ? Direction.INBOUND : Direction.OUTBOUND;
        flow.endMs = Flows.T + 400_000 + random.nextLong(60_000);
        flow.bytes = 8_000 + random.nextInt(4) * 1_000;
        flow.reverseBytes = 80_000 + random.nextInt(4) * 10_000;
        return flow;
    }

    private static List<String> join(List<Flow> totals) {
        List<String> sessions = new ArrayList<>();
        for (Flow in : totals) {
            for (Flow out : totals) {
                long delayMs = out.startMs - in.startMs;
                long apartMs = Math.abs(out.endMs - in.endMs);
                if (in.direction == Direction.INBOUND
                        && out.direction == Direction.OUTBOUND
                        && in.srcLo != out.dstLo
                        && delayMs >= 0
                        && delayMs <= W
                        && apartMs <= 10_000
                        && within(in.bytes, out.bytes)
                        && within(in.reverseBytes, out.reverseBytes)) {
                    sessions.add(in.startMs + " " + out.startMs + " " + out.dstPort + " " + (apartMs <= 5_000));
                }
            }
        }
        return sessions.stream().sorted().toList();
    }

    private static boolean within(long a, long b) {
        return Math.abs(a - b) <= 0.2 * Math.max(a, b);
    }

    private static String text(RelayedSession session) {
        return session.inMs() + " " + session.outMs() + " " + session.port() + " " + session.together();
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, Flow, RelayedSession> harness() throws Exception {
        RuleInfo info = new RuleInfo("R", "Relay", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of(), 0, "");
        RelayRule rule = new RelayRule(
                info, W, List.of(), NetworkSet.NONE, 1_000, true, RelayRule.Engine.CEP, List.of());
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new RelayedSessionFunction(rule)), RelayTraffic::host, AddressSerializer.TYPE);
        harness.setup(RelayedSession.Serializer.INSTANCE);
        harness.open();
        return harness;
    }
}
