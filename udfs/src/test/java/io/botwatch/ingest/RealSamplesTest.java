package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.SharedData.Tally;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Captures and exporter output that nobody made for this project. The figures were counted by other means than this code. */
class RealSamplesTest {

    @ParameterizedTest
    @CsvSource({
        "binetflow-slips/dataset_Normal_2013-10-21_capture-1.binetflow.gz, BINETFLOW, 2380, 18, 1, 98502819, 0, 98956",
        "binetflow-slips/dataset_Normal_CTU-Normal-7-2013-13-07.binetflow.gz, BINETFLOW, 9797, 0, 1, 276772769, 132882606, 471237",
        "binetflow-slips/dataset_test-sality.binetflow.gz, BINETFLOW, 993, 12, 1, 771864, 3366708, 9314",
        "binetflow-slips/dataset_test11-portscan.binetflow.gz, BINETFLOW, 66, 0, 1, 44364, 137540, 712",
        "binetflow-slips/dataset_test2-malicious.binetflow.gz, BINETFLOW, 6751, 0, 1, 26271460, 322434105, 491156",
        "binetflow-slips/dataset_test4-malicious.binetflow.gz, BINETFLOW, 392, 2, 1, 59242, 374002, 1180",
        "binetflow-slips/test-netflows_test1.binetflow.gz, BINETFLOW, 4982, 17, 1, 4622344, 65704016, 110410",
        "ctu13-scenario6/capture20110816.binetflow.gz, BINETFLOW, 558719, 200, 1, 8742288729, 22444587650, 38759109",
        "samples/argus/caldera-sandcat.argus-S60-STATUS-SLICES.csv, BINETFLOW, 35, 37, 1, 59925, 3551698, 501",
        "samples/argus/quasarrat.ra-3.0.8.2.csv, BINETFLOW, 378, 78, 1, 313954, 782850, 3155",
        "zeek-acm-motd/comfoo_conn.log.gz, ZEEK_TSV, 15363, 0, 9, 8914899, 3991767, 72310",
        "zeek-acm-motd/taidoor_conn.log.gz, ZEEK_TSV, 14201, 0, 9, 8534819, 3725328, 67456",
        "zeek-rita/proxy_conn.log, ZEEK_TSV, 463, 0, 9, 440349, 866124, 4783",
        "zeek-rita/proxy_rolling_conn.15-00-00-16-00-00.log.gz, ZEEK_TSV, 290, 0, 9, 9112174, 3765275, 27422",
        "zeek-rita/proxy_rolling_conn.16-00-00-17-00-00.log.gz, ZEEK_TSV, 7260, 0, 9, 29228410, 931511494, 1022793",
        "zeek-rita/vps/2024-04-19_conn.00-00-00-01-00-00.log.gz, ZEEK_TSV, 1765, 0, 9, 961906, 1175787, 14890",
        "zeek-rita/vps/2024-04-19_conn.01-00-00-02-00-00.log.gz, ZEEK_TSV, 2102, 0, 9, 1988328, 2419240, 27894",
        "zeek-rita/vps/2024-04-19_conn.02-00-00-03-00-00.log.gz, ZEEK_TSV, 1168, 0, 9, 395732, 448133, 6098",
        "zeek-rita/vps/2024-04-19_conn.03-00-00-04-00-00.log.gz, ZEEK_TSV, 1274, 0, 9, 647055, 736603, 9765",
        "zeek-rita/vps/2024-04-19_conn.04-00-00-05-00-00.log.gz, ZEEK_TSV, 1817, 0, 9, 1667341, 2075130, 23887",
        "zeek-rita/vps/2024-04-19_conn.05-00-00-06-00-00.log.gz, ZEEK_TSV, 1029, 0, 9, 602637, 772467, 9334",
        "zeek-rita/vps/2024-04-19_conn.06-00-00-07-00-00.log.gz, ZEEK_TSV, 1502, 0, 9, 1126820, 1451139, 17053",
        "zeek-rita/vps/2024-04-19_conn.07-00-00-08-00-00.log.gz, ZEEK_TSV, 877, 0, 9, 324886, 268973, 3984",
        "zeek-rita/vps/2024-04-19_conn.08-00-00-09-00-00.log.gz, ZEEK_TSV, 1258, 0, 9, 828543, 1022511, 13168",
        "zeek-rita/vps/2024-04-19_conn.09-00-00-10-00-00.log.gz, ZEEK_TSV, 1542, 0, 9, 1524159, 1629724, 19590",
        "zeek-rita/vps/2024-04-19_conn.20-00-00-21-00-00.log.gz, ZEEK_TSV, 1052, 0, 9, 1135659, 2878272, 13492",
        "zeek-rita/vps/2024-04-19_conn.21-00-00-22-00-00.log.gz, ZEEK_TSV, 947, 0, 9, 393598, 461633, 5767",
        "zeek-rita/vps/2024-04-19_conn.22-00-00-23-00-00.log.gz, ZEEK_TSV, 1177, 0, 9, 606059, 881028, 9928",
        "zeek-rita/vps/2024-04-19_conn.23-00-00-00-00-00.log.gz, ZEEK_TSV, 1885, 0, 9, 297737, 296651, 6220",
        "zeek-stratosphere/001-zeek-scenario-malicious_labeled-conn.log.gz, ZEEK_TSV, 992, 0, 8, 215799, 869369, 3225",
        "zeek-stratosphere/003-zeek-scenario-malicious_conn.log.gz, ZEEK_TSV, 361, 0, 9, 45873317, 33455447, 89733",
        "zeek-stratosphere/008-zeek-mixed_data_conn.log.labeled.gz, ZEEK_TSV, 5663, 0, 8, 6272562, 10748091, 56463",
        "zeek-stratosphere/idps-CTU-Malware-Capture-Botnet-4_conn.log.labeled.gz, ZEEK_TSV, 22913, 0, 8, 6841947, 17567243, 88365",
        "zeek-stratosphere/slips-test18-ctu-sme-11-win_conn.log.labeled.gz, ZEEK_TSV, 766, 0, 8, 361871, 131122, 4680",
        "zeek-apt29/apt29_day1_combined_zeek.log.gz, ZEEK_JSON, 613, 0, 1527, 5507759, 38594844, 29466",
        "zeek-rita/json_with_all_fields_conn.log, ZEEK_JSON, 29, 0, 0, 52439, 280278, 757",
        "zeek-stratosphere/netflowlabeler_conn.json.log.gz, ZEEK_JSON, 1000, 0, 0, 1652138, 4714785, 19794",
        "samples/documented/zeek_conn_json_corelight-underscore_otrf.jsonl, ZEEK_JSON, 100, 0, 0, 3832822, 236190, 2112",
        "samples/documented/zeek_conn_json_netflowlabeler.jsonl, ZEEK_JSON, 100, 0, 0, 61746, 107249, 657",
        "samples/documented/zeek_conn_json_rita_open-closed.jsonl, ZEEK_JSON, 29, 0, 0, 52439, 280278, 757",
        "suricata-eve/idps-test7-malicious.eve.json.gz, SURICATA_JSON, 333, 0, 70, 251211, 54557, 1960",
        "suricata-eve/slips-test6-malicious.suricata.json.gz, SURICATA_JSON, 3512, 0, 1488, 4381935, 648694, 39171",
        "samples/documented/suricata_flow_idps-test7.jsonl, SURICATA_JSON, 100, 0, 0, 185841, 37127, 1132",
        "samples/documented/suricata_flow_slips-test6.jsonl, SURICATA_JSON, 100, 0, 0, 196032, 14292, 1420",
        "samples/documented/suricata_netflow_2016.json, SURICATA_JSON, 1, 0, 0, 33300, 0, 34",
        "samples/documented/aws_network_firewall_netflow.json, SURICATA_JSON, 1, 0, 0, 216, 0, 4",
        "samples/documented/filebeat_netflow_fortigate_golden.json, ECS_JSON, 2, 0, 0, 525, 0, 10",
        "samples/pmacct/nfacctd-1.7.7.epoch9.jsonl, PMACCT_JSON, 100, 0, 0, 284611, 0, 706",
        "samples/pmacct/nfacctd-1.7.7.kafka-messages.jsonl, PMACCT_JSON, 500, 0, 0, 1052634, 0, 3155",
        "samples/pmacct/nfacctd-1.7.7.min9.jsonl, PMACCT_JSON, 100, 0, 0, 312719, 0, 755",
        "samples/pmacct/nfacctd-1.7.7.rfc9.jsonl, PMACCT_JSON, 100, 0, 0, 284611, 0, 706",
        "samples/pmacct/nfacctd-1.7.7.typ9.jsonl, PMACCT_JSON, 100, 0, 0, 290953, 0, 722",
        "samples/pmacct/nfacctd-1.7.7.v10m.jsonl, PMACCT_JSON, 100, 0, 0, 284611, 0, 706",
        "samples/pmacct/nfacctd-1.7.7.v5.jsonl, PMACCT_JSON, 100, 0, 0, 341908, 0, 823",
        "samples/pmacct/nfacctd-1.7.7.v9.jsonl, PMACCT_JSON, 100, 0, 0, 284611, 0, 706",
        "samples/pmacct/pmacctd-1.7.7.pcap_savefile.jsonl, PMACCT_JSON, 60, 0, 0, 9231, 0, 60",
        "samples/pmacct/caldera-sandcat.pmacctd-nfprobe-v9-maxlife60.nfdump.json, NFDUMP_JSON, 6, 0, 0, 3604609, 0, 501",
        "samples/softflowd-nfdump/apt29-utica-a.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 200, 0, 0, 832420, 0, 1597",
        "samples/softflowd-nfdump/caldera-sandcat.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 6, 0, 0, 3604609, 0, 501",
        "samples/softflowd-nfdump/iot-telnet-scanner.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 200, 0, 0, 615718, 0, 1297",
        "samples/softflowd-nfdump/quasarrat.softflowd-ipfix-A-milli.nfdump-1.7.1.json, NFDUMP_JSON, 60, 0, 0, 132225, 0, 431",
        "samples/softflowd-nfdump/quasarrat.softflowd-ipfix-SWAPPED-first-last.nfdump-1.7.1.json, NFDUMP_JSON, 60, 0, 0, 132225, 0, 431",
        "samples/softflowd-nfdump/quasarrat.softflowd-v5.nfdump-1.7.1.json, NFDUMP_JSON, 60, 0, 0, 200584, 0, 521",
        "samples/softflowd-nfdump/quasarrat.softflowd-v9-NO-a-FUTURE-times.nfdump-1.7.1.json, NFDUMP_JSON, 40, 0, 0, 107449, 0, 360",
        "samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 60, 0, 0, 132225, 0, 431",
        "samples/softflowd-nfdump/slips-test-cc1.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 100, 0, 0, 306389, 0, 1321",
        "samples/softflowd-nfdump/synflood.softflowd-v9.nfdump-1.7.1.json, NFDUMP_JSON, 200, 0, 0, 9338, 0, 203",
        "samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.csv, NFDUMP_CSV, 200, 0, 1, 416822, 0, 1147"
    })
    void everyRecordDecodesAndTheSumsAreTheFiles(
            String name, FlowFormat format, int flows, int notIp, int framing, long bytes, long reverseBytes, long packets)
            throws Exception {
        Tally tally = SharedData.tally(name, format);
        assertThat(tally.undecodable).isEmpty();
        assertThat(tally.flows).as("flows").isEqualTo(flows);
        assertThat(tally.notIp).as("not IP").isEqualTo(notIp);
        assertThat(tally.framing + tally.lookups).as("framing, and lookups").isEqualTo(framing);
        assertThat(tally.bytes).as("bytes").isEqualTo(bytes);
        assertThat(tally.reverseBytes).as("reverse bytes").isEqualTo(reverseBytes);
        assertThat(tally.packets).as("packets of both ways").isEqualTo(packets);
    }

