package io.botwatch.longconnection;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.network.Roles;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleTimeline;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongConnectionFunctionTest {
    private static final long HOUR = 3_600_000;
    private static final LongConnectionRule RULE = new LongConnectionRule(
            new RuleInfo("L", "Long", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), HOUR, ""),
            HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, List.of(53), NetworkSet.NONE, List.of(), List.of(Role.BACKUP));

    @ParameterizedTest
    @CsvSource({"3599999,", "3600000, LOW", "14400000, MEDIUM", "28800000, HIGH", "43199999, HIGH", "43200000, CRITICAL"})
    void theSeverityGrowsWithTheDuration(long durationMs, Severity severity) throws Exception {
        assertThat(judged(Flows.outbound(1, 1, 8443, Flows.T), durationMs, Roles.NONE))
                .extracting(candidate -> candidate.finding.severity)
                .isEqualTo(severity == null ? List.of() : List.of(severity));
    }

    @Test
    void onlyWhatGoesOutAndIsNotLeftOutIsJudged() throws Exception {
        assertThat(judged(Flows.inbound(1, 50_000, 1, 22, Flows.T), 20 * HOUR, Roles.NONE)).isEmpty();
        assertThat(judged(Flows.outbound(1, 1, 53, Flows.T), 20 * HOUR, Roles.NONE)).isEmpty();
        Roles backup = new Roles(Map.of(Role.BACKUP, NetworkSet.of(List.of(Network.parse("198.18.0.0/15")))));
        assertThat(judged(Flows.outbound(1, 1, 8443, Flows.T), 20 * HOUR, backup)).isEmpty();
    }

    @Test
    void reportsOfOneConnectionAreOneStory() throws Exception {
        Flow first = Flows.outbound(1, 1, 8443, Flows.T);
        Candidate early = judged(first, 2 * HOUR, Roles.NONE).get(0);
        Candidate later = judged(first, 9 * HOUR, Roles.NONE).get(0);
        assertThat(later.storyKey).isEqualTo(early.storyKey);
        assertThat(later.finding.episodeMs).isEqualTo(early.finding.episodeMs);
        Candidate other = judged(Flows.outbound(1, 1, 8443, Flows.T + 1), 2 * HOUR, Roles.NONE).get(0);
        assertThat(other.storyKey).isNotEqualTo(early.storyKey);
    }

    private static List<Candidate> judged(Flow total, long durationMs, Roles roles) throws Exception {
        total.endMs = total.startMs + durationMs;
        try (var harness = new OneInputStreamOperatorTestHarness<Flow, Candidate>(
                new ProcessOperator<>(new LongConnectionFunction(RuleTimeline.always(RuleSets.of(roles, RULE)))))) {
            harness.setup(CandidateSerializer.INSTANCE);
            harness.open();
            harness.processElement(total, total.startMs);
            return harness.extractOutputValues();
        }
    }
}
