package io.botwatch.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flows;
import io.botwatch.rule.RuleSets;
import io.botwatch.wire.RecordType;
import java.util.List;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** A control topic will be a broadcast input of operators that have none today; their state must survive that. */
class LaterBroadcastInputTest {
    private static final String STORY = "R|story";

    @Test
    void keyedStateAndTimersOfTheLifecycleAreRestoredByAnOperatorWithABroadcastInput() throws Exception {
        OperatorSubtaskState state;
        try (var before = new KeyedOneInputStreamOperatorTestHarness<String, Candidate, Finding>(
                new KeyedProcessOperator<>(new LifecycleFunction(RuleSets.of(), "tenant")), candidate -> candidate.storyKey, Types.STRING)) {
            before.setup(FindingSerializer.INSTANCE);
            before.open();
            before.processElement(candidate(), Flows.T - 1);
            state = before.snapshot(1, 1);
        }
        try (var after = new KeyedTwoInputStreamOperatorTestHarness<String, Candidate, String, String>(
                new CoBroadcastWithKeyedOperator<>(
                        new Later(), List.of(new MapStateDescriptor<>("rules", Types.STRING, Types.STRING))),
                candidate -> candidate.storyKey,
                rules -> STORY,
                Types.STRING)) {
            after.initializeState(state);
            after.open();
            after.processElement1(candidate(), Flows.T);
            after.processWatermark1(new Watermark(Long.MAX_VALUE));
            after.processWatermark2(new Watermark(Long.MAX_VALUE));
            assertThat(after.extractOutputValues()).containsExactly("story of 12 connections", "timer");
        }
    }

    private static Candidate candidate() {
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = "R";
        finding.severity = Severity.LOW;
        finding.timeMs = Flows.T;
        finding.connections = 12;
        return new Candidate(Candidate.Signal.HOLDS, STORY, Address.parse("203.0.113.7"), 0, finding);
    }

    /** Tells what it finds in state. */
    private static final class Later extends KeyedBroadcastProcessFunction<String, Candidate, String, String> {
        @Override
        public void processElement(Candidate candidate, ReadOnlyContext context, Collector<String> out) throws Exception {
            Story story = getRuntimeContext()
                    .getState(new ValueStateDescriptor<>("story", RecordType.of(Story.class, Story.Serializer.INSTANCE)))
                    .value();
            out.collect(story == null ? "nothing" : "story of " + story.now.connections + " connections");
        }

        @Override
        public void processBroadcastElement(String rules, Context context, Collector<String> out) {}

        @Override
        public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) {
            out.collect("timer");
        }
    }
}
