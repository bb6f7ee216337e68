package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.botwatch.flow.Flow;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the bytes, a decoder answers or throws UndecodableException, and nothing else; and it decodes the next record. */
class HostileInputTest {
    private static final long SEED = 0xB07BA7C4L;
    private static final ZoneId ZONE = ZoneId.of("Europe/Prague");

    /** Every byte a character. */
    static final Map<FlowFormat, List<String>> RECORDS = Map.ofEntries(
            Map.entry(FlowFormat.BINETFLOW,
            List.of(
                    "2024/05/06 07:08:09.123456,1.500000,tcp,10.0.0.7,50123,   ->,192.0.2.80,443,FSPA_SPA,0,0,11,9000,1000,flow=x",
                    "2024/05/06 07:08:09.123456,0.0,icmp,fe80::7,0x0303,   ->,ff02::1,0x0001,URP,0,,1,60,60,",
                    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,SrcPkts,Label")),
            Map.entry(FlowFormat.ZEEK_TSV,
            List.of(
                    "1713484795.943239\tC1\t10.0.0.7\t25320\t192.0.2.80\t6008\ttcp\t-\t0.25\t1\t2\tSF\tT\tF\t0\tShADadFf\t5\t360\t4\t2160\t-",
                    "#separator \\x09",
                    "#path\tconn",
                    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_pkts")),
            Map.entry(FlowFormat.NFDUMP_CSV,
            List.of(
                    "2024-08-16 18:07:07,2024-08-16 18:07:08,1.219,10.0.0.7,192.0.2.80,443,49737,TCP,...AP.S.,0,0,23,16826,0,0,1,2",
                    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,ra")),
            Map.entry(FlowFormat.GOFLOW2_JSON,
            List.of("{\"type\":\"IPFIX\",\"time_received_ns\":1723831700000000000,\"sampling_rate\":100,\"sampler_address\":\"192.0.2.1\","
                    + "\"time_flow_start_ns\":1723831627678999999,\"bytes\":16826,\"packets\":2.3e1,\"src_addr\":\"10.0.0.7\","
                    + "\"dst_addr\":\"2001:db8::80\",\"etype\":\"IPv6\",\"proto\":\"TCP\",\"src_port\":49737,\"dst_port\":443,\"as_path\":[1,{\"a\":[]}]}")),
            Map.entry(FlowFormat.GOFLOW2_PROTOBUF,
            List.of(
                    new String(ProtobufMessage.sample().withLength(), StandardCharsets.ISO_8859_1),
                    new String(ProtobufMessage.sample().bytes(103, new byte[] {1, 2, 6}).bare(), StandardCharsets.ISO_8859_1))),
            Map.entry(FlowFormat.PMACCT_JSON,
            List.of("{\"event_type\": \"purge\", \"peer_ip_src\": \"192.0.2.1\", \"ip_src\": \"10.0.0.7\", \"ip_dst\": \"192.0.2.80\", "
                    + "\"port_src\": 49737, \"port_dst\": 443, \"tcp_flags\": [\"SYN\", \"ACK\"], \"ip_proto\": \"tcp\", \"timestamp_start\": "
                    + "\"2024-08-16 18:07:08.038000\", \"timestamp_end\": \"1723831628.5\", \"packets\": 23, \"bytes\": 16826}")),
            Map.entry(FlowFormat.NFDUMP_JSON,
            List.of("{\n\t\"type\" : \"FLOW\",\n\t\"first\" : \"2024-08-16T18:07:07.678\",\n\t\"last\" : \"2024-08-16T18:07:08.897\",\n"
                    + "\t\"in_packets\" : 23,\n\t\"in_bytes\" : 16826,\n\t\"proto\" : 6,\n\t\"tcp_flags\" : \"...AP.S.\",\n\t\"src_port\" : 443,\n"
                    + "\t\"dst_port\" : 49737,\n\t\"src4_addr\" : \"192.0.2.80\",\n\t\"dst4_addr\" : \"10.0.0.7\"\n}")),
            Map.entry(FlowFormat.ECS_JSON,
            List.of(
                    "{\"@timestamp\":\"2024-08-16T18:07:20.500Z\",\"destination\":{\"ip\":\"192.0.2.80\",\"port\":443,\"bytes\":5},\"event\":{"
                            + "\"action\":\"netflow_flow\",\"duration\":1219000000},\"netflow\":{\"exporter\":{\"address\":\"[2001:db8::1]:4444\"},"
                            + "\"biflow_direction\":2,\"firewall_event\":3,\"flow_start_seconds\":1723831627},\"network\":{\"bytes\":16826,\"packets\":23,"
                            + "\"iana_number\":6},\"source\":{\"ip\":\"10.0.0.7\",\"port\":49737},\"observer\":{\"ip\":[\"192.0.2.1\"]}}",
                    "{\"@timestamp\":1723831627678,\"source.ip\":\"10.0.0.7\",\"destination.ip\":\"::1\",\"network.transport\":\"udp\","
                            + "\"source.bytes\":1,\"source.packets\":1,\"event\":{\"start\":1723831627678,\"end\":1723831627679},\"flow.final\":true}")),
            Map.entry(FlowFormat.SURICATA_JSON,
            List.of(
                    "{\"event_type\":\"flow\",\"src_ip\":\"10.0.0.7\",\"src_port\":1,\"dest_ip\":\"192.0.2.80\",\"dest_port\":2,\"proto\":\"TCP\","
                            + "\"flow\":{\"pkts_toserver\":2,\"pkts_toclient\":3,\"bytes_toserver\":120,\"bytes_toclient\":180,\"action\":\"drop\","
                            + "\"start\":\"2021-06-06T17:34:31.140759+0200\",\"end\":\"2021-06-06T17:34:31.941012+0200\"},\"tcp\":{\"tcp_flags_ts\":\"02\"}}",
                    "{\"firewall_name\":\"fw\",\"event\":{\"tcp\":{\"tcp_flags\":\"13\"},\"src_ip\":\"10.0.0.7\",\"netflow\":{\"pkts\":4,\"bytes\":216,"
                            + "\"start\":\"2024-11-08T21:54:16.972019+0000\"},\"event_type\":\"netflow\",\"dest_ip\":\"::1\",\"proto\":\"TCP\"}}")),
            Map.entry(FlowFormat.NETOBSERV_JSON,
            List.of("{\"AgentIP\":\"10.0.1.76\",\"Bytes\":561,\"DstAddr\":\"192.0.2.80\",\"DstPort\":9999,\"Duplicate\":false,\"Etype\":2048,"
                    + "\"Flags\":[\"SYN_ACK\",\"PSH\"],\"Packets\":3,\"Proto\":6,\"Sampling\":50,\"SrcAddr\":\"10.0.0.7\",\"SrcPort\":46934,"
                    + "\"TimeFlowEndMs\":1709741962511,\"TimeFlowStartMs\":1709741962111,\"TimeReceived\":1709741964,\"_RecordType\":\"flowLog\"}")),
            Map.entry(FlowFormat.ZEEK_JSON,
            List.of(
                    "{\"conn\":{\"ts\":1588205199.82437,\"id\":{\"orig_h\":\"10.0.0.7\",\"orig_p\":54243,\"resp_h\":\"192.0.2.53\",\"resp_p\":53},"
                            + "\"proto\":\"udp\",\"duration\":1.5e-3,\"conn_state\":\"SF\",\"history\":\"Dd\",\"orig_pkts\":1,\"orig_ip_bytes\":67}}",
                    "{\"_path\":\"conn\",\"ts\":\"2020-04-30T00:06:39.824370Z\",\"id.orig_h\":\"10.0.0.7\",\"id.orig_p\":1,\"id.resp_h\":\"::1\","
                            + "\"id.resp_p\":2,\"proto\":\"tcp\",\"conn_state\":\"S0\",\"tunnel_parents\":[\"a\",\"b\"],\"orig_bytes\":1}")));

    @ParameterizedTest
    @EnumSource
    void truncatedRecordsAtEveryByte(FlowFormat format) throws Exception {
        for (String record : RECORDS.get(format)) {
            byte[] bytes = record.getBytes(StandardCharsets.ISO_8859_1);
            FlowDecoder decoder = format.newDecoder(ZONE);
            for (int length = 0; length <= bytes.length; length++) {
                decode(decoder, bytes, 0, length, format, "cut to " + length);
                decode(new AutoDecoder(ZONE), bytes, 0, length, format, "cut to " + length);
                decode(decoder, bytes, length, bytes.length, format, "without the first " + length);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomBytes(FlowFormat format) {
        Random random = new Random(SEED);
        FlowDecoder decoder = format.newDecoder(ZONE);
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && i % 2 == 0) {
                bytes[0] = (byte) "{[#2\"".charAt(random.nextInt(5));
            }
            decode(decoder, bytes, 0, bytes.length, format, "record " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void mutatedRecords(FlowFormat format) {
        List<byte[]> originals = new ArrayList<>();
        RECORDS.get(format).forEach(record -> originals.add(record.getBytes(StandardCharsets.ISO_8859_1)));
        mutate(format, originals);
    }

    @ParameterizedTest
    @CsvSource({
        "BINETFLOW, samples/argus/quasarrat.ra-3.0.8.2.csv",
        "BINETFLOW, binetflow-slips/dataset_Normal_CTU-Normal-7-2013-13-07.binetflow.gz",
        "ZEEK_TSV, zeek-stratosphere/001-zeek-scenario-malicious_labeled-conn.log.gz",
        "ZEEK_JSON, zeek-apt29/apt29_day1_combined_zeek.log.gz",
        "PMACCT_JSON, samples/pmacct/nfacctd-1.7.7.kafka-messages.jsonl",
        "NFDUMP_JSON, samples/softflowd-nfdump/quasarrat.softflowd-v5.nfdump-1.7.1.json",
        "NFDUMP_CSV, samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.csv",
        "GOFLOW2_JSON, samples/documented/goflow2_README.json",
        "ECS_JSON, samples/documented/filebeat_netflow_fortigate_golden.json",
        "SURICATA_JSON, suricata-eve/slips-test6-malicious.suricata.json.gz",
        "SURICATA_JSON, samples/documented/aws_network_firewall_netflow.json"
    })
    void mutatedRealRecords(FlowFormat format, String file) throws Exception {
        List<byte[]> originals = new ArrayList<>();
        try (RecordReader records = new RecordReader(RecordReader.open(SharedData.file(file)), format)) {
            while (originals.size() < 200 && records.next()) {
                if (records.to() > records.from()) {
                    originals.add(Arrays.copyOfRange(records.bytes(), records.from(), records.to()));
                }
            }
        }
        mutate(format, originals);
    }

    private static void mutate(FlowFormat format, List<byte[]> originals) {
        Random random = new Random(SEED);
        String alphabet = "0123456789.:-+eE,\t\"{}[]\\ #/TZxn_";
        FlowDecoder decoder = format.newDecoder(ZONE);
        int flows = 0;
        for (int i = 0; i < 40_000; i++) {
            if (i % 100 == 0) {
                decoder = format.newDecoder(ZONE); // a mutated header must not blind the rest of the test
            }
            byte[] bytes = originals.get(random.nextInt(originals.size())).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(bytes.length);
                switch (random.nextInt(4)) {
                    case 0 -> bytes[at] = (byte) random.nextInt(256);
                    case 1 -> bytes[at] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
                    case 2 -> bytes = repeat(bytes, at, Math.min(bytes.length, at + random.nextInt(40)));
                    default -> bytes = remove(bytes, at, Math.min(bytes.length - 1, at + random.nextInt(10)));
                }
            }
            flows += decode(decoder, bytes, 0, bytes.length, format, "record " + i) ? 1 : 0;
        }
        assertThat(flows).as("mutations that leave a flow").isPositive();
    }

    /** A table of the names would grow worse than linearly with them. */
    @ParameterizedTest
    @CsvSource({"3", "12", "13", "50", "250", "999"})
    void aMegabyteOfFieldNamesThatAreMadeUpTakesLittleMoreMemoryThanThat(int length) {
        Random random = new Random(SEED);
        StringBuilder text = new StringBuilder("{\"src_addr\":\"10.0.0.7\"");
        while (text.length() < FlowDecoder.MAX_RECORD_BYTES - 2 * length - 100) {
            text.append(",\"");
            for (int i = 0; i < length; i++) {
                text.append((char) ('a' + random.nextInt(26)));
            }
            text.append("\":{}");
        }
        byte[] record = text.append('}').toString().getBytes(StandardCharsets.US_ASCII);
        FlowDecoder decoder = FlowFormat.GOFLOW2_JSON.newDecoder(ZONE);
        decode(decoder, record, 0, record.length, FlowFormat.GOFLOW2_JSON, "first, which loads classes");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        decode(decoder, record, 0, record.length, FlowFormat.GOFLOW2_JSON, "names of " + length);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 << 20);
    }

    private static byte[] repeat(byte[] bytes, int from, int to) {
        byte[] result = Arrays.copyOf(bytes, bytes.length + to - from);
        System.arraycopy(bytes, from, result, to, bytes.length - from);
        return result;
    }

    private static byte[] remove(byte[] bytes, int from, int to) {
        byte[] result = Arrays.copyOf(bytes, Math.max(1, bytes.length - Math.max(0, to - from)));
        if (to > from) {
            System.arraycopy(bytes, to, result, from, bytes.length - to);
        }
        return result;
    }

    /** Whether one of its parts was a flow. */
    private static boolean decode(FlowDecoder decoder, byte[] bytes, int from, int to, FlowFormat format, String what) {
        boolean isFlow = decodePart(decoder, true, bytes, from, to, format, what);
        for (int parts = 1; decoder.hasNext(); parts++) {
            assertThat(parts).as("parts of a record end").isLessThanOrEqualTo(to - from);
            isFlow |= decodePart(decoder, false, bytes, from, to, format, what);
        }
        return isFlow;
    }

    private static boolean decodePart(
            FlowDecoder decoder, boolean first, byte[] bytes, int from, int to, FlowFormat format, String what) {
        Flow flow = new Flow();
        try {
            if ((first ? decoder.decode(bytes, from, to, flow) : decoder.next(flow)) != FlowDecoder.Outcome.FLOW) {
                return false;
            }
        } catch (UndecodableException e) {
            assertThat(e.getMessage()).hasSizeBetween(1, 400);
            return false;
        } catch (RuntimeException e) {
            fail("%s, seed %d, %s: %s", format, SEED, what, new String(bytes, from, to - from, StandardCharsets.ISO_8859_1), e);
        }
        assertThat(flow.endMs).isGreaterThanOrEqualTo(flow.startMs);
        assertThat(flow.srcPort).isBetween(0, 65535);
        assertThat(flow.dstPort).isBetween(0, 65535);
        assertThat(flow.protocol).isBetween(0, 255);
        assertThat(flow.tcpFlags).isBetween(0, 255);
        assertThat(flow.samplingRate).isPositive();
        assertThat(Math.min(Math.min(flow.bytes, flow.packets), Math.min(flow.reverseBytes, flow.reversePackets))).isNotNegative();
        return true;
    }
}