    @Test
    void theCtuCaptureHasItsPublishedFlows() throws Exception {
        List<Flow> flows = SharedData.flows("ctu13-scenario6/capture20110816.binetflow.gz", FlowFormat.BINETFLOW, 600_000);
        assertThat(flows).hasSize(558_719);
        TreeMap<Integer, Integer> protocols = new TreeMap<>();
        int toControl = 0;
        int portless = 0;
        for (Flow flow : flows) {
            protocols.merge(flow.protocol, 1, Integer::sum);
            if (dst(flow).equals("91.212.135.158 5678") && src(flow).startsWith("147.32.84.165 ")) {
                toControl++;
            }
            if (flow.srcPort == 0 && flow.dstPort == 0) {
                portless++;
            }
        }
        assertThat(toControl).as("connections to the controller").isEqualTo(199);
        // UDP with the RTP, RTCP and UDT that Argus found in it: 421 045 + 349 + 266 + 1
        assertThat(protocols)
                .containsOnly(
                        java.util.Map.entry(1, 7_950),
                        java.util.Map.entry(2, 628),
                        java.util.Map.entry(6, 128_447),
                        java.util.Map.entry(17, 421_661),
                        java.util.Map.entry(41, 2),
                        java.util.Map.entry(50, 7),
                        java.util.Map.entry(58, 21),
                        java.util.Map.entry(103, 3));
        assertThat(portless).isGreaterThanOrEqualTo(7_950 + 628 + 2 + 7 + 21 + 3);

        Flow first = flows.get(0);
        assertThat(src(first)).isEqualTo("88.176.79.163 49213");
        assertThat(dst(first)).isEqualTo("147.32.84.172 18250");
        assertThat(first.startMs).isEqualTo(ms("2011-08-16T10:01:46.972Z"));
        assertThat(first.endMs - first.startMs).isEqualTo(3_599_986);
        assertThat(first.bytes).isEqualTo(10_150_692);
        assertThat(first.reverseBytes).isEqualTo(415_389_446 - 10_150_692);
        assertThat(first.packets).isEqualTo(207_336);
        assertThat(first.reversePackets).isEqualTo(207_335);
        assertThat(first.tcpFlags).isEqualTo(TcpFlags.ACK);
    }

