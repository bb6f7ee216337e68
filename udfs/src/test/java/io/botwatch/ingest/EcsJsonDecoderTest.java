package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcsJsonDecoderTest {
    private static final String RECORD = "{\"@timestamp\":\"2024-08-16T18:07:20.500Z\",\"destination\":{\"ip\":\"192.0.2.80\",\"port\":443},"
            + "\"event\":{\"action\":\"netflow_flow\",\"start\":\"2024-08-16T18:07:07.678Z\",\"end\":\"2024-08-16T18:07:08.897Z\","
            + "\"duration\":1219000000},\"netflow\":{\"exporter\":{\"address\":\"192.0.2.1:4444\",\"version\":9},\"tcp_control_bits\":26,"
            + "\"sampling_interval\":100},\"network\":{\"bytes\":16826,\"packets\":23,\"direction\":\"inbound\",\"iana_number\":6,"
            + "\"transport\":\"tcp\"},\"source\":{\"bytes\":16826,\"ip\":\"10.0.0.7\",\"packets\":23,\"port\":49737}}";
    private final EcsJsonDecoder decoder = new EcsJsonDecoder();

    @Test
    void aFlowOfNetflowIsOneWayAndItsTimestampIsTheTimeOfExport() throws Exception {
        Flow flow = flow(decoder, RECORD);
        assertThat(src(flow)).isEqualTo("10.0.0.7 49737");
        assertThat(dst(flow)).isEqualTo("192.0.2.80 443");
        assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:07.678Z"));
        assertThat(flow.endMs).isEqualTo(ms("2024-08-16T18:07:08.897Z"));
        assertThat(flow.exportedMs).isEqualTo(ms("2024-08-16T18:07:20.500Z"));
        assertThat(flow.bytes).isEqualTo(16826);
        assertThat(flow.packets).isEqualTo(23);
        assertThat(flow.tcpFlags).isEqualTo(26);
        assertThat(flow.samplingRate).isEqualTo(100);
        assertThat(flow.protocol).isEqualTo(6);
        assertThat(flow.biflow).isFalse();
        assertThat(exporter(flow)).isEqualTo("192.0.2.1");
    }

    /** Every object is left nested or has its name joined with those of its fields, by chance. */
    @Test
    void namesMayBeNestedOrJoinedWithDotsAnywhere() throws Exception {
        ObjectMapper trees = new ObjectMapper();
        JsonNode nested = trees.readTree(RECORD);
        Flow expected = flow(decoder, RECORD);
        long seed = 20240816;
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            String record = trees.writeValueAsString(join(nested, random, trees.createObjectNode(), ""));
            assertThat(flow(decoder, record)).as("seed " + seed + ": " + record).isEqualTo(expected);
        }
    }

    private static ObjectNode join(JsonNode object, Random random, ObjectNode into, String prefix) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String name = prefix + field.getKey();
            if (!field.getValue().isObject()) {
                into.set(name, field.getValue());
            } else if (random.nextBoolean()) {
                join(field.getValue(), random, into, name + ".");
            } else {
                into.set(name, join(field.getValue(), random, into.objectNode(), ""));
            }
        }
        return into;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'start':'2024-08-16T18:07:07.678Z', |                       | 18:07:07.678 | 18:07:08.897",
        "'end':'2024-08-16T18:07:08.897Z',   |                       | 18:07:07.678 | 18:07:08.897",
        "'start','end'                       |                       | 18:07:19.281 | 18:07:20.500",
        "'start','end','duration'            |                       | 18:07:20.500 | 18:07:20.500",
        "'start','end' | 'flow_start_milliseconds':'2024-08-16T18:07:01Z','flow_end_milliseconds':'2024-08-16T18:07:02Z' | 18:07:01 | 18:07:02",
        "'start','end' | 'first_switched':'2024-08-16T18:07:01.500Z','last_switched':'2024-08-16T18:07:02.500Z' | 18:07:01.500 | 18:07:02.500",
        "'start','end' | 'flow_start_seconds':1723831621,'flow_end_seconds':1723831622 | 18:07:01 | 18:07:02",
        "'start','end' | 'flow_start_microseconds':1723831621250000 | 18:07:01.250 | 18:07:02.469",
        "'start','end' | 'flow_start_sys_up_time':621761700,'flow_end_sys_up_time':621770700 | 18:07:19.281 | 18:07:20.500"
    })
    void theStartIsTheBestThatIsThere(String without, String netflow, String start, String end) throws Exception {
        String record = RECORD;
        for (String name : without.split(",")) {
            record = record.replace(name.replaceAll(":.*", "").replace('\'', '"') + ":", "\"other\":");
        }
        if (netflow != null) {
            record = record.replace("\"netflow\":{", "\"netflow\":{" + netflow.replace('\'', '"') + ",");
        }
        Flow flow = flow(decoder, record);
        assertThat(flow.startMs).isEqualTo(ms("2024-08-16T" + start + "Z"));
        assertThat(flow.endMs).isEqualTo(ms("2024-08-16T" + end + "Z"));
    }

    @Test
    void countersOfTheDestinationMakeABiflow() throws Exception {
        String both = RECORD.replace("\"port\":443", "\"port\":443,\"bytes\":500,\"packets\":5");
        Flow flow = flow(decoder, both);
        assertThat(flow.biflow).isTrue();
        assertThat(flow.reverseBytes).isEqualTo(500);
        assertThat(flow.reversePackets).isEqualTo(5);
        assertThat(flow.bytes).isEqualTo(16826);
        Flow fromTotals = flow(decoder, both.replace("\"bytes\":16826,\"ip\"", "\"ip\"").replace("\"packets\":23,\"port\"", "\"port\""));
        assertThat(fromTotals.bytes).as("network.bytes is of both directions").isEqualTo(16326);
        assertThat(fromTotals.packets).isEqualTo(18);
        assertThat(flow(decoder, RECORD.replace("\"port\":443", "\"port\":443,\"bytes\":0,\"packets\":0")).biflow)
                .as("nothing came back, or it is exported apart")
                .isFalse();
    }

    @Test
    void filebeatHasSwappedTheEndsOfAReversedBiflowAlready() throws Exception {
        String reversed = RECORD.replace("\"netflow\":{", "\"netflow\":{\"biflow_direction\":2,")
                .replace("\"port\":443", "\"port\":443,\"bytes\":500,\"packets\":5");
        Flow swapped = flow(decoder, reversed);
        assertThat(src(swapped)).as("RFC 5103: the initiator is the destination").isEqualTo("192.0.2.80 443");
        assertThat(dst(swapped)).isEqualTo("10.0.0.7 49737");
        assertThat(swapped.bytes).isEqualTo(500);
        assertThat(swapped.packets).isEqualTo(5);
        assertThat(swapped.reverseBytes).isEqualTo(16826);
        assertThat(swapped.reversePackets).isEqualTo(23);
        Flow bySender = flow(decoder, reversed.replaceFirst("\\{", "{\"client\":{\"ip\":\"10.0.0.7\"},"));
        assertThat(src(bySender)).as("client shows that it was swapped").isEqualTo("10.0.0.7 49737");
        assertThat(bySender.biflow).isTrue();
        assertThat(bySender.bytes).isEqualTo(16826);
    }

    @Test
    void packetbeatsFlowsAreBiflowsAndCountOnce() throws Exception {
        String packetbeat = "{\"@timestamp\":\"2024-08-16T18:07:20Z\",\"event\":{\"action\":\"network_flow\",\"dataset\":\"flow\","
                + "\"start\":\"2024-08-16T18:07:07.678Z\",\"end\":\"2024-08-16T18:07:08.897Z\"},\"flow\":{\"final\":true,\"id\":\"E\"},"
                + "\"network\":{\"bytes\":60,\"packets\":1,\"transport\":\"tcp\",\"type\":\"ipv4\"},"
                + "\"source\":{\"ip\":\"10.0.0.7\",\"port\":49737,\"bytes\":60,\"packets\":1},\"destination\":{\"ip\":\"192.0.2.80\",\"port\":443}}";
        Flow unanswered = flow(decoder, packetbeat);
        assertThat(unanswered.biflow).isTrue();
        assertThat(unanswered.reversePackets).isZero();
        assertThat(outcome(decoder, packetbeat.replace("\"final\":true", "\"final\":false"))).isEqualTo(Outcome.FRAMING);
    }

    @Test
    void theExportersOptionsAreNoFlow() throws Exception {
        assertThat(outcome(decoder, "{\"@timestamp\":\"2024-08-16T18:07:20Z\",\"event\":{\"action\":\"netflow_options\"},"
                        + "\"netflow\":{\"options\":{\"sampling_interval\":1000},\"type\":\"netflow_options\"},\"observer\":{\"ip\":\"192.0.2.1\"}}"))
                .isEqualTo(Outcome.NOT_IP);
    }

    @Test
    void theExporterIsTheObserverAndAFirewallsEventTheVerdict() throws Exception {
        assertThat(exporter(flow(decoder, RECORD.replace("192.0.2.1:4444", "[2001:db8::1]:4444")))).isEqualTo("2001:db8::1");
        String observed = RECORD.replace("\"exporter\"", "\"x\"").replaceFirst("\\{", "{\"observer\":{\"ip\":[\"192.0.2.9\",\"192.0.2.10\"]},");
        assertThat(exporter(flow(decoder, observed))).isEqualTo("192.0.2.9");
        assertThat(flow(decoder, RECORD.replace("\"netflow\":{", "\"netflow\":{\"firewall_event\":3,")).verdict).isEqualTo(Verdict.DENIED);
        assertThat(flow(decoder, RECORD.replace("\"netflow\":{", "\"netflow\":{\"firewall_event\":2,")).verdict).isEqualTo(Verdict.ALLOWED);
        assertThat(flow(decoder, RECORD).verdict).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void theProtocolsNumberTellsMoreThanItsName() throws Exception {
        String gre = RECORD.replace("\"iana_number\":6", "\"iana_number\":\"47\"").replace("\"tcp\"", "\"unknown (47)\"");
        assertThat(flow(decoder, gre).protocol).isEqualTo(47);
        assertThat(flow(decoder, RECORD.replace("\"iana_number\":6,", "").replace("\"tcp\"", "\"udp\"")).protocol).isEqualTo(17);
    }

    @Test
    void fieldsThatAreWrongAreNamed() {
        assertThat(failure(decoder, RECORD.replace("10.0.0.7", "ten")).reason()).isEqualTo(Reason.BAD_ADDRESS);
        assertThat(failure(decoder, RECORD.replace("\"start\":\"2024", "\"start\":\"noon"))).hasMessageStartingWith("event.start is 'noon");
        assertThat(failure(decoder, RECORD.replace("\"packets\":23", "\"p\":23"))).hasMessage("no packets");
        assertThat(failure(decoder, "{\"@timestamp\":\"2024-08-16T18:07:20Z\",\"message\":\"a log\"}")).hasMessage("no source address");
    }

    @Test
    void filebeatsOwnRecordsAreRead() throws Exception {
        List<Flow> flows = SharedData.flows("samples/documented/filebeat_netflow_fortigate_golden.json", FlowFormat.ECS_JSON, 9);
        assertThat(flows).hasSize(2);
        assertThat(flows.get(0).startMs).as("the exporter's uptime is nonsense: the time of export").isEqualTo(ms("2017-07-18T05:41:59Z"));
        assertThat(flows.get(0).bytes).as("of network.bytes").isEqualTo(152);
        assertThat(flows.get(1).startMs).isEqualTo(ms("2016-07-21T13:29:59Z"));
        assertThat(flows.get(1).exportedMs).isEqualTo(ms("2016-07-21T13:30:37Z"));
        assertThat(exporter(flows.get(1))).isEqualTo("192.0.2.1");
    }
}
