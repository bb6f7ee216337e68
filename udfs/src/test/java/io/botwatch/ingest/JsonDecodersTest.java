package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecodersTest {

    @Nested
    class Goflow2 {
        private static final String RECORD = "{\"type\":\"NETFLOW_V9\",\"time_received_ns\":1723831700000000000,"
                + "\"sampling_rate\":100,\"sampler_address\":\"192.0.2.1\",\"time_flow_start_ns\":1723831627678999999,"
                + "\"time_flow_end_ns\":1723831628897000000,\"bytes\":16826,\"packets\":23,\"src_addr\":\"10.0.0.7\","
                + "\"dst_addr\":\"2001:db8::80\",\"etype\":\"IPv6\",\"proto\":\"TCP\",\"src_port\":49737,\"dst_port\":443,"
                + "\"tcp_flags\":26,\"next\":{\"deep\":[1,{\"src_addr\":\"9.9.9.9\"}]}}";
        private final Goflow2JsonDecoder decoder = new Goflow2JsonDecoder();

        @Test
        void nanosecondsAreKeptToTheMillisecond() throws Exception {
            Flow flow = flow(decoder, RECORD);
            assertThat(flow.startMs).isEqualTo(1723831627678L);
            assertThat(flow.endMs).isEqualTo(1723831628897L);
            assertThat(src(flow)).isEqualTo("10.0.0.7 49737");
            assertThat(dst(flow)).isEqualTo("2001:db8::80 443");
            assertThat(flow.bytes).as("not scaled").isEqualTo(16826);
            assertThat(flow.packets).isEqualTo(23);
            assertThat(flow.samplingRate).isEqualTo(100);
            assertThat(flow.tcpFlags).isEqualTo(26);
            assertThat(flow.biflow).isFalse();
            assertThat(exporter(flow)).isEqualTo("192.0.2.1");
        }

        @Test
        void numbersMayBeStringsAndNamesNumbers() throws Exception {
            String asText = RECORD.replace("1723831627678999999", "\"1723831627678999999\"").replace("16826", "\"16826\"")
                    .replace("\"TCP\"", "6").replace("\"IPv6\"", "34525").replace(":443", ":\"443\"");
            assertThat(flow(decoder, asText)).isEqualTo(flow(decoder, RECORD));
        }

        @Test
        void theTimeOfReceptionStandsInForAMissingStart() throws Exception {
            String without = "{\"time_received_ns\":\"2024-08-16T18:07:07.678123456Z\",\"time_flow_start_ns\":0,"
                    + "\"src_addr\":\"10.0.0.7\",\"dst_addr\":\"192.0.2.80\",\"proto\":\"ICMP\",\"src_port\":1,\"dst_port\":2,"
                    + "\"bytes\":1,\"packets\":1,\"sampling_rate\":0}";
            Flow flow = flow(decoder, without);
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:07.678Z"));
            assertThat(flow.endMs).isEqualTo(flow.startMs);
            assertThat(flow.samplingRate).isEqualTo(1);
            assertThat(flow.srcPort + flow.dstPort).as("ICMP has no ports").isZero();
        }

        @Test
        void theTimeOfReceptionIsWhenTheRecordWasExportedAndTheForwardingStatusIsTheVerdict() throws Exception {
            assertThat(flow(decoder, RECORD).exportedMs).isEqualTo(1723831700000L);
            assertThat(flow(decoder, RECORD).verdict).isEqualTo(Verdict.UNKNOWN);
            assertThat(flow(decoder, RECORD.replace("\"bytes\"", "\"forwarding_status\":129,\"bytes\"")).verdict)
                    .isEqualTo(Verdict.DENIED);
            assertThat(flow(decoder, RECORD.replace("1723831700000000000", "0")).exportedMs).isZero();
        }

        @Test
        void framesThatAreNotIpAreSaidToBe() throws Exception {
            String arp = "{\"time_received_ns\":1,\"src_addr\":\"invalid IP\",\"dst_addr\":\"\",\"etype\":\"%s\",\"proto\":\"\",\"bytes\":60,\"packets\":1}";
            assertThat(outcome(decoder, arp.replace("%s", "ARP"))).isEqualTo(Outcome.NOT_IP);
            assertThat(outcome(decoder, arp.replace("%s", "0x0806"))).isEqualTo(Outcome.NOT_IP);
            assertThat(outcome(decoder, arp.replace("%s", "2054"))).isEqualTo(Outcome.NOT_IP);
            assertThat(failure(decoder, arp.replace("%s", "IPv4")).reason()).isEqualTo(Reason.BAD_ADDRESS);
            assertThat(failure(decoder, arp.replace("%s", "0x0800").replace("invalid IP", ""))).hasMessage("no source address");
        }

        @Test
        void theNamesOfVersionOneAreRead() throws Exception {
            Flow flow = flow(decoder, "{\"TimeReceived\":1723831700,\"TimeFlowStart\":1723831627,\"TimeFlowEnd\":1723831628,"
                    + "\"TimeFlowStartMs\":1723831627678,\"SamplerAddress\":\"192.0.2.1\",\"SamplingRate\":10,\"SrcAddr\":\"10.0.0.7\","
                    + "\"DstAddr\":\"192.0.2.80\",\"SrcPort\":1,\"DstPort\":2,\"Proto\":17,\"Etype\":2048,\"Bytes\":5,\"Packets\":4}");
            assertThat(flow.startMs).as("the finer of the two").isEqualTo(1723831627678L);
            assertThat(flow.endMs).isEqualTo(1723831628000L);
            assertThat(dst(flow)).isEqualTo("192.0.2.80 2");
            assertThat(flow.samplingRate).isEqualTo(10);
        }

        @Test
        void anEndBeforeTheStartIsTheStart() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("1723831628897000000", "1723831620000000000"));
            assertThat(flow.endMs).isEqualTo(flow.startMs);
        }

        @Test
        void fieldsThatAreWrongAreNamed() {
            assertThat(failure(decoder, RECORD.replace("443", "70000")).reason()).isEqualTo(Reason.BAD_PORT);
            assertThat(failure(decoder, RECORD.replace("16826", "-1")).reason()).isEqualTo(Reason.BAD_NUMBER);
            assertThat(failure(decoder, RECORD.replace("16826", "null"))).hasMessage("no bytes");
            assertThat(failure(decoder, RECORD.replace("16826", "{}"))).hasMessage("no bytes");
            assertThat(failure(decoder, RECORD.replace("\"TCP\"", "256")).reason()).isEqualTo(Reason.BAD_NUMBER);
            assertThat(failure(decoder, RECORD.replace("10.0.0.7", "ten")).reason()).isEqualTo(Reason.BAD_ADDRESS);
            assertThat(failure(decoder, RECORD.replace("1723831627678999999", "\"noon\"")).reason()).isEqualTo(Reason.BAD_TIME);
            assertThat(failure(decoder, RECORD.replace(":100", ":99999999999")).reason()).isEqualTo(Reason.BAD_NUMBER);
            assertThat(failure(decoder, RECORD.replace("\"proto\":\"TCP\",", ""))).hasMessage("no protocol");
        }
    }

    @Nested
    class Zeek {
        private static final String RECORD = "{\"ts\":1588205199.82437,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.7\",\"id.orig_p\":54243,"
                + "\"id.resp_h\":\"192.0.2.53\",\"id.resp_p\":53,\"proto\":\"udp\",\"duration\":0.001528024673461914,"
                + "\"orig_bytes\":39,\"resp_bytes\":55,\"conn_state\":\"SF\",\"history\":\"Dd\",\"orig_pkts\":1,\"orig_ip_bytes\":67,"
                + "\"resp_pkts\":2,\"resp_ip_bytes\":111}";
        private final ZeekJsonDecoder decoder = new ZeekJsonDecoder();

        @Test
        void aConnectionIsABiflow() throws Exception {
            Flow flow = flow(decoder, RECORD);
            assertThat(src(flow)).isEqualTo("10.0.0.7 54243");
            assertThat(dst(flow)).isEqualTo("192.0.2.53 53");
            assertThat(flow.startMs).isEqualTo(1588205199824L);
            assertThat(flow.endMs - flow.startMs).isEqualTo(1);
            assertThat(flow.bytes).isEqualTo(67);
            assertThat(flow.packets).isEqualTo(1);
            assertThat(flow.reverseBytes).isEqualTo(111);
            assertThat(flow.reversePackets).isEqualTo(2);
            assertThat(flow.biflow).isTrue();
            assertThat(flow.tcpFlags).as("a history of UDP has no flags").isZero();
        }

        @Test
        void keysWithUnderscoresNestedOnesAndWrappedRecordsAreTheSame() throws Exception {
            Flow expected = flow(decoder, RECORD);
            assertThat(flow(decoder, RECORD.replace("id.", "id_"))).isEqualTo(expected);
            assertThat(flow(decoder, "{\"conn\":" + RECORD + "}")).isEqualTo(expected);
            String nested = RECORD.replaceFirst("\"id.orig_h.*?53,\"proto", "\"id\":{\"orig_h\":\"10.0.0.7\",\"orig_p\":54243,"
                    + "\"resp_h\":\"192.0.2.53\",\"resp_p\":53},\"proto");
            assertThat(nested).contains("\"id\":{");
            assertThat(flow(decoder, nested)).isEqualTo(expected);
            assertThat(flow(decoder, RECORD.replace(",", ",\n  "))).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"2020-04-30T00:06:39.824370Z\"", "1588205199824", "\"1588205199.824370\"", "\"2020-04-30T02:06:39.824+0200\""})
        void timesAreNumbersOrText(String ts) throws Exception {
            assertThat(flow(decoder, RECORD.replace("1588205199.82437", ts)).startMs).isEqualTo(1588205199824L);
        }

        @Test
        void missingFieldsAreAbsent() throws Exception {
            Flow flow = flow(decoder, "{\"ts\":16.5,\"id.orig_h\":\"fe80::1\",\"id.orig_p\":133,\"id.resp_h\":\"ff02::2\",\"id.resp_p\":134,"
                    + "\"proto\":\"icmp\",\"conn_state\":\"OTH\"}");
            assertThat(flow.protocol).isEqualTo(58);
            assertThat(flow.srcPort + flow.dstPort + flow.bytes + flow.packets).isZero();
            assertThat(flow.endMs).isEqualTo(16500);
        }

        @Test
        void payloadBytesStandInForBytesOfPackets() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("orig_ip_bytes", "x").replace("resp_ip_bytes", "y"));
            assertThat(flow.bytes).isEqualTo(39);
            assertThat(flow.reverseBytes).isEqualTo(55);
        }

        @Test
        void theProtocolsNumberHelpsWhenZeekHasNoNameForIt() throws Exception {
            String gre = RECORD.replace("\"udp\"", "\"unknown_transport\"");
            assertThat(flow(decoder, gre).protocol).isEqualTo(255);
            assertThat(flow(decoder, gre.replace("\"ts\"", "\"ip_proto\":47,\"ts\"")).protocol).isEqualTo(47);
        }

        @ParameterizedTest
        @ValueSource(strings = {
            "{\"@stream\":\"dns\",\"ts\":1,\"id_orig_h\":\"10.0.0.7\"}", "{\"ts\":1,\"host\":\"x\",\"_path\":\"weird\"}",
            "{\"_path\":\"conn_long\",\"ts\":1}", "{\"dns\":{\"ts\":1}}", "{\"conn_long\":{\"ts\":1}}", "{\"open_conn\":{\"ts\":1}}", "{\"conn\":{\"_path\":\"open_conn\"}}", "", " \t"
        })
        void recordsOfOtherLogsAreFraming(String record) throws Exception {
            assertThat(outcome(decoder, record)).isEqualTo(Outcome.FRAMING);
            assertThat(flow(decoder, RECORD).startMs).as("the next one is not touched by it").isEqualTo(1588205199824L);
        }

        /** They repeat, while a connection lasts, what its one record in the connection log has in the end. */
        @ParameterizedTest
        @ValueSource(strings = {"conn_long", "open_conn"})
        void aLongConnectionIsNotCountedBeforeItsEnd(String log) throws Exception {
            for (String key : new String[] {"_path", "@stream"}) {
                String told = "\"" + key + "\":\"" + log + "\"";
                assertThat(outcome(decoder, RECORD.replaceFirst("\\{", "{" + told + ","))).isEqualTo(Outcome.FRAMING);
                assertThat(outcome(decoder, RECORD.replaceFirst("}$", "," + told + "}"))).as("told last").isEqualTo(Outcome.FRAMING);
                assertThat(outcome(decoder, "{\"conn\":" + RECORD + "," + told + "}")).as("told outside").isEqualTo(Outcome.FRAMING);
            }
        }

        @Test
        void aRecordOfAnotherLogThatDoesNotSayWhichIsNoConnection() {
            String ntp = "{\"ts\":1,\"id.orig_h\":\"10.0.0.7\",\"id.orig_p\":1,\"id.resp_h\":\"192.0.2.53\",\"id.resp_p\":123,\"proto\":\"udp\",\"stratum\":2}";
            assertThat(failure(decoder, ntp).reason()).isEqualTo(Reason.MISSING_FIELD);
        }
    }

    @Nested
    class Pmacct {
        private static final String RECORD = "{\"event_type\": \"purge\", \"peer_ip_src\": \"192.0.2.1\", \"ip_src\": \"10.0.0.7\", "
                + "\"ip_dst\": \"192.0.2.80\", \"port_src\": 49737, \"port_dst\": 443, \"tcp_flags\": \"26\", \"ip_proto\": \"tcp\", "
                + "\"sampling_rate\": 8, \"timestamp_start\": \"2024-08-16 18:07:08.038000\", \"timestamp_end\": \"2024-08-16 18:07:09.258000\", "
                + "\"stamp_inserted\": \"2024-08-16 18:07:00\", \"packets\": 23, \"bytes\": 16826, \"writer_id\": \"k/1\"}";
        private final PmacctJsonDecoder decoder = new PmacctJsonDecoder();

        @Test
        void aRecordIsAOneWayFlow() throws Exception {
            Flow flow = flow(decoder, RECORD);
            assertThat(src(flow)).isEqualTo("10.0.0.7 49737");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 443");
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:08.038Z"));
            assertThat(flow.endMs).isEqualTo(ms("2024-08-16T18:07:09.258Z"));
            assertThat(flow.tcpFlags).isEqualTo(26);
            assertThat(flow.samplingRate).isEqualTo(8);
            assertThat(flow.packets).isEqualTo(23);
            assertThat(flow.bytes).isEqualTo(16826);
            assertThat(exporter(flow)).isEqualTo("192.0.2.1");
            assertThat(flow.biflow).isFalse();
        }

        @Test
        void timesComeInEveryFormThatPmacctCanBeConfiguredFor() throws Exception {
            Flow expected = flow(decoder, RECORD);
            assertThat(flow(decoder, RECORD.replace("2024-08-16 18:07:08.038000", "1723831628.038000"))).isEqualTo(expected);
            assertThat(flow(decoder, RECORD.replace("2024-08-16 18:07:08.038000", "2024-08-16T18:07:08.038000Z"))).isEqualTo(expected);
            assertThat(flow(decoder, RECORD.replace("2024-08-16 18:07:08.038000", "2024-08-16T18:07:08.038000+00:00"))).isEqualTo(expected);
            assertThat(flow(new PmacctJsonDecoder(ZoneId.of("Europe/Prague")), RECORD).startMs)
                    .isEqualTo(ms("2024-08-16T16:07:08.038Z"));
        }

        @Test
        void anEndOfZerosIsTheStartAndWithoutTimesTheBinIs() throws Exception {
            Flow packet = flow(decoder, RECORD.replace("2024-08-16 18:07:09.258000", "0000-00-00 00:00:00.000000"));
            assertThat(packet.endMs).isEqualTo(packet.startMs).isEqualTo(ms("2024-08-16T18:07:08.038Z"));
            Flow binned = flow(decoder, RECORD.replace("timestamp_", "other_"));
            assertThat(binned.startMs).isEqualTo(ms("2024-08-16T18:07:00Z"));
            assertThat(binned.endMs).isEqualTo(binned.startMs);
        }

        @Test
        void secondsSince1970MayBeTextInEveryTime() throws Exception {
            String epoch = RECORD.replace("2024-08-16 18:07:08.038000", "1723831628.038000")
                    .replace("2024-08-16 18:07:09.258000", "1723831629.258000")
                    .replace("2024-08-16 18:07:00", "1723831620");
            assertThat(flow(decoder, epoch)).isEqualTo(flow(decoder, RECORD));
            Flow binned = flow(decoder, epoch.replace("timestamp_", "other_"));
            assertThat(binned.startMs).as("only the bin is there").isEqualTo(ms("2024-08-16T18:07:00Z"));
            assertThat(flow(decoder, epoch.replace("timestamp_start", "other_start")).startMs)
                    .as("the end says more than the bin")
                    .isEqualTo(ms("2024-08-16T18:07:09.258Z"));
        }

        @Test
        void aStartOfZerosIsAbsentToo() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("2024-08-16 18:07:08.038000", "0000-00-00 00:00:00.000000")
                    .replace("2024-08-16 18:07:09.258000", "0000-00-00 00:00:00.000000"));
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:00Z"));
            assertThat(flow.endMs).isEqualTo(flow.startMs);
        }

        @ParameterizedTest
        @ValueSource(strings = {"%s\n%s\n%s\n", "%s\n%s\n%s", "%s%s %s", "[%s,%s,%s]", "[\n%s,\n%s,\n%s\n]\n", "\r\n%s\r\n%s\r\n%s\r\n"})
        void aMessageMayHoldSeveralObjects(String message) throws Exception {
            String second = RECORD.replace("10.0.0.7", "10.0.0.8").replace("tcp", "a } in \\\" text {");
            byte[] bytes = String.format(message, RECORD, second, RECORD.replace("10.0.0.7", "10.0.0.9")).getBytes(StandardCharsets.UTF_8);
            Flow flow = new Flow();
            assertThat(decoder.decode(bytes, 0, bytes.length, flow)).isEqualTo(Outcome.FLOW);
            assertThat(flow).isEqualTo(flow(new PmacctJsonDecoder(), RECORD));
            assertThat(decoder.hasNext()).isTrue();
            assertThat(decoder.next(flow)).isEqualTo(Outcome.FLOW);
            assertThat(src(flow)).isEqualTo("10.0.0.8 0");
            assertThat(decoder.hasNext()).isTrue();
            assertThat(decoder.next(flow)).isEqualTo(Outcome.FLOW);
            assertThat(src(flow)).isEqualTo("10.0.0.9 49737");
            assertThat(decoder.hasNext()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {
            "{\"ip_src\": \"10.0.0.1\"}", "{\"ip_src\": \"10.0.0.1\", \"ip_dst\": \"10.0", "{\"a\": {\"b\": [1, 2", "rubbish", "{\"a\": tru}", "}", "\"",
            "{\"event_type\": \"purge\", \"ip_src\": \"ten\", \"ip_dst\": \"10.0.0.2\"}"
        })
        void aBadObjectAmongOthersIsOneFaultAndTheOthersStillCome(String bad) throws Exception {
            byte[] bytes = (RECORD + "\n" + bad + "\n" + RECORD + "\n").getBytes(StandardCharsets.UTF_8);
            Flow flow = new Flow();
            assertThat(decoder.decode(bytes, 0, bytes.length, flow)).isEqualTo(Outcome.FLOW);
            assertThat(decoder.hasNext()).isTrue();
            assertThatThrownBy(() -> decoder.next(new Flow())).isInstanceOf(UndecodableException.class);
            assertThat(decoder.hasNext()).isTrue();
            assertThat(decoder.next(flow)).isEqualTo(Outcome.FLOW);
            assertThat(flow).isEqualTo(flow(new PmacctJsonDecoder(), RECORD));
            assertThat(decoder.hasNext()).isFalse();
        }

        @Test
        void aMessageThatIsRefusedHasNoNext() throws Exception {
            flow(decoder, RECORD + "\n" + RECORD);
            assertThat(decoder.hasNext()).isTrue();
            assertThat(failure(decoder, "x".repeat(FlowDecoder.MAX_RECORD_BYTES + 1)).reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(decoder.hasNext()).isFalse();
            assertThat(outcome(decoder, "[]")).isEqualTo(Outcome.FRAMING);
            assertThat(decoder.hasNext()).isFalse();
        }

        @Test
        void theTimeOfExportIsTheExportersElseTheCollectorsAndNeverThatOfTheBin() throws Exception {
            String record = "{\"ip_src\":\"10.0.0.7\",\"ip_dst\":\"192.0.2.80\",\"ip_proto\":\"udp\",\"bytes\":1,\"packets\":1,"
                    + "\"stamp_inserted\":\"2024-08-16 18:07:00\",\"stamp_updated\":\"2024-08-16 18:09:00\"%s}";
            String arrival = ",\"timestamp_arrival\":\"2024-08-16 18:08:02.5\"";
            String export = ",\"timestamp_export\":\"2024-08-16 18:08:01.000000\"";
            assertThat(flow(decoder, record.formatted("")).exportedMs).isZero();
            assertThat(flow(decoder, record.formatted(arrival)).exportedMs).isEqualTo(ms("2024-08-16T18:08:02.500Z"));
            for (String both : new String[] {arrival + export, export + arrival}) {
                assertThat(flow(decoder, record.formatted(both)).exportedMs).isEqualTo(ms("2024-08-16T18:08:01Z"));
            }
            String unset = ",\"timestamp_export\":\"0000-00-00 00:00:00.000000\"";
            assertThat(flow(decoder, record.formatted(unset + arrival)).exportedMs).isEqualTo(ms("2024-08-16T18:08:02.500Z"));
            assertThat(flow(decoder, record.formatted(",\"timestamp_export\":\"soon\"")).exportedMs).as("a hint").isZero();
        }

        @Test
        void flagsMayBeNamesInAnArray() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("\"26\"", "[\"SYN\", \"ACK\", {\"x\": [\"FIN\"]}, \"PSH\"]"));
            assertThat(flow.tcpFlags).isEqualTo(26);
            assertThat(flow.packets).as("fields after it").isEqualTo(23);
        }

        @ParameterizedTest
        @ValueSource(strings = {"log_init", "purge_init", "purge_close", "log_close"})
        void theDaemonsOwnRecordsAreFraming(String type) throws Exception {
            assertThat(outcome(decoder, "{\"event_type\": \"" + type + "\", \"writer_pid\": 7}")).isEqualTo(Outcome.FRAMING);
        }

        @Test
        void otherToolsEventsAreNotTakenForTheDaemons() {
            assertThat(failure(decoder, "{\"event_type\":\"flow\",\"src_ip\":\"10.0.0.7\"}").reason()).isEqualTo(Reason.MISSING_FIELD);
        }
    }

    @Nested
    class Nfdump {
        private static final String RECORD = "{\n\t\"type\" : \"FLOW\",\n\t\"sampled\" : 0,\n\t\"first\" : \"2024-08-16T18:07:07.678\",\n"
                + "\t\"last\" : \"2024-08-16T18:07:08.897\",\n\t\"in_packets\" : 23,\n\t\"in_bytes\" : 16826,\n\t\"proto\" : 6,\n"
                + "\t\"tcp_flags\" : \"...AP.S.\",\n\t\"src_port\" : 443,\n\t\"dst_port\" : 49737,\n\t\"src4_addr\" : \"192.0.2.80\",\n"
                + "\t\"dst4_addr\" : \"10.0.0.7\",\n\t\"ip4_router\" : \"192.0.2.1\"\n}";
        private final NfdumpJsonDecoder decoder = new NfdumpJsonDecoder();

        @Test
        void aRecordIsAOneWayFlow() throws Exception {
            Flow flow = flow(decoder, RECORD);
            assertThat(src(flow)).isEqualTo("192.0.2.80 443");
            assertThat(dst(flow)).isEqualTo("10.0.0.7 49737");
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:07.678Z"));
            assertThat(flow.endMs).isEqualTo(ms("2024-08-16T18:07:08.897Z"));
            assertThat(flow.tcpFlags).isEqualTo(26);
            assertThat(flow.biflow).isFalse();
            assertThat(flow.samplingRate).isEqualTo(1);
            assertThat(exporter(flow)).isEqualTo("192.0.2.1");
        }

        @Test
        void theCollectorsTimeIsWhenTheRecordWasExportedAndTheForwardingStatusIsTheVerdict() throws Exception {
            String first = "\"first\"";
            Flow flow = flow(decoder, RECORD.replace(first, "\"received\":\"2024-08-16T18:08:22.169\",\"fwd_status\":129," + first));
            assertThat(flow.exportedMs).isEqualTo(ms("2024-08-16T18:08:22.169Z"));
            assertThat(flow.verdict).isEqualTo(Verdict.DENIED);
            Flow without = flow(decoder, RECORD.replace(first, "\"received\":\"never\",\"fwd_status\":\"\"," + first));
            assertThat(without.exportedMs).isZero();
            assertThat(without.verdict).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void firstAfterLastIsSwapped() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("18:07:08.897", "18:07:06.500"));
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:06.500Z"));
            assertThat(flow.endMs).isEqualTo(ms("2024-08-16T18:07:07.678Z"));
        }

        @Test
        void ipv6RecordsAndIcmpHaveNamesOfTheirOwn() throws Exception {
            Flow flow = flow(decoder, "{\"first\":\"2024-08-16T18:07:07.678\",\"last\":\"2024-08-16T18:07:07.678\",\"in_packets\":1,"
                    + "\"in_bytes\":72,\"proto\":58,\"icmp_type\":135,\"icmp_code\":0,\"src6_addr\":\"fe80::1\",\"dst6_addr\":\"ff02::1\","
                    + "\"ip6_router\":\"2001:db8::1\"}");
            assertThat(src(flow)).isEqualTo("fe80::1 0");
            assertThat(flow.protocol).isEqualTo(58);
            assertThat(exporter(flow)).isEqualTo("2001:db8::1");
        }

        @Test
        void countersOfTheWayBackMakeABiflow() throws Exception {
            Flow flow = flow(decoder, RECORD.replace("\"proto\"", "\"out_packets\":7,\"out_bytes\":700,\"proto\""));
            assertThat(flow.biflow).isTrue();
            assertThat(flow.reversePackets).isEqualTo(7);
            assertThat(flow.reverseBytes).isEqualTo(700);
        }

        @ParameterizedTest
        @ValueSource(strings = {"[", "]", ",", " ]\r", ""})
        void whatStandsBetweenTheObjectsIsFraming(String line) throws Exception {
            assertThat(outcome(decoder, line)).isEqualTo(Outcome.FRAMING);
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*_JSON", mode = EnumSource.Mode.MATCH_ALL)
    void whatIsNoJsonObjectIsMalformed(FlowFormat format) {
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        for (String record : new String[] {
            "hello", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{}{}", "{} x", "[1]", "\"a\"", "7", "null", "{\"a\":\"b", "{'a':1}",
            "{\"a\":[1,2}", "}", "{\"a\":tru}", "\u0000", "{\"a\":1}]"
        }) {
            assertThat(failure(decoder, record).reason())
                    .as(record)
                    .isIn(Reason.MALFORMED, Reason.MISSING_FIELD); // Zeek's says what an object lacks only when it is whole
        }
    }

    @ParameterizedTest
    @EnumSource(names = ".*_JSON", mode = EnumSource.Mode.MATCH_ALL)
    void deepNestingIsRefusedBeforeItCosts(FlowFormat format) throws Exception {
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        assertThat(failure(decoder, "{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}").reason()).isEqualTo(Reason.MALFORMED);
        assertThat(failure(decoder, "{\"a\":" + "{\"a\":".repeat(200_000))).hasMessageContaining("nesting depth");
        assertThat(failure(decoder, "{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}").reason())
                .as("31 within the object are allowed: only the flow's fields are missing")
                .isEqualTo(Reason.MISSING_FIELD);
    }

    @ParameterizedTest
    @EnumSource
    void aRecordOfMoreThanAMegabyteIsTooLarge(FlowFormat format) {
        assertThat(failure(format.newDecoder(ZoneOffset.UTC), "x".repeat(FlowDecoder.MAX_RECORD_BYTES + 1)).reason())
                .isEqualTo(Reason.TOO_LARGE);
        assertThat(failure(format.newDecoder(ZoneOffset.UTC), "x".repeat(FlowDecoder.MAX_RECORD_BYTES)).reason())
                .isIn(Reason.MALFORMED, Reason.MISSING_FIELD); // to protobuf they are fields that it does not know
    }
}
