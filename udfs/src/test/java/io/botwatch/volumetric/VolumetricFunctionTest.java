package io.botwatch.volumetric;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.rule.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.flow.Verdict;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleSubject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Both phases together: several combiners, one decision. */
class VolumetricFunctionTest {
    private static final long WINDOW = 300_000;
    private static final List<Integer> PORTS = List.of(80, 443, 22);

    /** As an unaligned checkpoint may hold one, from which other rules are started. */
    @Test
    void aPartialOfARuleThatDoesNotRunIsPassedOver() throws Exception {
        VolumetricPartial partial = new VolumetricPartial();
        partial.rule = 7;
        try (var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new VolumetricFunction(RuleSets.always(), false)),
                VolumetricPartial::subject,
                RuleSubject.Serializer.TYPE)) {
            harness.setup(CandidateSerializer.INSTANCE);
            harness.open();
            harness.processElement(partial, 0);
            harness.processWatermark(Long.MAX_VALUE);
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void bothThresholdsAreStrictHoweverRecordsAreSpread() throws Exception {
        for (long seed = 0; seed < 24; seed++) {
            for (boolean records : new boolean[] {true, false}) {
                // As many as 500 distinct connections are an estimate; records are exact whatever their number.
                int connections = records ? 500 : 300;
                assertThat(findings(seed, records, 50, connections, connections + 1)).as("seed %d", seed).isEmpty();
                assertThat(findings(seed, records, 51, connections, connections)).as("seed %d", seed).isEmpty();
                assertThat(findings(seed, records, 51, connections, connections + 1)).as("seed %d", seed).hasSize(1);
            }
        }
    }

    /** The candidates that are no early ones, of an attack of so many sources and distinct connections. */
    private static List<Candidate> findings(
            long seed, boolean records, int sources, int threshold, int connections) throws Exception {
        VolumetricRule rule = VolumetricRules.perService(info(), WINDOW, 50, threshold, PORTS, !records);
        SplittableRandom random = new SplittableRandom(seed);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            flows.add(Flows.inbound(i % sources, i, 1, 443, Flows.T + random.nextLong(WINDOW)));
        }
        Flows.shuffle(flows, random);
        try (Phases phases = new Phases(rule, records, random.nextInt(1, 9))) {
            for (Flow flow : flows) {
                phases.send(flow, random);
                phases.sometimesFlush(random);
            }
            phases.watermark(Flows.T + WINDOW - 1);
            List<Candidate> candidates = phases.candidates();
            long early = candidates.stream().filter(c -> c.signal == Candidate.Signal.EARLY).count();
            assertThat(early).as("seed %d: early reports", seed).isLessThanOrEqualTo(records ? 0 : 1);
            candidates.removeIf(c -> c.signal == Candidate.Signal.EARLY);
            for (Candidate candidate : candidates) {
                assertThat(candidate.signal).isEqualTo(records ? Candidate.Signal.ONCE : Candidate.Signal.SETTLED);
                assertThat(candidate.finding.connections).isEqualTo(connections);
                assertThat(candidate.finding.distinctSources).isEqualTo(sources);
                assertThat(candidate.finding.episodeMs).isEqualTo(Flows.T);
                assertThat(candidate.finding.samples).hasSize(20);
            }
            phases.assertForgotten();
            return candidates;
        }
    }

    @Test
    void randomTrafficGivesWhatCountingRecordsByHandGives() throws Exception {
        int found = 0;
        for (long seed = 100; seed < 130; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            VolumetricRule rule = VolumetricRules.perService(info(), WINDOW, 5, 40, PORTS, false);
            Map<String, Integer> counts = new TreeMap<>();
            Map<String, Set<Long>> sources = new HashMap<>();
            try (Phases phases = new Phases(rule, true, random.nextInt(1, 9))) {
                for (int i = 0; i < 5_000; i++) {
                    Flow flow = Flows.inbound(
                            random.nextInt(1, 9),
                            random.nextInt(65_536),
                            random.nextInt(4),
                            List.of(80, 443, 22, 23).get(random.nextInt(4)),
                            Flows.T + random.nextLong(5 * WINDOW));
                    flow.verdict = Verdict.values()[random.nextInt(3)];
                    if (flow.verdict != Verdict.DENIED && flow.dstPort != 23) {
                        String key = (flow.startMs - Flows.T) / WINDOW + " " + flow.dstLo + " " + flow.dstPort;
                        counts.merge(key, 1, Integer::sum);
                        sources.computeIfAbsent(key, k -> new HashSet<>()).add(flow.srcLo);
                    }
                    phases.send(flow, random);
                    phases.sometimesFlush(random);
                }
                phases.watermark(Flows.T + 5 * WINDOW);
                List<String> expected = new ArrayList<>();
                counts.forEach((key, count) -> {
                    if (count > 40 && sources.get(key).size() > 5) {
                        expected.add(key + ": " + count + " of " + sources.get(key).size());
                    }
                });
                assertThat(phases.candidates())
                        .as("seed %d", seed)
                        .extracting(c -> (c.finding.episodeMs - Flows.T) / WINDOW + " " + c.finding.dst.lo + " "
                                + c.finding.dstPort + ": " + c.finding.connections + " of " + c.finding.distinctSources)
                        .containsExactlyInAnyOrderElementsOf(expected);
                phases.assertForgotten();
                found += expected.size();
            }
        }
        assertThat(found).isGreaterThan(100);
    }

    @Test
    void anAttackIsReportedAtTheCrossingAndOnceMoreAtTheWindowsEnd() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        try (Phases phases = new Phases(rule(true), false, 2)) {
            phases.watermark(Flows.T - 1);
            for (int i = 0; i < 2_000; i++) {
                phases.send(Flows.inbound(i % 60, i, 1, 443, Flows.T + i), random);
                phases.flush();
                if (i == 500) {
                    assertThat(phases.candidates()).extracting(c -> c.signal).containsExactly(Candidate.Signal.EARLY);
                    assertThat(phases.candidates().get(0).finding.connections).isEqualTo(501);
                } else if (i == 499) {
                    assertThat(phases.candidates()).isEmpty();
                }
            }
            phases.watermark(Flows.T + WINDOW - 2);
            assertThat(phases.candidates()).hasSize(1);
            phases.watermark(Flows.T + WINDOW - 1);
            List<Candidate> candidates = phases.candidates();
            assertThat(candidates).extracting(c -> c.signal)
                    .containsExactly(Candidate.Signal.EARLY, Candidate.Signal.SETTLED);
            assertThat(candidates.get(1).finding.connections).isBetween(1_900L, 2_100L);
            assertThat(candidates.get(1).finding.episodeMs).isEqualTo(candidates.get(0).finding.episodeMs);
        }
    }

    @Test
    void aCrossingAheadOfTheWatermarkIsReportedOnceEveryEarlierWindowHasSettled() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        try (Phases phases = new Phases(rule(true), false, 2)) {
            // A replay holds two windows at once, and the later one is the first to arrive.
            for (long start : new long[] {Flows.T + WINDOW, Flows.T}) {
                for (int i = 0; i < 600; i++) {
                    phases.send(Flows.inbound(i % 60, i, 1, 443, start + i), random);
                }
                phases.flush();
            }
            assertThat(phases.candidates()).isEmpty();
            phases.watermark(Flows.T - 1);
            phases.watermark(Flows.T + WINDOW - 1);
            phases.watermark(Flows.T + 2 * WINDOW - 1);
            assertThat(phases.candidates())
                    .extracting(c -> c.signal + " " + (c.finding.episodeMs - Flows.T) / WINDOW)
                    .containsExactly("EARLY 0", "SETTLED 0", "EARLY 1", "SETTLED 1");
        }
    }

    @Test
    void copiesOfARecordAreOneConnectionUnlessRecordsCount() throws Exception {
        for (boolean records : new boolean[] {true, false}) {
            SplittableRandom random = new SplittableRandom(1);
            try (Phases phases = new Phases(rule(false), records, 4)) {
                for (int i = 0; i < 600; i++) {
                    phases.send(Flows.inbound(i % 100, 7, 1, 443, Flows.T + i), random);
                }
                phases.watermark(Flows.T + WINDOW);
                assertThat(phases.candidates()).hasSize(records ? 1 : 0);
            }
        }
    }

    @Test
    void aLatePartialIsCountedByItsRecords() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        try (Phases phases = new Phases(rule(true), false, 1)) {
            for (int i = 0; i < 30; i++) {
                phases.send(Flows.inbound(i, i, 1, 443, Flows.T + i), random);
            }
            // The decision has come further than this combiner knows, as when it reads the slowest partition.
            phases.global.processWatermark(Flows.T + WINDOW - 1);
            phases.flush();
            assertThat(Counted.by(phases.global, Tally.LATE_VOLUMETRIC)).isEqualTo(30);
            assertThat(phases.candidates()).isEmpty();
            phases.assertForgotten();
        }
    }

    @Test
    void whatWasFlushedBeforeACheckpointSurvivesARestore() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        OperatorSubtaskState state;
        try (Phases phases = new Phases(rule(true), false, 3)) {
            for (int i = 0; i < 300; i++) {
                phases.send(Flows.inbound(i % 60, i, 1, 443, Flows.T + i), random);
            }
            phases.flush();
            for (int i = 300; i < 400; i++) {
                phases.send(Flows.inbound(i % 60, i, 1, 443, Flows.T + i), random);
            }
            // Combiners have no state: what they hold leaves before the barrier.
            phases.beforeBarrier();
            state = phases.global.snapshot(1, 1);
        }
        try (Phases phases = new Phases(rule(true), false, 3, state)) {
            for (int i = 400; i < 501; i++) {
                phases.send(Flows.inbound(i % 60, i, 1, 443, Flows.T + i), random);
            }
            phases.watermark(Flows.T + WINDOW - 1);
            assertThat(phases.candidates()).extracting(c -> c.signal + " " + c.finding.connections)
                    .last().isEqualTo("SETTLED 501");
        }
    }

    @Test
    void anEarlyReportIsNotRepeatedAfterARestore() throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        OperatorSubtaskState state;
        try (Phases phases = new Phases(rule(true), false, 1)) {
            phases.watermark(Flows.T - 1);
            for (int i = 0; i < 501; i++) {
                phases.send(Flows.inbound(i % 60, i, 1, 443, Flows.T + i), random);
            }
            phases.flush();
            assertThat(phases.candidates()).hasSize(1);
            state = phases.global.snapshot(1, 1);
        }
        try (Phases phases = new Phases(rule(true), false, 1, state)) {
            phases.send(Flows.inbound(1, 9_999, 1, 443, Flows.T + 1), random);
            phases.flush();
            assertThat(phases.candidates()).isEmpty();
            phases.watermark(Flows.T + WINDOW - 1);
            assertThat(phases.candidates()).extracting(c -> c.signal).containsExactly(Candidate.Signal.SETTLED);
        }
    }

    private static RuleInfo info() {
        return new RuleInfo("V", "Volumetric", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), 3_600_000, "");
    }

    private static VolumetricRule rule(boolean early) {
        return VolumetricRules.perService(info(), WINDOW, 50, 500, PORTS, early);
    }
}
