package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FormatDetector.Detection;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatDetectorTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ZEEK_JSON    | {'ts':1,'id.orig_h':'10.0.0.7','conn_state':'SF'}",
        "ZEEK_JSON    | {'ts':1,'id_orig_h':'10.0.0.7','orig_pkts':1}",
        "ZEEK_JSON    | {'conn':{'ts':1,'id':{'orig_h':'10.0.0.7'},'conn_state':'SF'}}",
        "ZEEK_JSON    | {'_path':'weird','ts':1}",
        "ZEEK_JSON    | {'ts':1,'id.orig_h':'10.0.0.7','query':'a'}{'ts':1,'id.orig_h':'10.0.0.7','conn_state':'SF'}",
        "GOFLOW2_JSON | {'type':'SFLOW_5','time_received_ns':1,'src_addr':'10.0.0.7'}",
        "GOFLOW2_JSON | {'type':'SFLOW_5','time_flow_start_ns':1",
        "GOFLOW2_JSON | {'TimeFlowStart':1,'SrcAddr':'10.0.0.7'}",
        "PMACCT_JSON  | {'event_type':'purge_init','writer_id':1} {'event_type':'purge','ip_src':'10.0.0.7','ip_dst':'10.0.0.8'}",
        "NFDUMP_JSON  | [ {'type':'FLOW','src6_addr':'::1'} ]",
        "NFDUMP_JSON  | {'type':'FLOW','src4_addr':'10.0.0.7'",
        "ECS_JSON     | {'@timestamp':'2024-08-16T18:07:20Z','netflow':{'type':'netflow_options'}}",
        "ECS_JSON     | {'@timestamp':'2024-08-16T18:07:20Z','source.ip':'10.0.0.7','destination.ip':'10.0.0.8','network.bytes':1}",
        "ECS_JSON     | {'@timestamp':'2024-08-16T18:07:20Z','source':{'ip':'10.0.0.7'},'destination':{'ip':'10.0.0.8'},'network':{'bytes':1}}",
        "SURICATA_JSON | {'timestamp':'2024-08-16T18:07:20.0+0200','event_type':'flow','src_ip':'10.0.0.7','dest_ip':'10.0.0.8'}",
        "SURICATA_JSON | {'event_type':'stats','stats':{}}{'event_type':'dns','flow_id':1}",
        "SURICATA_JSON | {'firewall_name':'fw','event_timestamp':'1','event':{'event_type':'netflow'}}",
        "NETOBSERV_JSON | {'AgentIP':'10.0.0.1','SrcAddr':'10.0.0.7','DstAddr':'10.0.0.8','TimeFlowStartMs':1}",
        "NETOBSERV_JSON | [{'_RecordType':'newConnection','SrcAddr':'10.0.0.7'}]",
        "GOFLOW2_JSON | {'Type':'IPFIX','SamplerAddress':'10.0.0.1','SrcAddr':'10.0.0.7','TimeFlowStartMs':1}",
        "NFDUMP_CSV   | ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt",
        "NFDUMP_CSV   | 2024-08-16 18:07:07,2024-08-16 18:07:08,1.219,10.0.0.7,192.0.2.80,443,49737,TCP,...AP.S.,0,0,23,16826,0,0",
        "BINETFLOW    | StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State",
        "BINETFLOW    | Proto\tSrcAddr\tDstAddr",
        "BINETFLOW    | 2024/05/06 07:08:09.1,1.5,tcp,10.0.0.7,50123,   ->,192.0.2.80,443,FSPA_SPA,0,0,11,9000,1000,",
        "BINETFLOW    | 2024/05/06 07:08:09,0,arp,10.0.0.7,,who,10.0.0.1,,CON,,,2,84,42,",
        "ZEEK_TSV     | #separator \\x09",
        "ZEEK_TSV     | #fields\tts\tuid",
        "ZEEK_TSV     | 1713484795.9\tC1\t10.0.0.7\t25320\t192.0.2.80\t6008\ttcp\t-\t-\t-\t-\tS0\tT\tF\t0\tS\t1\t60\t0\t0\t-"
    })
    void aRecordTellsItsFormat(FlowFormat format, String record) {
        Detection detection = detect(record.replace('\'', '"'));
        assertThat(detection.format()).as(detection.reason()).isEqualTo(format);
        assertThat(detection.reason()).isNotBlank();
        assertThat(detect("\uFEFF \r\n" + record.replace('\'', '"')).format()).as("after a mark and blanks").isEqualTo(format);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''", "' '", "hello", "{", "{}", "[]", "{'a':1}", "{'event_type':'flow','src_ip':'10.0.0.7'}",
        "{'@timestamp':1,'source':{'ip':'10.0.0.7'},'destination':{'ip':'10.0.0.8'}}", "{'@timestamp':1,'flow.src.ip.addr':'10.0.0.7'}",
        "{'ts':1,'id.orig_h':'10.0.0.7','query':'example.org'}", "# a comment", "#path\tdpd", "1,2,3", "<xml/>",
        "sIP,dIP,sPort,dPort,protocol,packets,bytes", "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm"
    })
    void otherThingsAreOfNoFormatAndTheReasonSaysWhy(String record) {
        Detection detection = detect(record.replace('\'', '"'));
        assertThat(detection.format()).as(detection.reason()).isNull();
        assertThat(detection.reason()).isNotBlank().hasSizeLessThan(400);
    }

    @Test
    void aProtobufMessageTellsGoflow2BareWithItsLengthAndAtTheHeadOfAFileOfThem() {
        byte[] bare = ProtobufMessage.sample().bare();
        byte[] framed = ProtobufMessage.sample().withLength();
        byte[] file = new ProtobufMessage().raw(framed).raw((byte) '\n').raw(framed).raw((byte) '\n').raw((byte) 99).bare();
        for (byte[] head : new byte[][] {bare, framed, file}) {
            Detection detection = FormatDetector.detect(head, head.length);
            assertThat(detection.format()).isEqualTo(FlowFormat.GOFLOW2_PROTOBUF);
            assertThat(detection.reason())
                    .isEqualTo("first record is a protobuf message with the fields of a flow: goflow2");
        }
        assertThat(FormatDetector.detect(framed, framed.length - 1).format()).as("cut").isNull();
    }

    @Test
    void aMessageWhoseLengthIsACharacterThatOpensATextIsStillAMessage() {
        for (char first : new char[] {'{', '[', '#', ' ', '\t', '2', 'S'}) {
            ProtobufMessage message = new ProtobufMessage().number(1, 3).address(6, "10.0.0.7").address(7, "192.0.2.80");
            message.number(2, 1_723_831_700L);
            int padding = first - message.length() - 3;
            if (padding >= 0) {
                byte[] framed = message.bytes(1_000, new byte[padding]).withLength();
                assertThat(framed[0]).isEqualTo((byte) first);
                assertThat(FormatDetector.detect(framed, framed.length).format()).isEqualTo(FlowFormat.GOFLOW2_PROTOBUF);
            }
        }
    }

    @Test
    void reasonsNameWhatWasSeen() {
        assertThat(detect("{\"ts\":1,\"id.orig_h\":\"10.0.0.7\",\"conn_state\":\"SF\"}").reason())
                .isEqualTo("first record is a JSON object with id.orig_h: Zeek conn");
        assertThat(detect("#separator \\x09\n#path\tdpd\n").reason()).contains("dpd log, neither its connection nor its DNS log");
        assertThat(detect("{\"event_type\":\"flow\",\"src_ip\":1}").reason()).contains("event_type, src_ip");
        assertThat(detect("{\"AgentIP\":\"10.0.0.1\",\"SrcAddr\":\"10.0.0.7\"}").reason())
                .isEqualTo("first record is a JSON object with AgentIP: NetObserv");
        assertThat(detect("{\"@timestamp\":1,\"netflow\":{}}").reason())
                .isEqualTo("first record is a JSON object with @timestamp and netflow: Elastic Common Schema");
        assertThat(detect("").reason()).contains("nothing");
    }

    @Test
    void randomBytesAreOfNoFormat() {
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && i % 2 == 0) {
                bytes[0] = (byte) "{[#2".charAt(random.nextInt(4));
            }
            Detection detection = FormatDetector.detect(bytes, bytes.length);
            assertThat(detection.format()).as(detection.reason()).isNull();
        }
    }

    @Test
    void everyRealSampleIsToldRightAlsoWhenItsHeadIsCutShort() throws Exception {
        Path data = SharedData.file("samples/PROVENANCE.md").getParent().getParent();
        List<String> wrong = new ArrayList<>();
        int files = 0;
        for (String folder : new String[] {
            "samples/softflowd-nfdump", "samples/pmacct", "samples/argus", "samples/documented", "suricata-eve", "ctu13-scenario6",
            "binetflow-slips", "zeek-acm-motd", "zeek-apt29", "zeek-rita", "zeek-rita/vps", "zeek-stratosphere"
        }) {
            List<Path> paths;
            try (Stream<Path> list = Files.list(data.resolve(folder))) {
                paths = list.filter(Files::isRegularFile).sorted().toList();
            }
            for (Path path : paths) {
                String name = folder + "/" + path.getFileName();
                FlowFormat expected = expected(name);
                byte[] head;
                try (InputStream in = RecordReader.open(path)) {
                    head = in.readNBytes(1 << 16);
                }
                for (int length : new int[] {head.length, Math.min(head.length, 700)}) {
                    Detection detection = FormatDetector.detect(head, length);
                    if (detection.format() != expected) {
                        wrong.add(name + " cut to " + length + ": " + detection);
                    }
                }
                files++;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(files).isGreaterThan(80);
    }

    private static FlowFormat expected(String name) {
        if (name.contains("nfdump-1.7.1.json") || name.endsWith(".nfdump.json")) {
            return FlowFormat.NFDUMP_JSON;
        }
        if (name.endsWith("nfdump-1.7.1.csv") || name.endsWith("csv-trailer-lines.txt")) {
            return FlowFormat.NFDUMP_CSV;
        }
        if (name.startsWith("samples/pmacct/") && name.endsWith(".jsonl")) {
            return FlowFormat.PMACCT_JSON;
        }
        if (name.contains("_dns.log")) {
            return FlowFormat.ZEEK_TSV;
        }
        if (name.contains("filebeat")) {
            return FlowFormat.ECS_JSON;
        }
        if (name.contains("suricata_") || name.startsWith("suricata-eve/") && name.endsWith(".gz") || name.contains("aws_network_firewall")) {
            return FlowFormat.SURICATA_JSON;
        }
        if (name.contains("goflow2")) {
            return FlowFormat.GOFLOW2_JSON;
        }
        if (name.contains(".binetflow") || name.startsWith("samples/argus/")) {
            return FlowFormat.BINETFLOW;
        }
        if (name.contains("documented/zeek_conn") || name.contains("apt29_day1") || name.contains("json_with_all_fields")
                || name.contains("netflowlabeler_conn.json")) {
            return FlowFormat.ZEEK_JSON;
        }
        return name.startsWith("zeek-") && name.contains("conn") && !name.endsWith(".md") ? FlowFormat.ZEEK_TSV : null;
    }

    @Test
    void theAutoDecoderKeepsTheFormatOfTheFirstRecordThatTells() throws Exception {
        AutoDecoder decoder = new AutoDecoder(ZoneOffset.UTC);
        assertThat(Decoding.outcome(decoder, " ")).isEqualTo(FlowDecoder.Outcome.FRAMING);
        assertThat(Decoding.failure(decoder, "{\"a\":1}").reason()).isEqualTo(UndecodableException.Reason.UNKNOWN_FORMAT);
        assertThat(decoder.format()).isNull();
        String pmacct = "{\"ip_src\":\"10.0.0.7\",\"ip_dst\":\"192.0.2.80\",\"ip_proto\":\"udp\",\"port_src\":1,\"port_dst\":2,"
                + "\"stamp_inserted\":\"2024-08-16 18:07:00\",\"packets\":1,\"bytes\":2}";
        Flow flow = Decoding.flow(decoder, pmacct);
        assertThat(flow.bytes).isEqualTo(2);
        assertThat(decoder.format()).isEqualTo(FlowFormat.PMACCT_JSON);
        assertThat(Decoding.failure(decoder, "{\"a\":1}").reason()).isEqualTo(UndecodableException.Reason.MISSING_FIELD);
    }

    @Test
    void theAutoDecoderReadsAWholeFileOfEachKindOfText() throws Exception {
        AutoDecoder zeek = new AutoDecoder(ZoneOffset.UTC);
        Decoding.outcome(zeek, "#separator \\x09");
        Decoding.outcome(zeek, "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state");
        assertThat(Decoding.dst(Decoding.flow(zeek, "1\t10.0.0.7\t1\t192.0.2.80\t2\ttcp\tS0"))).isEqualTo("192.0.2.80 2");
        AutoDecoder argus = new AutoDecoder(ZoneOffset.UTC);
        Decoding.outcome(argus, "StartTime,Proto,SrcAddr,Sport,DstAddr,Dport,TotPkts,TotBytes");
        assertThat(Decoding.dst(Decoding.flow(argus, "1.5,udp,10.0.0.7,1,192.0.2.80,2,3,4"))).isEqualTo("192.0.2.80 2");
    }

    private static Detection detect(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return FormatDetector.detect(bytes, bytes.length);
    }
}