    @Test
    void argusGivesTheEndsOfIpv6AndDhcp() throws Exception {
        List<Flow> flows = SharedData.flows("samples/argus/quasarrat.ra-3.0.8.2.csv", FlowFormat.BINETFLOW, 500);
        Flow first = flows.get(0);
        assertThat(src(first)).isEqualTo("192.168.100.7 49718");
        assertThat(dst(first)).isEqualTo("192.229.221.95 80");
        assertThat(first.tcpFlags).as("the state RST is a word").isZero();
        assertThat(first.bytes).isEqualTo(120);
        assertThat(first.reverseBytes).isEqualTo(54);
        assertThat(flows).anySatisfy(flow -> {
            assertThat(src(flow)).isEqualTo("fe80::704:cdbc:5747:ce2d 546");
            assertThat(dst(flow)).isEqualTo("ff02::1:2 547");
            assertThat(flow.packets).isEqualTo(3);
            assertThat(flow.reversePackets).isZero();
        });
    }

    @Test
    void theSwappedTimesOfOneExporterAreTheTimesOfTheOther() throws Exception {
        String folder = "samples/softflowd-nfdump/quasarrat.softflowd-ipfix-";
        List<Flow> swapped = SharedData.flows(folder + "SWAPPED-first-last.nfdump-1.7.1.json", FlowFormat.NFDUMP_JSON, 100);
        List<Flow> right = SharedData.flows(folder + "A-milli.nfdump-1.7.1.json", FlowFormat.NFDUMP_JSON, 100);
        assertThat(swapped).hasSameSizeAs(right).hasSize(60);
        for (int i = 0; i < right.size(); i++) {
            assertThat(src(swapped.get(i))).isEqualTo(src(right.get(i)));
            // the exporter rounds the two forms of the time differently
            assertThat(swapped.get(i).startMs).isCloseTo(right.get(i).startMs, org.assertj.core.data.Offset.offset(2L));
            assertThat(swapped.get(i).endMs).isCloseTo(right.get(i).endMs, org.assertj.core.data.Offset.offset(2L));
        }
    }

