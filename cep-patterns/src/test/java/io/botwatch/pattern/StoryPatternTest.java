package io.botwatch.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.lifecycle.LifecycleFunction;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flows;
import io.botwatch.rule.RuleInfo;
import io.botwatch.story.StoryGateFunction;
import io.botwatch.story.StoryRule;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StoryPatternTest {
    @RegisterExtension
    static final MiniClusterExtension CLUSTER = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(2)
            .build());

    private static final long HOUR = 3_600_000;
    private static final StoryRule RULE = new StoryRule(
            new RuleInfo("STORY", "A story", RuleInfo.Mode.ACTIVE, Severity.CRITICAL, List.of(), HOUR, ""),
            24 * HOUR,
            List.of(Finding.Type.BEACON, Finding.Type.IRC),
            List.of(Finding.Type.SPAM, Finding.Type.SPREADER),
            Severity.MEDIUM);

    @Test
    void controlAndActionOfOneHostAreAStoryInEitherOrder() throws Exception {
        Finding beacon = finding(1, Finding.Type.BEACON, Severity.HIGH, 0);
        Finding spam = finding(1, Finding.Type.SPAM, Severity.MEDIUM, 24 * HOUR);
        assertThat(stories(beacon, spam)).singleElement().satisfies(story -> {
            assertThat(story.severity).isEqualTo(Severity.CRITICAL);
            assertThat(story.src).isEqualTo(beacon.src);
            assertThat(story.message).contains(beacon.message, spam.message);
            assertThat(story.measures)
                    .contains(
                            new Finding.Measure("control_finding", beacon.uid.toString()),
                            new Finding.Measure("action_finding", spam.uid.toString()));
        });

        Finding later = finding(1, Finding.Type.BEACON, Severity.HIGH, 2 * HOUR);
        Finding earlier = finding(1, Finding.Type.SPAM, Severity.MEDIUM, HOUR);
        assertThat(stories(earlier, later)).singleElement().satisfies(story -> assertThat(story.message)
                .contains(later.message + " And: " + earlier.message));
    }

    @Test
    void noStoryWithoutBothSidesOnOneHostInTimeAndOfWeight() throws Exception {
        assertThat(stories(
                        finding(1, Finding.Type.BEACON, Severity.HIGH, 0), finding(1, Finding.Type.IRC, Severity.HIGH, HOUR)))
                .as("one side")
                .isEmpty();
        assertThat(stories(
                        finding(1, Finding.Type.BEACON, Severity.HIGH, 0), finding(2, Finding.Type.SPAM, Severity.HIGH, HOUR)))
                .as("two hosts")
                .isEmpty();
        assertThat(stories(
                        finding(1, Finding.Type.BEACON, Severity.HIGH, 0),
                        finding(1, Finding.Type.SPAM, Severity.HIGH, 24 * HOUR + 1)))
                .as("a millisecond too late")
                .isEmpty();
        assertThat(stories(
                        finding(1, Finding.Type.BEACON, Severity.LOW, 0), finding(1, Finding.Type.SPAM, Severity.HIGH, HOUR)))
                .as("too light")
                .isEmpty();
    }

    @Test
    void aHostOfWhichMuchIsFoundMakesFewMatches() throws Exception {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            findings.add(finding(1, i % 2 == 0 ? Finding.Type.BEACON : Finding.Type.SPAM, Severity.HIGH, i * 3_600L));
        }
        // Two hours of findings: one a side and hour, each held against those of the other side.
        assertThat(stories(findings.toArray(Finding[]::new))).hasSizeBetween(1, 4);
    }

    /** It is behind the watermark, or ahead of it, as the input happened to arrive: with it a story would be the one or the other. */
    @Test
    void whatIsToldBecauseTheInputEndsIsNoPartOfAStory() throws Exception {
        try (var gate = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new StoryGateFunction(RULE)), Finding::host, AddressSerializer.TYPE)) {
            gate.open();
            Finding before = finding(1, Finding.Type.BEACON, Severity.HIGH, 0);
            gate.processElement(before, before.timeMs);
            gate.processElement(finding(1, Finding.Type.SPAM, Severity.HIGH, HOUR), LifecycleFunction.END_OF_INPUT);
            gate.processWatermark(Long.MAX_VALUE);
            assertThat(gate.extractOutputValues()).extracting(finding -> finding.uid).containsExactly(before.uid);
        }
    }

    private static Finding finding(int host, Finding.Type type, Severity severity, long afterMs) {
        Finding finding = new Finding();
        finding.type = type;
        finding.activity = Finding.Activity.CREATE;
        finding.ruleId = type.label();
        finding.ruleTitle = type.label();
        finding.severity = severity;
        finding.src = new Address(0, Flows.internal(host));
        finding.timeMs = finding.episodeMs = finding.firstSeenMs = finding.lastSeenMs = Flows.T + afterMs;
        finding.uid = new UUID(type.ordinal(), afterMs);
        finding.message = type + " at " + afterMs + ".";
        return finding;
    }

    private static List<Finding> stories(Finding... findings) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(2);
        SingleOutputStreamOperator<Finding> few = env.fromData(List.of(findings), FindingSerializer.TYPE)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Finding>forMonotonousTimestamps()
                        .withTimestampAssigner((finding, before) -> finding.timeMs))
                .filter(finding -> RULE.side(finding) != null)
                .keyBy(Finding::host, AddressSerializer.TYPE)
                .process(new StoryGateFunction(RULE))
                .returns(FindingSerializer.TYPE);
        List<Finding> stories = new ArrayList<>();
        try (CloseableIterator<Candidate> each =
                StoryPattern.stories(few.keyBy(Finding::host, AddressSerializer.TYPE), RULE).executeAndCollect()) {
            each.forEachRemaining(candidate -> stories.add(candidate.finding));
        }
        return stories;
    }
}
