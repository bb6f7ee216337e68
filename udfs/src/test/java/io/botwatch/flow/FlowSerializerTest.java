package io.botwatch.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class FlowSerializerTest {

    @Test
    void whatIsWrittenIsReadIntoANewOrAUsedFlow() throws IOException {
        Flow used = new Flow();
        for (long seed = 0; seed < 5_000; seed++) {
            Flow flow = Flows.random(new SplittableRandom(seed));
            DataOutputSerializer out = new DataOutputSerializer(64);
            FlowSerializer.INSTANCE.serialize(flow, out);
            byte[] bytes = out.getCopyOfBuffer();
            assertThat(FlowSerializer.INSTANCE.deserialize(new DataInputDeserializer(bytes))).as("seed %d", seed).isEqualTo(flow);
            used = FlowSerializer.INSTANCE.deserialize(used, new DataInputDeserializer(bytes));
            assertThat(used).as("seed %d, reused", seed).isEqualTo(flow);
            DataOutputSerializer copied = new DataOutputSerializer(64);
            FlowSerializer.INSTANCE.copy(new DataInputDeserializer(bytes), copied);
            assertThat(copied.getCopyOfBuffer()).isEqualTo(bytes);
        }
    }

    @Test
    void aCopyIsEqualAndItsOwn() {
        for (long seed = 0; seed < 1_000; seed++) {
            Flow flow = Flows.random(new SplittableRandom(seed));
            Flow copy = FlowSerializer.INSTANCE.copy(flow);
            assertThat(copy).as("seed %d", seed).isEqualTo(flow).isNotSameAs(flow).hasSameHashCodeAs(flow);
            flow.routes ^= 1;
            assertThat(copy).isNotEqualTo(flow);
        }
    }

    @Test
    void aPlainFlowOverIpv4TakesLittle() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        FlowSerializer.INSTANCE.serialize(Flows.outbound(1, 1, 443, Flows.T), out);
        assertThat(out.length()).isLessThanOrEqualTo(35);
    }

    @Test
    void aClearedFlowIsANewOne() {
        Flow flow = Flows.random(new SplittableRandom(7));
        flow.clear();
        assertThat(flow).isEqualTo(new Flow());
    }

    @Test
    void aNewerVersionIsRefusedInWords() {
        byte[] newer = new byte[100];
        newer[0] = 3;
        assertThatThrownBy(() -> FlowSerializer.INSTANCE.deserialize(new DataInputDeserializer(newer)))
                .isInstanceOf(IOException.class)
                .hasMessage("FlowSerializer read version 3, this build knows 1 to 2:"
                        + " the state or stream was written by a newer release");
    }
}