    @Test
    void nfdumpsFirstRecordIsWhatNfdumpPrints() throws Exception {
        Flow first = SharedData.flows(
                "samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.json", FlowFormat.NFDUMP_JSON, 1).get(0);
        assertThat(src(first)).isEqualTo("20.223.35.26 443");
        assertThat(dst(first)).isEqualTo("192.168.100.7 49737");
        assertThat(first.startMs).isEqualTo(ms("2024-08-16T18:07:07.678Z"));
        assertThat(first.endMs).isEqualTo(ms("2024-08-16T18:07:08.897Z"));
        assertThat(first.bytes).isEqualTo(16826);
        assertThat(first.packets).isEqualTo(23);
        assertThat(first.tcpFlags).isEqualTo(TcpFlags.ACK | TcpFlags.PSH | TcpFlags.SYN);
        assertThat(exporter(first)).isEqualTo("127.0.0.1");
    }

    @Test
    void pmacctsEpochAndRfc3339TimesAreItsTextTimes() throws Exception {
        String folder = "samples/pmacct/nfacctd-1.7.7.";
        List<Flow> text = SharedData.flows(folder + "v9.jsonl", FlowFormat.PMACCT_JSON, 100);
        assertThat(text.get(0).startMs).isEqualTo(ms("2024-08-16T18:07:08Z"));
        assertThat(text.get(0).endMs).isEqualTo(ms("2024-08-16T18:07:09Z"));
        assertThat(exporter(text.get(0))).isEqualTo("127.0.0.1");
        assertThat(SharedData.flows(folder + "epoch9.jsonl", FlowFormat.PMACCT_JSON, 100)).isEqualTo(text);
        assertThat(SharedData.flows(folder + "rfc9.jsonl", FlowFormat.PMACCT_JSON, 100)).isEqualTo(text);
        Flow withoutTimes = SharedData.flows(folder + "min9.jsonl", FlowFormat.PMACCT_JSON, 1).get(0);
        assertThat(withoutTimes.startMs).isEqualTo(ms("2024-08-16T18:07:00Z"));
        Flow onePacket = SharedData.flows("samples/pmacct/pmacctd-1.7.7.pcap_savefile.jsonl", FlowFormat.PMACCT_JSON, 1).get(0);
        assertThat(onePacket.startMs).isEqualTo(onePacket.endMs).isEqualTo(ms("2024-08-16T18:06:46.304Z"));
    }

