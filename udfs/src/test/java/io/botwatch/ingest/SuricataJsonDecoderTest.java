package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuricataJsonDecoderTest {
    private static final String FLOW = "{\"timestamp\":\"2021-06-06T15:57:37.272281+0200\",\"flow_id\":7,\"event_type\":\"flow\","
            + "\"src_ip\":\"192.0.2.56\",\"src_port\":48938,\"dest_ip\":\"192.168.1.129\",\"dest_port\":445,\"proto\":\"TCP\","
            + "\"flow\":{\"pkts_toserver\":2,\"pkts_toclient\":3,\"bytes_toserver\":120,\"bytes_toclient\":180,"
            + "\"start\":\"2021-06-06T17:34:31.140759+0200\",\"end\":\"2021-06-06T17:34:31.941012+0200\",\"age\":0,\"bypassed\":{\"start\":1}},"
            + "\"tcp\":{\"tcp_flags\":\"16\",\"tcp_flags_ts\":\"02\",\"tcp_flags_tc\":\"14\",\"syn\":true},\"host\":\"sensor\"}";
    private static final String NETFLOW = "{\"timestamp\":\"2016-02-03T22:22:07.002256+0200\",\"flow_id\":1,\"event_type\":\"netflow\","
            + "\"src_ip\":\"10.22.0.10\",\"src_port\":35034,\"dest_ip\":\"192.0.2.25\",\"dest_port\":24497,\"proto\":\"TCP\","
            + "\"netflow\":{\"pkts\":34,\"bytes\":33300,\"start\":\"2016-02-03T22:17:45.364052+0200\","
            + "\"end\":\"2016-02-03T22:21:06.760810+0200\",\"age\":201},\"tcp\":{\"tcp_flags\":\"1b\"}}";
    private final SuricataJsonDecoder decoder = new SuricataJsonDecoder();

    @Test
    void aFlowEventIsAWholeConnectionWithTheClientsFlags() throws Exception {
        Flow flow = flow(decoder, FLOW);
        assertThat(src(flow)).isEqualTo("192.0.2.56 48938");
        assertThat(dst(flow)).isEqualTo("192.168.1.129 445");
        assertThat(flow.startMs).isEqualTo(ms("2021-06-06T15:34:31.140Z"));
        assertThat(flow.endMs).isEqualTo(ms("2021-06-06T15:34:31.941Z"));
        assertThat(flow.exportedMs).isEqualTo(ms("2021-06-06T13:57:37.272Z"));
        assertThat(flow.biflow).isTrue();
        assertThat(flow.packets).isEqualTo(2);
        assertThat(flow.bytes).isEqualTo(120);
        assertThat(flow.reversePackets).isEqualTo(3);
        assertThat(flow.reverseBytes).isEqualTo(180);
        assertThat(flow.tcpFlags).isEqualTo(TcpFlags.SYN);
        assertThat(flow(decoder, FLOW.replace("\"tcp_flags_ts\":\"02\",", "")).tcpFlags)
                .as("of both, when they are not told apart")
                .isEqualTo(TcpFlags.SYN | TcpFlags.RST | TcpFlags.ACK);
    }

    @Test
    void aNetflowEventIsOneWay() throws Exception {
        Flow flow = flow(decoder, NETFLOW);
        assertThat(flow.biflow).isFalse();
        assertThat(flow.packets).isEqualTo(34);
        assertThat(flow.bytes).isEqualTo(33_300);
        assertThat(flow.reverseBytes + flow.reversePackets).isZero();
        assertThat(flow.tcpFlags).as("hexadecimal").isEqualTo(0x1B);
        assertThat(flow.endMs - flow.startMs).isEqualTo(201_396);
        assertThat(decoder.hasConnections()).as("it depends on the event").isFalse();
    }

    @Test
    void theEventMayBeWrappedAndItsTypeComeLast() throws Exception {
        String wrapped = "{\"firewall_name\":\"fw\",\"event_timestamp\":\"1731102918\",\"event\":"
                + NETFLOW.replace("\"event_type\":\"netflow\",", "").replace("\"1b\"}}", "\"1b\"},\"event_type\":\"netflow\"}}");
        assertThat(flow(decoder, wrapped)).isEqualTo(flow(decoder, NETFLOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"event_type\":\"alert\",\"src_ip\":\"10.0.0.7\",\"flow\":{\"start\":\"2021-06-06T17:34:31.140759+0200\",\"pkts_toserver\":1}}",
        "{\"event_type\":\"dns\",\"dns\":{\"rrname\":\"example.org\"}}", "{\"event_type\":\"stats\",\"stats\":{\"flow\":{\"total\":1}}}",
        "{\"firewall_name\":\"fw\",\"event\":{\"flow\":{\"start\":\"2021-06-06T17:34:31+0200\"},\"event_type\":\"alert\"}}", "", " "
    })
    void otherEventsAreFraming(String record) throws Exception {
        assertThat(outcome(decoder, record)).isEqualTo(Outcome.FRAMING);
        assertThat(flow(decoder, FLOW).packets).as("the next one is not touched by it").isEqualTo(2);
    }

    @Test
    void anInlineSuricatasActionIsTheVerdict() throws Exception {
        assertThat(flow(decoder, FLOW.replace("\"age\"", "\"action\":\"drop\",\"age\"")).verdict).isEqualTo(Verdict.DENIED);
        assertThat(flow(decoder, FLOW.replace("\"age\"", "\"action\":\"pass\",\"age\"")).verdict).isEqualTo(Verdict.ALLOWED);
        assertThat(flow(decoder, FLOW).verdict).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void icmpHasNoPortsAndFaultsAreNamed() throws Exception {
        Flow ping = flow(decoder, FLOW.replace("\"TCP\"", "\"IPv6-ICMP\"").replace("\"src_port\":48938,", "").replace("\"dest_port\":445,", ""));
        assertThat(ping.protocol).isEqualTo(58);
        assertThat(ping.srcPort + ping.dstPort + ping.tcpFlags).isZero();
        assertThat(flow(decoder, FLOW.replace("\"2021-06-06T15:57", "\"noon")).exportedMs).as("a hint").isZero();
        assertThat(failure(decoder, FLOW.replace("\"event_type\":\"flow\",", ""))).hasMessage("no event_type");
        assertThat(failure(decoder, FLOW.replace("2021-06-06T17:34:31.1", "yesterday")).reason()).isEqualTo(Reason.BAD_TIME);
        assertThat(failure(decoder, FLOW.replace("\"pkts_toserver\":2", "\"pkts_toserver\":-2")).reason()).isEqualTo(Reason.BAD_NUMBER);
        assertThat(failure(decoder, FLOW.replace("\"start\":\"2021", "\"begun\":\"2021"))).hasMessage("no start time");
    }

    /** Against a reader that takes its time: a tree of each event, java.time for the times. */
    @ParameterizedTest
    @ValueSource(strings = {"idps-test7-malicious.eve.json.gz", "slips-test6-malicious.suricata.json.gz"})
    void everyEventOfARealSensorIsReadAsANaiveReaderReadsIt(String name) throws Exception {
        ObjectMapper trees = new ObjectMapper();
        DateTimeFormatter times = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSZ");
        int flows = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                RecordReader.open(SharedData.file("suricata-eve/" + name)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = trees.readTree(line);
                if (!event.get("event_type").asText().equals("flow")) {
                    boolean answer = event.path("dns").path("type").asText().equals("answer");
                    assertThat(outcome(decoder, line)).isEqualTo(answer ? Outcome.LOOKUP : Outcome.FRAMING);
                    if (answer) {
                        assertThat(decoder.lookup().name()).isEqualTo(event.at("/dns/rrname").asText().toLowerCase(Locale.ROOT));
                        assertThat(decoder.lookup().isNoSuchName()).isEqualTo(event.at("/dns/rcode").asText().equals("NXDOMAIN"));
                    }
                    continue;
                }
                Flow flow = flow(decoder, line);
                JsonNode counters = event.get("flow");
                assertThat(flow.startMs).isEqualTo(OffsetDateTime.parse(counters.get("start").asText(), times).toInstant().toEpochMilli());
                assertThat(flow.endMs).isEqualTo(OffsetDateTime.parse(counters.get("end").asText(), times).toInstant().toEpochMilli());
                assertThat(flow.bytes).isEqualTo(counters.get("bytes_toserver").asLong());
                assertThat(flow.reverseBytes).isEqualTo(counters.get("bytes_toclient").asLong());
                assertThat(flow.packets).isEqualTo(counters.get("pkts_toserver").asLong());
                assertThat(flow.reversePackets).isEqualTo(counters.get("pkts_toclient").asLong());
                assertThat(flow.srcPort).isEqualTo(flow.protocol == 1 || flow.protocol == 58 ? 0 : event.get("src_port").asInt());
                assertThat(flow.tcpFlags).isEqualTo(
                        event.has("tcp") ? Integer.parseInt(event.get("tcp").get("tcp_flags_ts").asText(), 16) : 0);
                flows++;
            }
        }
        assertThat(flows).isGreaterThan(300);
    }
}
