package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class DeadLetterCapTest {

    @Test
    void inEachMinuteTheFirstOfEachReasonPassAndTheOthersAreCounted() throws Exception {
        try (var harness = harness(DeadLetterCap.perMinute(3))) {
            harness.setProcessingTime(60_000);
            flood(harness, Reason.MALFORMED, 10);
            flood(harness, Reason.BAD_TIME, 2);
            harness.setProcessingTime(119_999);
            flood(harness, Reason.MALFORMED, 5);
            assertThat(reasons(harness)).containsExactly(
                    Reason.MALFORMED, Reason.MALFORMED, Reason.MALFORMED, Reason.BAD_TIME, Reason.BAD_TIME);
            assertThat(Counted.by(harness, Tally.SUPPRESSED)).isEqualTo(12);

            harness.setProcessingTime(120_000);
            flood(harness, Reason.MALFORMED, 4);
            assertThat(reasons(harness)).hasSize(8);
            assertThat(Counted.by(harness, Tally.SUPPRESSED)).isEqualTo(13);
        }
    }

    @Test
    void inTotalTheClockGivesNoNewAllowance() throws Exception {
        try (var harness = harness(DeadLetterCap.inTotal(3))) {
            for (long now = 0; now < 10 * 60_000; now += 60_000) {
                harness.setProcessingTime(now);
                flood(harness, Reason.MALFORMED, 1);
            }
            assertThat(reasons(harness)).hasSize(3);
            assertThat(Counted.by(harness, Tally.SUPPRESSED)).isEqualTo(7);
        }
    }

    @Test
    void aLimitOf0LetsNonePass() throws Exception {
        try (var harness = harness(DeadLetterCap.perMinute(0))) {
            flood(harness, Reason.LATE, 1_000);
            assertThat(reasons(harness)).isEmpty();
            assertThat(Counted.by(harness, Tally.SUPPRESSED)).isEqualTo(1_000);
        }
    }

    private static OneInputStreamOperatorTestHarness<DeadLetter, DeadLetter> harness(DeadLetterCap cap) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<DeadLetter, DeadLetter>(new ProcessOperator<>(cap));
        harness.setup(DeadLetterSerializer.INSTANCE);
        harness.open();
        return harness;
    }

    private static void flood(
            OneInputStreamOperatorTestHarness<DeadLetter, DeadLetter> harness, Reason reason, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            harness.processElement(
                    DeadLetter.of(new byte[1], 0, 1, "flows-0", i, new UndecodableException(reason, "x")), Long.MIN_VALUE);
        }
    }

    private static List<Reason> reasons(OneInputStreamOperatorTestHarness<DeadLetter, DeadLetter> harness) {
        return harness.extractOutputValues().stream().map(DeadLetter::reason).toList();
    }
}
