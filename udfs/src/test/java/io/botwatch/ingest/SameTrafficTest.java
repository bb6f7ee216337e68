package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One capture, exported once as NetFlow v9 and printed by three tools: what they agree on must be decoded alike. */
class SameTrafficTest {
    private static final String NFDUMP = "samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.";

    /** The first 60 of its 503 records. */
    private static List<Flow> nfdumpJson() throws Exception {
        return SharedData.flows(NFDUMP + "json", FlowFormat.NFDUMP_JSON, 1000);
    }

    /** The first 200 of its 503 records. */
    private static List<Flow> nfdumpCsv() throws Exception {
        return SharedData.flows(NFDUMP + "csv", FlowFormat.NFDUMP_CSV, 1000);
    }

    @Test
    void nfdumpsJsonAndCsvAreTheSameRecords() throws Exception {
        List<Flow> json = nfdumpJson();
        List<Flow> csv = nfdumpCsv();
        assertThat(json).hasSize(60);
        assertThat(csv).hasSize(200);
        assertThat(identities(csv.subList(0, 60))).isEqualTo(identities(json));
        for (int i = 0; i < json.size(); i++) {
            Flow exact = json.get(i);
            Flow coarse = csv.get(i);
            assertThat(coarse.startMs).as("whole seconds, rounded down").isEqualTo(exact.startMs / 1000 * 1000);
            assertThat(coarse.endMs - coarse.startMs).as("duration in ms").isEqualTo(exact.endMs - exact.startMs);
            assertThat(coarse.tcpFlags).isEqualTo(exact.tcpFlags);
            assertThat(coarse.exportedMs).as("when the collector received it").isEqualTo(exact.exportedMs).isPositive();
            assertThat(coarse.exporterLo).isEqualTo(exact.exporterLo);
        }
    }

    @Test
    void pmacctPrintsTheSameRecordsWithTimesRoundedToSeconds() throws Exception {
        List<Flow> json = nfdumpJson();
        List<Flow> csv = nfdumpCsv();
        List<Flow> pmacct = SharedData.flows("samples/pmacct/nfacctd-1.7.7.v9.jsonl", FlowFormat.PMACCT_JSON, 1000);
        assertThat(pmacct).hasSize(100);
        assertThat(identities(pmacct)).isEqualTo(identities(csv.subList(0, 100)));
        for (int i = 0; i < json.size(); i++) {
            assertThat(pmacct.get(i).startMs % 1000).isZero();
            // nfdump and pmacct each put the export packet's time, whole seconds in v9, to the exporter's uptime
            assertThat(Math.abs(pmacct.get(i).startMs - json.get(i).startMs)).isLessThanOrEqualTo(1000);
            assertThat(Math.abs(pmacct.get(i).endMs - json.get(i).endMs)).isLessThanOrEqualTo(1000);
            assertThat(pmacct.get(i).tcpFlags).isEqualTo(json.get(i).tcpFlags);
        }
    }

    @Test
    void pmacctInKafkaMergesRecordsOfOneKeyAndLosesNothing() throws Exception {
        List<Flow> kafka = SharedData.flows("samples/pmacct/nfacctd-1.7.7.kafka-messages.jsonl", FlowFormat.PMACCT_JSON, 1000);
        assertThat(kafka).as("503 records of the exporter, three merged").hasSize(500);
        // the totals that nfdump printed below the same 503 records
        assertThat(kafka.stream().mapToLong(flow -> flow.bytes).sum()).isEqualTo(1_052_634);
        assertThat(kafka.stream().mapToLong(flow -> flow.packets).sum()).isEqualTo(3_155);

        Map<String, Integer> missing = new HashMap<>(identities(nfdumpCsv()));
        identities(kafka).forEach((identity, count) -> missing.merge(identity, -count, Integer::sum));
        missing.values().removeIf(count -> count <= 0);
        String key = "fe80::f1d6:b6f6:bd97:e328 0 > fe80::704:cdbc:5747:ce2d 0 58 ";
        assertThat(missing)
                .as("of nfdump's first 200, two ICMPv6 records of one second are one in pmacct")
                .containsOnly(Map.entry(key + "1 72", 1), Map.entry(key + "1 188", 1));
        assertThat(identities(kafka)).containsEntry(key + "2 260", 1);
    }

    @Test
    void allVersionsOfNetflowGiveTheSameTcpAndUdpTraffic() throws Exception {
        String folder = "samples/pmacct/nfacctd-1.7.7.";
        List<Flow> v9 = SharedData.flows(folder + "v9.jsonl", FlowFormat.PMACCT_JSON, 100);
        List<Flow> ipfix = SharedData.flows(folder + "v10m.jsonl", FlowFormat.PMACCT_JSON, 100);
        assertThat(identities(ipfix)).isEqualTo(identities(v9));
        assertThat(ipfix).anyMatch(flow -> flow.startMs % 1000 != 0);
        List<Flow> v5 = SharedData.flows(folder + "v5.jsonl", FlowFormat.PMACCT_JSON, 100);
        List<Flow> v4Only = new ArrayList<>(v9);
        v4Only.removeIf(flow -> !io.botwatch.flow.Address.isV4(flow.srcHi, flow.srcLo));
        assertThat(identities(v5)).as("v5 knows no IPv6").containsAllEntriesOf(identities(v4Only));
    }

    /** How often each (ends, protocol, packets, bytes) occurs. */
    private static Map<String, Integer> identities(List<Flow> flows) {
        Map<String, Integer> counts = new HashMap<>();
        for (Flow flow : flows) {
            String identity = src(flow) + " > " + dst(flow) + " " + flow.protocol + " " + flow.packets + " " + flow.bytes;
            counts.merge(identity, 1, Integer::sum);
        }
        return counts;
    }
}
