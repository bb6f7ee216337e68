package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder.Outcome;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetObservJsonDecoderTest {
    private static final String RECORD = "{\n  \"AgentIP\": \"10.0.1.76\",\n  \"Bytes\": 561,\n  \"Dscp\": 20,\n  \"DstAddr\": \"2001:db8::80\",\n"
            + "  \"DstPort\": 9999,\n  \"Duplicate\": false,\n  \"Etype\": 34525,\n  \"Flags\": 16,\n  \"FlowDirection\": 0,\n"
            + "  \"Interface\": \"ens5\",\n  \"K8S_FlowLayer\": \"infra\",\n  \"Packets\": 3,\n  \"Proto\": 6,\n  \"Sampling\": 50,\n"
            + "  \"SrcAddr\": \"2001:db8::7\",\n  \"SrcPort\": 46934,\n  \"TimeFlowEndMs\": 1709741962511,\n"
            + "  \"TimeFlowStartMs\": 1709741962111,\n  \"TimeReceived\": 1709741964,\n  \"_RecordType\": \"flowLog\"\n}";
    private final NetObservJsonDecoder decoder = new NetObservJsonDecoder();

    @Test
    void aFlowLogIsAOneWayFlow() throws Exception {
        Flow flow = flow(decoder, RECORD);
        assertThat(src(flow)).isEqualTo("2001:db8::7 46934");
        assertThat(dst(flow)).isEqualTo("2001:db8::80 9999");
        assertThat(exporter(flow)).isEqualTo("10.0.1.76");
        assertThat(flow.startMs).isEqualTo(1709741962111L);
        assertThat(flow.endMs).isEqualTo(1709741962511L);
        assertThat(flow.exportedMs).isEqualTo(1709741964000L);
        assertThat(flow.bytes).isEqualTo(561);
        assertThat(flow.packets).isEqualTo(3);
        assertThat(flow.samplingRate).isEqualTo(50);
        assertThat(flow.biflow).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "16 | 16", "256 | 18", "258 | 18", "512 | 17", "1024 | 20", "1810 | 23", "'[\"SYN\",\"SYN_ACK\",\"PSH\"]' | 26", "[] | 0", "'\"x\"' | 0"
    })
    void packetsWithAckHaveBitsAndNamesOfTheirOwn(String written, int flags) throws Exception {
        assertThat(flow(decoder, RECORD.replace("\"Flags\": 16", "\"Flags\": " + written)).tcpFlags).isEqualTo(flags);
    }

    @ParameterizedTest
    @ValueSource(strings = {"newConnection", "heartbeat", "endConnection", "allConnections", ""})
    void recordsOfConversationsRepeatFlowLogsAndAreFraming(String type) throws Exception {
        assertThat(outcome(decoder, RECORD.replace("flowLog", type))).isEqualTo(Outcome.FRAMING);
    }

    @Test
    void duplicatesOfAnotherInterfaceAreFraming() throws Exception {
        assertThat(outcome(decoder, RECORD.replace("\"Duplicate\": false", "\"Duplicate\": true"))).isEqualTo(Outcome.FRAMING);
        assertThat(outcome(decoder, RECORD.replace("\"Duplicate\": false", "\"Duplicate\": \"\""))).isEqualTo(Outcome.FLOW);
    }

    @Test
    void withoutConversationTrackingThereIsNoTypeAndWithoutIpNoFlow() throws Exception {
        assertThat(flow(decoder, RECORD.replace("_RecordType", "x"))).isEqualTo(flow(decoder, RECORD));
        assertThat(outcome(decoder, RECORD.replace("34525", "2054"))).isEqualTo(Outcome.NOT_IP);
        assertThat(failure(decoder, RECORD.replace("\"Bytes\"", "\"x\""))).hasMessage("no bytes");
    }

    @Test
    void theCommandLinesPrintedArrayIsReadObjectByObject() throws Exception {
        byte[] file = ("[\n" + RECORD + ",\n" + RECORD + "\n]\n").getBytes(StandardCharsets.UTF_8);
        try (RecordReader records = new RecordReader(new ByteArrayInputStream(file), FlowFormat.NETOBSERV_JSON)) {
            for (int i = 0; i < 2; i++) {
                assertThat(records.next()).isTrue();
                Flow flow = new Flow();
                assertThat(decoder.decode(records.bytes(), records.from(), records.to(), flow)).isEqualTo(Outcome.FLOW);
                assertThat(flow).isEqualTo(flow(decoder, RECORD));
            }
        }
        assertThat(FormatDetector.detect(file, file.length).format()).isEqualTo(FlowFormat.NETOBSERV_JSON);
    }
}
