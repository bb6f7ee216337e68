package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedJsonDecoderTest {
    private static final String VFLOW_FIRST = "{'I':8,'V':'192.16.28.217'},{'I':12,'V':'180.10.210.240'},{'I':5,'V':2},{'I':4,'V':6},{'I':7,'V':443},{'I':11,'V':64381},"
                + "{'I':32,'V':0},{'I':10,'V':811},{'I':6,'V':'0x10'},{'I':1,'V':22500},{'I':2,'V':15},{'I':152,'V':1483484581770},"
                + "{'I':153,'V':1483484622384},{'I':136,'V':2},{'I':8,'V':7,'E':2636}";
    private static final String VFLOW_SECOND = "{'V':'2001:db8::7','I':27},{'I':28,'V':'2001:db8::80'},{'I':4,'V':17},{'I':7,'V':5000},{'I':11,'V':53},{'I':1,'V':60},"
                + "{'I':2,'V':1},{'I':1,'E':29305,'V':500},{'I':2,'E':29305,'V':5},{'I':152,'V':1483484581000},{'I':153,'V':1483484582000},{'I':8},[],7";

    /** The record that vFlow documents, and the same of two flows, one of IPv6 with counters of the way back. */
    static final String VFLOW_IPFIX = ("{'AgentID':'192.168.21.15','Header':{'Version':10,'Length':420,'ExportTime':1483484642,'SequenceNo':1434533677,"
                + "'DomainID':32771},'DataSets':[[" + VFLOW_FIRST + "],[" + VFLOW_SECOND + "]]}").replace('\'', '"');

    static final String VFLOW_NETFLOW9 = ("{'AgentID':'10.20.1.22','Header':{'Version':9,'Count':1,'SysUpTime':169636000,'UNIXSecs':1525209942,'SeqNum':9688,"
                + "'SrcID':16777217},'DataSets':[[{'I':8,'V':'192.168.1.10'},{'I':12,'V':'192.168.1.11'},{'I':7,'V':35464},{'I':11,'V':5201},"
                + "{'I':6,'V':'0x12'},{'I':1,'V':217638046},{'I':2,'V':145093},{'I':22,'V':169582587},{'I':21,'V':169620587},{'I':4,'V':6}]]}").replace('\'', '"');

    private static final Path MAPPINGS =
            Path.of(System.getProperty("botwatch.root", "..")).resolve("flink-conf").resolve("mappings");

    private static final String PLAIN =
            """
            only: {/type: flow}
            fields:
              start: {at: /time/begin, unit: ms}
              end: {at: /time/end, unit: ms}
              exported: {at: /time/sent, unit: s}
              src: /ends/0/ip
              dst: [/ends/1/ip, /ends/1/ip6]
              src_port: /ends/0/port
              dst_port: /ends/1/port
              protocol: {at: /l4, values: {Transmission: tcp, '7': 17}}
              bytes: /sum~1of~0bytes
              packets: /packets
              reverse_bytes: /back/bytes
              reverse_packets: /back/packets
              tcp_flags: /flags
              sampling_rate: /every
              exporter: /by
              verdict: {at: /rule, values: {ACCEPT: allowed, REJECT: denied}}
              biflow_direction: /direction
            """;
    private static final String RECORD = "{\"type\":\"flow\",\"time\":{\"begin\":1723831627678,\"end\":1723831628897,\"sent\":1723831640},"
            + "\"ends\":[{\"ip\":\"10.0.0.7\",\"port\":49737},{\"ip\":\"192.0.2.80\",\"port\":443}],\"l4\":\"Transmission\","
            + "\"sum/of~bytes\":16826,\"packets\":23,\"flags\":26,\"every\":100,\"by\":\"192.0.2.1\",\"rule\":\"ACCEPT\","
            + "\"other\":{\"time\":{\"begin\":1}},\"list\":[1,{\"a\":[]}]}";

    private static final String EACH =
            """
            each: /data/flows
            only: {kind: flow, /v: '2'}
            fields:
              start: {at: s, unit: s}
              exported: {at: /sent, unit: iso}
              src: a
              dst: b
              src_port: p/0
              dst_port: p/1
              protocol: /proto
              bytes: n
              packets: n
              exporter: /from
            """;

    private static final String FIELDS =
            "fields: {src: /a, dst: /b, protocol: /p, bytes: /n, packets: /n, start: {at: /s, unit: s}}";

    @Test
    void aFlowsFieldsAreFoundByTheirPointers() throws Exception {
        Flow flow = flow(plain(), RECORD);
        assertThat(src(flow)).isEqualTo("10.0.0.7 49737");
        assertThat(dst(flow)).isEqualTo("192.0.2.80 443");
        assertThat(flow.startMs).isEqualTo(1723831627678L);
        assertThat(flow.endMs).isEqualTo(1723831628897L);
        assertThat(flow.exportedMs).isEqualTo(1723831640000L);
        assertThat(flow.protocol).isEqualTo(6);
        assertThat(flow.bytes).isEqualTo(16826);
        assertThat(flow.packets).isEqualTo(23);
        assertThat(flow.tcpFlags).isEqualTo(26);
        assertThat(flow.samplingRate).isEqualTo(100);
        assertThat(exporter(flow)).isEqualTo("192.0.2.1");
        assertThat(flow.verdict).isEqualTo(Verdict.ALLOWED);
        assertThat(flow.biflow).isFalse();
    }

    @Test
    void wordsAreLookedUpAndOthersMeanWhatTheySay() throws Exception {
        assertThat(flow(plain(), RECORD.replace("ACCEPT", "REJECT")).verdict).isEqualTo(Verdict.DENIED);
        assertThat(flow(plain(), RECORD.replace("ACCEPT", "LATER")).verdict).isEqualTo(Verdict.UNKNOWN);
        assertThat(flow(plain(), RECORD.replace("\"Transmission\"", "7")).protocol).isEqualTo(17);
        assertThat(flow(plain(), RECORD.replace("Transmission", "SCTP")).protocol).isEqualTo(132);
    }

    @Test
    void ofSeveralPointersTheOneThatIsThereIsTaken() throws Exception {
        assertThat(dst(flow(plain(), RECORD.replace("\"ip\":\"192.0.2.80\"", "\"ip6\":\"2001:db8::80\"")))).isEqualTo("2001:db8::80 443");
    }

    @Test
    void recordsThatDoNotMeetTheConditionAreFraming() throws Exception {
        assertThat(outcome(plain(), RECORD.replace("\"flow\"", "\"event\""))).isEqualTo(Outcome.FRAMING);
        assertThat(outcome(plain(), "{\"a\":1}")).isEqualTo(Outcome.FRAMING);
        assertThat(outcome(plain(), RECORD.replace("\"flow\"", "\"event\"").replace("10.0.0.7", "ten")))
                .as("its other fields are nobody's business")
                .isEqualTo(Outcome.FRAMING);
        assertThat(outcome(decoder("only: {/a: 1, /b: 2}\n" + FIELDS), "{\"a\":1,\"a\":1}"))
                .as("one condition that is met twice is not two")
                .isEqualTo(Outcome.FRAMING);
    }

    @Test
    void countersOfTheWayBackMakeABiflowAndDirectionTwoSwapsItsEnds() throws Exception {
        String both = RECORD.replace("\"other\"", "\"back\":{\"bytes\":500,\"packets\":5},\"other\"");
        Flow flow = flow(plain(), both);
        assertThat(flow.biflow).isTrue();
        assertThat(flow.reverseBytes).isEqualTo(500);
        Flow swapped = flow(plain(), both.replace("\"other\"", "\"direction\":2,\"other\""));
        assertThat(src(swapped)).isEqualTo("192.0.2.80 443");
        assertThat(swapped.bytes).isEqualTo(500);
        assertThat(swapped.packets).isEqualTo(5);
        assertThat(swapped.reverseBytes).isEqualTo(16826);
        assertThat(swapped.reversePackets).isEqualTo(23);
        MappedJsonDecoder connections = decoder("connections: true\n" + PLAIN);
        assertThat(connections.hasConnections()).isTrue();
        assertThat(flow(connections, RECORD).biflow).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "s, 1723831627, 1723831627000", "s, 1723831627.678, 1723831627678", "ms, 1723831627678, 1723831627678",
        "us, 1723831627678999, 1723831627678", "ns, 1723831627678999999, 1723831627678", "ns, '\"1723831627678999999\"', 1723831627678",
        "iso, '\"2024-08-16T18:07:07.678Z\"', 1723831627678", "iso, '\"2024-08-16 20:07:07\"', 1723831627000"
    })
    void timesHaveTheUnitThatTheMappingSays(String unit, String written, long startMs) throws Exception {
        JsonMapping mapping = MappingDocument.of("m.yaml", PLAIN.replace("begin, unit: ms", "begin, unit: " + unit).replace("end: {at: /time/end", "end: {at: /x"));
        assertThat(flow(new MappedJsonDecoder(mapping, ZoneId.of("Europe/Prague")), RECORD.replace("1723831627678", written)).startMs)
                .isEqualTo(startMs);
    }

    @Test
    void aNumberIsNoDateAndAFaultNamesTheField() {
        MappedJsonDecoder iso = decoder(PLAIN.replace("begin, unit: ms", "begin, unit: iso"));
        assertThat(failure(iso, RECORD.replace("1723831627678", "20240816"))).hasMessage("start is '20240816'");
        assertThat(failure(plain(), RECORD.replace("443", "70000")).reason()).isEqualTo(Reason.BAD_PORT);
        assertThat(failure(plain(), RECORD.replace("\"packets\":23", "\"packets\":-1"))).hasMessage("packets is '-1'");
        assertThat(failure(plain(), RECORD.replace("\"packets\":23", "\"packets\":{}"))).hasMessage("no packets");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "start: {at: /s, unit: s}, duration: {at: /d, unit: s}          | 's':100,'d':1.5          | 100000 | 101500",
        "end: {at: /e, unit: s}, duration: {at: /d, unit: ms}           | 'e':100,'d':1500         | 98500  | 100000",
        "end: {at: /e, unit: s}, duration: {at: /d, unit: us}           | 'e':100                  | 100000 | 100000",
        "start: {at: /s, unit: uptime}, end: {at: /e, unit: uptime}, exported: {at: /x, unit: s}, uptime: /u | 's':4000,'e':5000,'x':100,'u':6000 | 98000 | 99000",
        "start: {at: /s, unit: uptime}, end: {at: /e, unit: uptime}, exported: {at: /x, unit: s}, uptime: /u | 's':4294967000,'e':704,'x':100,'u':1704 | 98000 | 99000",
        "start: {at: /s, unit: uptime}, end: {at: /e, unit: uptime}, exported: {at: /x, unit: s}, uptime: /u | 's':621761700,'e':621770700,'x':100,'u':20412178 | 100000 | 100000"
    })
    void startAndEndComeFromADurationOrTheExportersUptime(String fields, String record, long startMs, long endMs) throws Exception {
        MappedJsonDecoder decoder = decoder("fields: {src: /a, dst: /b, protocol: /p, bytes: /n, packets: /n, " + fields + "}");
        Flow flow = flow(decoder, ("{'a':'10.0.0.7','b':'192.0.2.80','p':1,'n':1," + record + "}").replace('\'', '"'));
        assertThat(flow.startMs).isEqualTo(startMs);
        assertThat(flow.endMs).isEqualTo(endMs);
    }

    @Test
    void eachElementIsAFlowAndWhatLiesAroundBelongsToAll() throws Exception {
        String record = "{'v':2,'from':'192.0.2.1','data':{'other':[{'s':1}],'flows':[" + element(1, "10.0.0.1") + "," + element(2, "10.0.0.2") + ","
                + element(3, "10.0.0.3") + "]},'sent':'2024-08-16T18:07:20Z','proto':'udp'}";
        List<Object> flows = all(decoder(EACH), record.replace('\'', '"'));
        assertThat(flows).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Flow flow = (Flow) flows.get(i);
            assertThat(flow.startMs).isEqualTo((i + 1) * 1000L);
            assertThat(src(flow)).isEqualTo("10.0.0." + (i + 1) + " 1000");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 53");
            assertThat(flow.protocol).as("written after the list").isEqualTo(17);
            assertThat(exporter(flow)).isEqualTo("192.0.2.1");
            assertThat(flow.exportedMs).isEqualTo(ms("2024-08-16T18:07:20Z"));
        }
    }

    @Test
    void anElementThatIsNoFlowIsOneFaultAndTheOthersStillCome() throws Exception {
        String record = "{'v':2,'proto':'udp','data':{'flows':[" + element(1, "10.0.0.1") + "," + element(2, "ten") + ",7,[[1]],{},"
                + element(3, "10.0.0.3").replace("'s':3", "'s':'noon','deep':[{'s':1}]") + "," + element(4, "10.0.0.4").replace("'flow'", "'stats'")
                + ",null," + element(5, "10.0.0.5") + "]}}";
        MappedJsonDecoder decoder = decoder(EACH);
        assertThat(all(decoder, record.replace('\'', '"')).stream().map(part -> part instanceof Flow flow ? src(flow) : part).toList())
                .containsExactly(
                        "10.0.0.1 1000", Reason.BAD_ADDRESS, Outcome.FRAMING, Outcome.FRAMING, Outcome.FRAMING, Reason.BAD_TIME,
                        Outcome.FRAMING, Outcome.FRAMING, "10.0.0.5 1000");
        assertThat(decoder.hasNext()).isFalse();
    }

    @Test
    void aRecordThatIsNoJsonIsOneFaultAndOneWithoutTheListIsOneToo() throws Exception {
        MappedJsonDecoder decoder = decoder(EACH);
        String record = ("{'v':2,'proto':'udp','data':{'flows':[" + element(1, "10.0.0.1") + "," + element(2, "10.0.0.2") + "]}}").replace('\'', '"');
        assertThat(all(decoder, record.substring(0, record.length() - 2))).containsExactly(Reason.MALFORMED);
        assertThat(all(decoder, record + "x")).containsExactly(Reason.MALFORMED);
        assertThat(failure(decoder, "{\"v\":2,\"data\":{\"flows\":{}}}")).hasMessage("no list at /data/flows");
        assertThat(failure(decoder, "{\"data\":[]}").reason()).isEqualTo(Reason.MISSING_FIELD);
        assertThat(all(decoder, "{\"v\":2,\"data\":{\"flows\":[]}}")).containsExactly(Outcome.FRAMING);
        assertThat(all(decoder, record)).as("none of them spoils the next").hasSize(2).allMatch(part -> part instanceof Flow);
    }

    @Test
    void aRecordThatWasNotReadToItsEndIsForgotten() throws Exception {
        MappedJsonDecoder decoder = decoder(EACH);
        String two = ("{'v':2,'proto':'udp','data':{'flows':[" + element(1, "10.0.0.1") + "," + element(2, "10.0.0.2") + "]}}").replace('\'', '"');
        assertThat(src(flow(decoder, two))).isEqualTo("10.0.0.1 1000");
        assertThat(decoder.hasNext()).isTrue();
        assertThat(outcome(decoder, " ")).isEqualTo(Outcome.FRAMING);
        assertThat(decoder.hasNext()).isFalse();
    }

    private static String element(int start, String source) {
        return "{'kind':'flow','s':" + start + ",'a':'" + source + "','b':'192.0.2.80','p':[1000,53],'n':1}";
    }

    @Test
    void theShippedMappingReadsWhatVflowDocuments() throws Exception {
        MappedJsonDecoder decoder = shipped("vflow-ipfix.yaml");
        List<Object> flows = all(decoder, VFLOW_IPFIX);
        assertThat(flows).hasSize(2);
        Flow flow = (Flow) flows.get(0);
        assertThat(src(flow)).isEqualTo("192.16.28.217 443");
        assertThat(dst(flow)).isEqualTo("180.10.210.240 64381");
        assertThat(flow.protocol).isEqualTo(6);
        assertThat(flow.tcpFlags).isEqualTo(TcpFlags.ACK);
        assertThat(flow.bytes).isEqualTo(22500);
        assertThat(flow.packets).isEqualTo(15);
        assertThat(flow.startMs).isEqualTo(1483484581770L);
        assertThat(flow.endMs).isEqualTo(1483484622384L);
        assertThat(flow.exportedMs).isEqualTo(1483484642000L);
        assertThat(exporter(flow)).isEqualTo("192.168.21.15");
        assertThat(flow.biflow).isFalse();
        Flow back = (Flow) flows.get(1);
        assertThat(src(back)).isEqualTo("2001:db8::7 5000");
        assertThat(back.biflow).isTrue();
        assertThat(back.reverseBytes).isEqualTo(500);
        assertThat(back.reversePackets).isEqualTo(5);
        assertThat(back.bytes).isEqualTo(60);
    }

    @Test
    void theShippedMappingOfNetflow9CountsFromTheExportersUptime() throws Exception {
        Flow flow = flow(shipped("vflow-netflow9.yaml"), VFLOW_NETFLOW9);
        assertThat(flow.startMs).isEqualTo(1525209942000L - 53_413);
        assertThat(flow.endMs - flow.startMs).isEqualTo(38_000);
        assertThat(flow.exportedMs).isEqualTo(1525209942000L);
        assertThat(flow.tcpFlags).isEqualTo(18);
    }

    @Test
    void aMappingTravelsWithTheJob() throws Exception {
        InputFormat format = InputFormat.mapped(MappingDocument.of("m.yaml", PLAIN), ZoneId.of("Europe/Prague"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(format);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            InputFormat copy = (InputFormat) in.readObject();
            assertThat(flow(copy.newDecoder(), RECORD)).isEqualTo(flow(plain(), RECORD));
            assertThat(copy.label()).isEqualTo("mapped-json");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0xB07BA7C4L, 7})
    void whateverTheBytesADecoderAnswersOrSaysWhyNot(long seed) {
        Random random = new Random(seed);
        String each = ("{'v':2,'proto':'udp','data':{'flows':[" + element(1, "10.0.0.1") + "," + element(2, "10.0.0.2") + "]},'sent':'2024-08-16T18:07:20Z'}")
                .replace('\'', '"');
        String pairs = "{\"AgentID\":\"192.0.2.1\",\"Header\":{\"ExportTime\":1483484642},\"DataSets\":[[{\"I\":8,\"V\":\"10.0.0.7\"},{\"I\":12,\"V\":\"10.0.0.8\"},"
                + "{\"I\":4,\"V\":17},{\"I\":1,\"V\":60},{\"I\":2,\"V\":1},{\"I\":152,\"V\":1483484581000}],[{\"I\":1,\"E\":29305,\"V\":5}]]}";
        String alphabet = "0123456789.:-+eE,\t\"{}[]\\ #/TZxn_";
        List<MappedJsonDecoder> decoders = List.of(plain(), decoder(EACH), shipped("vflow-ipfix.yaml"));
        List<String> records = List.of(RECORD, each, pairs);
        int flows = 0;
        for (int i = 0; i < 20_000; i++) {
            int which = random.nextInt(3);
            StringBuilder record = new StringBuilder(records.get(which));
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(record.length());
                switch (random.nextInt(4)) {
                    case 0 -> record.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> record.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                    case 2 -> record.insert(at, record.substring(at, Math.min(record.length(), at + random.nextInt(40))));
                    default -> record.setLength(1 + random.nextInt(record.length()));
                }
            }
            try {
                flows += (int) all(decoders.get(which), record.toString()).stream().filter(Flow.class::isInstance).count();
            } catch (RuntimeException e) {
                fail("seed %d, record %d: %s", seed, i, record, e);
            }
        }
        assertThat(flows).as("mutations that leave a flow").isPositive();
    }

    @Test
    void deepAndLargeRecordsAreRefused() {
        for (MappedJsonDecoder decoder : List.of(plain(), decoder(EACH))) {
            assertThat(failure(decoder, "{\"data\":{\"flows\":" + "[".repeat(300_000))).hasMessageContaining("nesting depth");
            assertThat(failure(decoder, "x".repeat(FlowDecoder.MAX_RECORD_BYTES + 1)).reason()).isEqualTo(Reason.TOO_LARGE);
            assertThatCode(() -> flow(plain(), RECORD)).doesNotThrowAnyException();
        }
    }

    private static MappedJsonDecoder plain() {
        return decoder(PLAIN);
    }

    private static MappedJsonDecoder decoder(String yaml) {
        return new MappedJsonDecoder(MappingDocument.of("m.yaml", yaml), ZoneOffset.UTC);
    }

    static MappedJsonDecoder shipped(String name) {
        return new MappedJsonDecoder(MappingDocument.load(MAPPINGS.resolve(name)), ZoneOffset.UTC);
    }

    /** What a record holds: flows, other outcomes, and the reasons of faults. */
    private static List<Object> all(FlowDecoder decoder, String record) {
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        List<Object> parts = new ArrayList<>();
        do {
            Flow flow = new Flow();
            try {
                Outcome outcome = parts.isEmpty() ? decoder.decode(bytes, 0, bytes.length, flow) : decoder.next(flow);
                parts.add(outcome == Outcome.FLOW ? flow : outcome);
            } catch (UndecodableException e) {
                parts.add(e.reason());
            }
        } while (decoder.hasNext());
        return parts;
    }
}
