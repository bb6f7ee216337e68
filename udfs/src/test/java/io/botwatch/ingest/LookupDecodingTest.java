package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS records of every format that has them. */
class LookupDecodingTest {
    private static final long MS = 1_598_035_112_730L;

    private final Flow flow = new Flow();

    private void assertLookup(FlowDecoder decoder, String record, String name, int rcode, String... answers) throws Exception {
        assertThat(decode(decoder, record)).as(record).isEqualTo(Outcome.LOOKUP);
        assertThat(decoder.lookup()).as(record).isEqualTo(new Lookup(name, rcode, List.of(answers).stream().map(Address::parse).toList()));
        assertThat(new Address(flow.srcHi, flow.srcLo)).as("who asked").hasToString("10.0.0.7");
        assertThat(new Address(flow.dstHi, flow.dstLo)).hasToString("192.0.2.53");
        assertThat(flow.startMs).isEqualTo(MS);
    }

    private Outcome decode(FlowDecoder decoder, String record) throws UndecodableException {
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        return decoder.decode(bytes, 0, bytes.length, flow);
    }

    @Test
    void zeeksTextLog() throws Exception {
        FlowDecoder decoder = new ZeekTsvDecoder();
        decode(decoder, "#path\tdns");
        decode(decoder, "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\trcode\trcode_name\tanswers");
        String row = "1598035112.730231\tC\t10.0.0.7\t58922\t192.0.2.53\t53\tudp\tWWW.Example.org\t3\tNXDOMAIN\t-";
        assertLookup(decoder, row, "www.example.org", 3);
        assertLookup(decoder, row.replace("3\tNX", "-\tNX"), "www.example.org", Lookup.UNANSWERED);
        assertLookup(
                decoder, row.replace("NXDOMAIN\t-", "NXDOMAIN\tcdn.example.net,203.0.113.7,2001:db8::7,203.0.113.7,TXT 5 a:b:c"),
                "www.example.org", 3, "203.0.113.7", "2001:db8::7");
        assertThat(decode(decoder, row.replace("WWW.Example.org", "-"))).as("without a name").isEqualTo(Outcome.FRAMING);
        assertThat(failure(decoder, row.replace("1598035112.730231", "-"))).hasMessage("no time");
        assertThat(failure(decoder, row.replace("Example", "x".repeat(300)))).hasMessageContaining("a name of");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{'_path':'dns','ts':1598035112.73,'id.orig_h':'10.0.0.7','id.resp_h':'192.0.2.53','query':'a.example','rcode':0}",
        "{'ts':1598035112.73,'id_orig_h':'10.0.0.7','id_resp_h':'192.0.2.53','query':'a.example.','rcode':0,'@stream':'dns'}",
        "{'dns':{'ts':1598035112.73,'id':{'orig_h':'10.0.0.7','resp_h':'192.0.2.53'},'query':'A.example','rcode':0}}",
        "{'ts':1598035112.73,'id.orig_h':'10.0.0.7','id.resp_h':'192.0.2.53','trans_id':7,'query':'a.example','rcode':0}",
    })
    void zeeksJsonLog(String record) throws Exception {
        assertLookup(new ZeekJsonDecoder(), record.replace('\'', '"'), "a.example", 0);
        String answered = record.replace("'rcode':0", "'answers':['cname.example','203.0.113.7'],'rcode':0").replace('\'', '"');
        assertLookup(new ZeekJsonDecoder(), answered, "a.example", 0, "203.0.113.7");
        assertLookup(new AutoDecoder(ZoneOffset.UTC), record.replace('\'', '"'), "a.example", 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        // version 6: as the packet went, and as the flow began; version 8
        "{'timestamp':'2020-08-21T18:38:32.730Z','event_type':'dns','src_ip':'192.0.2.53','src_port':53,'dest_ip':'10.0.0.7','dest_port':5000,"
                + "'proto':'UDP','dns':{'type':'answer','rrname':'a.example','rcode':'NXDOMAIN'}}",
        "{'timestamp':'2020-08-21T18:38:32.730Z','event_type':'dns','src_ip':'10.0.0.7','src_port':5000,'dest_ip':'192.0.2.53','dest_port':53,"
                + "'proto':'UDP','dns':{'type':'answer','rrname':'a.example','rcode':'NXDOMAIN'}}",
        "{'timestamp':'2020-08-21T18:38:32.730Z','event_type':'dns','src_ip':'10.0.0.7','src_port':5000,'dest_ip':'192.0.2.53','dest_port':53,"
                + "'proto':'UDP','dns':{'version':3,'type':'response','rcode':'NXDOMAIN','queries':[{'rrname':'a.example','rrtype':'A'}]}}",
    })
    void suricatasAnswers(String record) throws Exception {
        assertLookup(new SuricataJsonDecoder(), record.replace('\'', '"'), "a.example", 3);
        String answered = record.replace("'NXDOMAIN'", "'NOERROR','answers':[{'rrtype':'CNAME','rdata':'cname.example'},{'rdata':'203.0.113.7'}]")
                .replace('\'', '"');
        assertLookup(new SuricataJsonDecoder(), answered, "a.example", 0, "203.0.113.7");
        String query = record.replace("'answer'", "'query'").replace("'response'", "'request'").replace('\'', '"');
        assertThat(decode(new SuricataJsonDecoder(), query)).as("the question").isEqualTo(Outcome.FRAMING);
    }

    @Test
    void aRealLogGivesItsNames() throws Exception {
        var decoder = new ZeekTsvDecoder();
        int[] lookups = {0};
        try (RecordReader reader = new RecordReader(
                RecordReader.open(SharedData.file("zeek-acm-motd/comfoo_dns.log.gz")), FlowFormat.ZEEK_TSV)) {
            while (reader.next()) {
                if (decoder.decode(reader.bytes(), reader.from(), reader.to(), flow) == Outcome.LOOKUP) {
                    if (lookups[0]++ == 0) {
                        assertThat(decoder.lookup()).isEqualTo(
                                new Lookup("array504.prod.do.dsp.mp.microsoft.com", 0, List.of(Address.parse("52.184.216.174"))));
                    }
                }
            }
        }
        assertThat(lookups[0]).isGreaterThan(1_000);
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        Decoded decoded = new Decoded();
        decoded.flow.startMs = MS;
        decoded.flow.srcLo = 7;
        decoded.asLookup(new Lookup("a.example", 3, List.of(Address.parse("203.0.113.7"), Address.parse("2001:db8::7"))));
        DataOutputSerializer out = new DataOutputSerializer(64);
        DecodedSerializer.INSTANCE.serialize(decoded, out);
        Decoded read = DecodedSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
        assertThat(read).isEqualTo(decoded);
        assertThat(read.isLookup()).isTrue();
        assertThat(read.isFlow()).isFalse();
        assertThat(read.timestampMs()).isEqualTo(MS);
        assertThat(read.asFlow().isLookup()).as("used again").isFalse();
    }

    private UndecodableException failure(FlowDecoder decoder, String record) {
        return catchThrowableOfType(UndecodableException.class, () -> decode(decoder, record));
    }
}
