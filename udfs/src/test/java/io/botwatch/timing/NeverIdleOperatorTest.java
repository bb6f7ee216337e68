package io.botwatch.timing;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class NeverIdleOperatorTest {
    @Test
    void allButTheNewsOfIdlenessPasses() throws Exception {
        try (OneInputStreamOperatorTestHarness<String, String> harness =
                new OneInputStreamOperatorTestHarness<>(new NeverIdleOperator<>())) {
            harness.open();
            StreamRecord<String> record = new StreamRecord<>("a", 1);
            harness.processElement(record);
            harness.processWatermark(new Watermark(2));
            harness.processWatermarkStatus(WatermarkStatus.IDLE);
            harness.processWatermarkStatus(WatermarkStatus.ACTIVE);
            harness.processWatermark(new Watermark(3));
            assertThat(harness.getOutput()).containsExactly(record, new Watermark(2), new Watermark(3));
        }
    }
}
