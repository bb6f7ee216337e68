package io.botwatch.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WritersTest {
    private final LineBuffer line = new LineBuffer();

    @Test
    void goflow2WritesTheFieldsOfItsReadmeInOrder() {
        Flow flow = flow("10.1.2.3", 40_000, "93.184.216.34", 443, 6);
        flow.tcpFlags = 0x1B;
        Goflow2JsonWriter writer = new Goflow2JsonWriter();
        assertThat(written(writer, flow))
                .isEqualTo("{\"type\":\"NETFLOW_V9\",\"time_received_ns\":1767614461000000000,\"sequence_num\":1,"
                        + "\"sampling_rate\":1,\"sampler_address\":\"10.1.0.254\","
                        + "\"time_flow_start_ns\":1767614400007000000,\"time_flow_end_ns\":1767614401257000000,"
                        + "\"bytes\":1500,\"packets\":12,\"src_addr\":\"10.1.2.3\",\"dst_addr\":\"93.184.216.34\","
                        + "\"etype\":\"IPv4\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":443,\"tcp_flags\":27}");
        assertThat(written(writer, flow)).contains("\"sequence_num\":2,");
    }

    @Test
    void goflow2WritesIpv6AndProtocolsByNameOrElseByNumber() {
        Goflow2JsonWriter writer = new Goflow2JsonWriter();
        assertThat(written(writer, flow("fd00:1::1000", 40_001, "2a00:1450::1", 443, 17)))
                .contains("\"src_addr\":\"fd00:1::1000\",\"dst_addr\":\"2a00:1450::1\",\"etype\":\"IPv6\",\"proto\":\"UDP\"");
        assertThat(written(writer, flow("10.1.2.3", 0, "10.1.0.1", 0, 1))).contains("\"proto\":\"ICMP\",\"src_port\":0,");
        assertThat(written(writer, flow("10.1.2.3", 0, "10.1.0.1", 0, 47))).contains("\"proto\":\"47\"");
    }

    @Test
    void goflow2LinesAreJsonThatSaysWhatTheFlowSays() throws IOException {
        Goflow2JsonWriter writer = new Goflow2JsonWriter();
        JsonFactory json = new JsonFactory();
        FlowCursor cursor = Scenario.enterprise(1, 4, 0.1).cursor();
        Flow flow = new Flow();
        for (int i = 0; i < 2_000 && cursor.next(flow); i++) {
            Map<String, String> fields = new LinkedHashMap<>();
            try (JsonParser parser = json.createParser(written(writer, flow))) {
                assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, parser.getText());
                }
                assertThat(parser.nextToken()).isNull();
            }
            assertThat(fields)
                    .containsEntry("src_addr", Address.format(flow.srcHi, flow.srcLo))
                    .containsEntry("dst_addr", Address.format(flow.dstHi, flow.dstLo))
                    .containsEntry("src_port", Integer.toString(flow.srcPort))
                    .containsEntry("dst_port", Integer.toString(flow.dstPort))
                    .containsEntry("bytes", Long.toString(flow.bytes))
                    .containsEntry("packets", Long.toString(flow.packets))
                    .containsEntry("time_flow_start_ns", flow.startMs + "000000")
                    .containsEntry("time_flow_end_ns", flow.endMs + "000000")
                    .hasSize(16);
        }
    }

    @Test
    void protobufIsAMessageOfAscendingFieldsWithItsLengthInFrontAndNothingBehind() {
        Flow flow = flow("10.1.2.3", 40_000, "2a00:1450::1", 443, 6);
        flow.tcpFlags = 0x1B;
        Goflow2ProtobufWriter writer = new Goflow2ProtobufWriter();
        writer.header(line);
        writer.write(flow, 1_767_614_461_000L, line);
        writer.end(line);
        assertThat(HexFormat.of().formatHex(line.copy()))
                .isEqualTo("5d"
                        + "0803" + "1801" + "2001" // NETFLOW_V9, 1 in 1, the first
                        + "32040a010203" + "3a102a001450000000000000000000000001"
                        + "48dc0b" + "500c" + "5a040a0100fe" // 1500 bytes, 12 packets, the exporter
                        + "a00106" + "a801c0b802" + "b001bb03" + "d0011b" + "f0018010" // TCP, ports, flags, IPv4 as the source
                        + "f00680c4fefdcafff4c318" + "f806c09fa1e2e7fdf4c318" + "8007c098a7b6ecfdf4c318"); // received, start, end
    }

    @Test
    void binetflowHasTheColumnsOfTheCtuCaptures() {
        BinetflowWriter writer = new BinetflowWriter();
        writer.header(line);
        assertThat(text())
                .isEqualTo("StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label");
        Flow tcp = flow("10.1.2.3", 40_000, "93.184.216.34", 443, 6);
        tcp.tcpFlags = 0x1B;
        assertThat(written(writer, tcp))
                .isEqualTo("2026/01/05 12:00:00.007000,1.250000,tcp,10.1.2.3,40000,   ->,93.184.216.34,443,FSPA_,0,,12,1500,1500,");
        Flow attempt = flow("10.1.2.3", 40_000, "93.184.216.34", 23, 6);
        attempt.tcpFlags = 0x02;
        assertThat(written(writer, attempt)).contains(",23,S_,0,,");
    }

    @Test
    void binetflowTellsAConversationFromOneSide() {
        Flow udp = flow("10.1.2.3", 40_000, "10.1.0.53", 53, 17);
        assertThat(written(new BinetflowWriter(), udp)).contains(",   ->,10.1.0.53,53,INT,0,,12,1500,1500,");
        udp.biflow = true;
        udp.reversePackets = 1;
        udp.reverseBytes = 200;
        assertThat(written(new BinetflowWriter(), udp)).contains(",  <->,10.1.0.53,53,CON,0,0,13,1700,1500,");
    }

    @Test
    void binetflowLeavesPortsEmptyWhereThereAreNoneAndCrossesMidnight() {
        BinetflowWriter writer = new BinetflowWriter();
        Flow ping = flow("10.1.2.3", 0, "10.1.0.1", 0, 1);
        ping.startMs = ping.endMs = Instant.parse("2026-01-05T23:59:59.999Z").toEpochMilli();
        assertThat(written(writer, ping))
                .isEqualTo("2026/01/05 23:59:59.999000,0.000000,icmp,10.1.2.3,,   ->,10.1.0.1,,ECO,0,,12,1500,1500,");
        ping.startMs = ++ping.endMs;
        assertThat(written(writer, ping)).startsWith("2026/01/06 00:00:00.000000,0.000000,");
    }

    @Test
    void numbersAreWrittenInFull() {
        line.append(0L).append(' ').append(-12L).append(' ').append(Long.MAX_VALUE).append(' ').append(Long.MIN_VALUE);
        assertThat(text()).isEqualTo("0 -12 9223372036854775807 -9223372036854775808");
    }

    private String written(FlowWriter writer, Flow flow) {
        line.clear();
        writer.write(flow, 1_767_614_461_000L, line);
        return text();
    }

    private String text() {
        return new String(line.copy(), US_ASCII);
    }

    private static Flow flow(String src, int srcPort, String dst, int dstPort, int protocol) {
        Address source = Address.parse(src);
        Address destination = Address.parse(dst);
        Address exporter = Address.parse("10.1.0.254");
        Flow flow = new Flow();
        flow.startMs = Instant.parse("2026-01-05T12:00:00.007Z").toEpochMilli();
        flow.endMs = flow.startMs + 1_250;
        flow.srcHi = source.hi;
        flow.srcLo = source.lo;
        flow.srcPort = srcPort;
        flow.dstHi = destination.hi;
        flow.dstLo = destination.lo;
        flow.dstPort = dstPort;
        flow.protocol = protocol;
        flow.bytes = 1_500;
        flow.packets = 12;
        flow.exporterHi = exporter.hi;
        flow.exporterLo = exporter.lo;
        return flow;
    }
}
