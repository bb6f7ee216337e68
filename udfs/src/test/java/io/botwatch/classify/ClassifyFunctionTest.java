package io.botwatch.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.flow.Flows;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rules.RulesDocument;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class ClassifyFunctionTest {

    @Test
    void eachRecordGoesWhereItIsWantedAndIsCountedOnce() throws Exception {
        try (var harness = new OneInputStreamOperatorTestHarness<Decoded, Flow>(
                new ProcessOperator<>(new ClassifyFunction(RuleTimeline.always(RulesDocument.preset("enterprise")))))) {
            harness.setup(FlowSerializer.INSTANCE);
            harness.open();
            Flow beacon = Flows.outbound(1, 1, 4444, Flows.T);
            Flow attack = Flows.inbound(1, 50_000, 1, 443, Flows.T);
            Flow lateral = Flows.flow(Flows.internal(1), 50_000, Flows.internal(2), 445, Flows.T);
            Flow reply = Flows.flow(Flows.external(1), 443, Flows.internal(1), 50_000, Flows.T);
            for (Flow flow : List.of(beacon, attack, lateral, reply)) {
                Decoded decoded = new Decoded();
                decoded.flow.copyFrom(flow);
                harness.processElement(decoded.asFlow(), flow.startMs);
            }
            harness.processElement(new Decoded().asNotIp(), Long.MIN_VALUE);
            DeadLetter dead = DeadLetter.late("rule", beacon);
            harness.processElement(new Decoded().asDead(dead), Long.MIN_VALUE);

            assertThat(harness.extractOutputValues()).extracting(flow -> flow.dstPort).containsExactly(4444, 443);
            assertThat(side(harness, ClassifyFunction.COUNTED)).extracting(flow -> flow.srcLo)
                    .as("a reply is counted for those who look for replies that nobody asked for")
                    .containsExactly(beacon.srcLo, attack.srcLo, reply.srcLo);
            assertThat(side(harness, ClassifyFunction.DEAD)).containsExactly(dead);
            assertThat(Counted.by(harness, Tally.DECODED)).isEqualTo(4);
            assertThat(Counted.by(harness, Tally.REPLIES)).isEqualTo(1);
            assertThat(Counted.by(harness, Tally.UNROUTED)).isEqualTo(1);
            assertThat(Counted.by(harness, Tally.NOT_IP)).isEqualTo(1);
            assertThat(Counted.by(harness, Tally.DEAD + "_late")).isEqualTo(1);
        }
    }

    private static <T> List<T> side(OneInputStreamOperatorTestHarness<Decoded, Flow> harness, OutputTag<T> tag) {
        return harness.getSideOutput(tag).stream().map(record -> record.getValue()).toList();
    }
}
