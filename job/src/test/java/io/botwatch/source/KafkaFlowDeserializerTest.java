package io.botwatch.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Joining;
import io.botwatch.ingest.Sampling;
import io.botwatch.ingest.Treatment;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class KafkaFlowDeserializerTest {
    private static final String FLOW = "{\"time_flow_start_ns\":1767571200000000000,\"bytes\":100,\"packets\":1,\"src_addr\":"
            + "\"10.0.0.1\",\"dst_addr\":\"203.0.113.7\",\"proto\":\"TCP\",\"sampler_address\":\"192.0.2.1\"}";

    private final Sampling sampling = new Sampling(1, Map.of(Address.parse("192.0.2.1"), 50), Map.of());

    private List<Decoded> deserialize(String value, String replayed) {
        KafkaFlowDeserializer deserializer =
                new KafkaFlowDeserializer(
                        InputFormat.of(FlowFormat.GOFLOW2_JSON, ZoneOffset.UTC), TimeRange.ALL, new Treatment(sampling, Joining.AUTO), null);
        RecordHeaders headers = new RecordHeaders();
        if (replayed != null) {
            headers.add("replayed", replayed.getBytes(StandardCharsets.US_ASCII));
        }
        List<Decoded> all = new ArrayList<>();
        deserializer.deserialize(
                new ConsumerRecord<>(
                        "flows", 3, 77, 0L, TimestampType.CREATE_TIME, 0, 0, null,
                        value.getBytes(StandardCharsets.US_ASCII), headers, Optional.empty()),
                new Collector<>() {
                    @Override
                    public void collect(Decoded decoded) {
                        all.add(DecodedSerializer.INSTANCE.copy(decoded));
                    }

                    @Override
                    public void close() {
                        // Nothing is open.
                    }
                });
        return all;
    }

    @Test
    void aFlowOfASampledExporterIsScaled() {
        assertThat(deserialize(FLOW, null)).singleElement().satisfies(decoded -> {
            assertThat(decoded.flow.bytes).isEqualTo(5_000);
            assertThat(decoded.flow.samplingRate).isEqualTo(50);
        });
    }

    @Test
    void aDeadLetterNamesItsPlaceAndHowOftenItsRecordWasFedAgain() {
        for (int times = 0; times < 3; times++) {
            int replayed = times;
            assertThat(deserialize("rubbish", times == 0 ? null : Integer.toString(times))).singleElement().satisfies(decoded -> {
                assertThat(decoded.dead.source()).isEqualTo("flows-3");
                assertThat(decoded.dead.position()).isEqualTo(77);
                assertThat(decoded.dead.replayed()).isEqualTo(replayed);
            });
        }
        assertThat(deserialize(FLOW, "1")).as("a record that is decoded now").singleElement().matches(Decoded::isFlow);
    }
}