    @Test
    void goflow2sDocumentedRecordDecodes() throws Exception {
        Flow flow = flow(new Goflow2JsonDecoder(), text("samples/documented/goflow2_README.json"));
        assertThat(src(flow)).isEqualTo("fd01::1 443");
        assertThat(dst(flow)).isEqualTo("fd01::2 50001");
        assertThat(flow.startMs).isEqualTo(1681583295157L);
        assertThat(flow.samplingRate).isEqualTo(100);
        assertThat(flow.bytes).isEqualTo(1500);
        assertThat(flow.packets).isEqualTo(1);
        assertThat(exporter(flow)).isEqualTo("192.168.0.1");
    }

    @Test
    void corelightsDocumentedRecordDecodes() throws Exception {
        Flow flow = flow(new ZeekJsonDecoder(), text("samples/documented/zeek_conn_corelight_ocsf-examples.json"));
        assertThat(src(flow)).isEqualTo("10.4.30.5 49227");
        assertThat(dst(flow)).isEqualTo("37.120.182.208 80");
        assertThat(flow.endMs - flow.startMs).isEqualTo(65338);
        assertThat(flow.bytes).isEqualTo(416);
        assertThat(flow.reverseBytes).isEqualTo(417);
    }

    @Test
    void zeeksTextAndJsonGiveTheirFirstConnections() throws Exception {
        Flow text = SharedData.flows("zeek-acm-motd/comfoo_conn.log.gz", FlowFormat.ZEEK_TSV, 1).get(0);
        assertThat(src(text)).isEqualTo("192.168.99.52 51587");
        assertThat(dst(text)).isEqualTo("68.183.138.51 80");
        assertThat(text.startMs).isEqualTo(1598035107563L);
        assertThat(text.endMs - text.startMs).isEqualTo(93);
        assertThat(text.bytes).isZero();
        assertThat(text.reverseBytes).isEqualTo(389);
        assertThat(text.reversePackets).isEqualTo(6);
        assertThat(text.tcpFlags).as("only the responder was seen").isZero();
        Flow json = SharedData.flows("zeek-apt29/apt29_day1_combined_zeek.log.gz", FlowFormat.ZEEK_JSON, 2).get(1);
        assertThat(dst(json)).isEqualTo("10.0.0.4 445");
        assertThat(json.endMs - json.startMs).isEqualTo(10761);
        assertThat(json.tcpFlags).isEqualTo(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.RST);
    }

    @Test
    void logsOfZeekThatAreNoConnectionsGiveNoFlows() throws Exception {
        for (String name : new String[] {"zeek-rita/proxy_http.log", "zeek-rita/proxy_ssl.log"}) {
            Tally tally = SharedData.tally(name, FlowFormat.ZEEK_TSV);
            assertThat(tally.flows).as(name).isZero();
            assertThat(tally.undecodable).as(name).isEmpty();
            assertThat(tally.framing).as(name).isPositive();
        }
    }

    private static String text(String name) throws Exception {
        return Files.readString(SharedData.file(name), StandardCharsets.UTF_8);
    }
}
