package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.failure;
import static io.botwatch.ingest.Decoding.flow;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.outcome;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelimitedDecodersTest {

    @Nested
    class Binetflow {
        private static final String ROW =
                "2024/05/06 07:08:09.123456,1.500000,tcp,10.0.0.7,50123,   ->,192.0.2.80,443,FSPA_SPA,0,0,11,9000,1000,";
        private final BinetflowDecoder decoder = new BinetflowDecoder();

        @Test
        void aRowIsABiflowInTheOrderOfTheCtuCapturesWhenNoHeaderWasSeen() throws Exception {
            Flow flow = flow(decoder, ROW + "flow=Background");
            assertThat(src(flow)).isEqualTo("10.0.0.7 50123");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 443");
            assertThat(flow.protocol).isEqualTo(6);
            assertThat(flow.startMs).isEqualTo(ms("2024-05-06T07:08:09.123Z"));
            assertThat(flow.endMs - flow.startMs).isEqualTo(1500);
            assertThat(flow.bytes).isEqualTo(1000);
            assertThat(flow.reverseBytes).isEqualTo(8000);
            assertThat(flow.packets).isEqualTo(6);
            assertThat(flow.reversePackets).isEqualTo(5);
            assertThat(flow.tcpFlags).isEqualTo(TcpFlags.FIN | TcpFlags.SYN | TcpFlags.PSH | TcpFlags.ACK);
            assertThat(flow.biflow).isTrue();
            assertThat(flow.samplingRate).isEqualTo(1);
        }

        @Test
        void aHeaderNamesTheColumnsWhateverTheirOrderAndDelimiter() throws Exception {
            assertThat(outcome(decoder, "Proto\tSrcAddr\tSport\tDstAddr\tDport\tStartTime\tDur\tSrcPkts\tTotPkts\tSrcBytes\tTotBytes\tNote"))
                    .isEqualTo(Outcome.FRAMING);
            Flow flow = flow(decoder, "udp\t10.0.0.7\t5000\t192.0.2.53\t53\t2024/05/06 07:08:09\t0.25\t2\t3\t100\t400\ta,b\t\tc");
            assertThat(src(flow)).isEqualTo("10.0.0.7 5000");
            assertThat(dst(flow)).isEqualTo("192.0.2.53 53");
            assertThat(flow.packets).isEqualTo(2);
            assertThat(flow.reversePackets).isEqualTo(1);
            assertThat(flow.bytes).isEqualTo(100);
            assertThat(flow.reverseBytes).isEqualTo(300);
            assertThat(flow.endMs - flow.startMs).isEqualTo(250);
        }

        @Test
        void tabsAreFoundWithoutAHeaderToo() throws Exception {
            assertThat(flow(decoder, ROW.replace(',', '\t'))).isEqualTo(flow(new BinetflowDecoder(), ROW));
        }

        @Test
        void withoutSrcBytesEverythingIsTheSources() throws Exception {
            outcome(decoder, "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes");
            Flow flow = flow(decoder, "2024/05/06 07:08:09.0,0.0,tcp,10.0.0.7,1,<?>,192.0.2.80,2,PA_PA,0,0,448,49634");
            assertThat(flow.bytes).isEqualTo(49634);
            assertThat(flow.packets).isEqualTo(448);
            assertThat(flow.reverseBytes).isZero();
            assertThat(flow.reversePackets).isZero();
            assertThat(flow.biflow).isTrue();
        }

        @Test
        void packetsBelongToTheEndThatSentAllBytes() throws Exception {
            Flow oneWay = flow(decoder, "2024/05/06 07:08:09,0,udp,10.0.0.7,1,->,192.0.2.80,2,INT,0,,3,174,174,");
            assertThat(oneWay.packets).isEqualTo(3);
            assertThat(oneWay.reversePackets).isZero();
            Flow onlyBack = flow(decoder, "2024/05/06 07:08:09,0,udp,10.0.0.7,1,<-,192.0.2.80,2,INT,0,,3,174,0,");
            assertThat(onlyBack.packets).isZero();
            assertThat(onlyBack.reversePackets).isEqualTo(3);
            assertThat(src(onlyBack)).as("ends as recorded").isEqualTo("10.0.0.7 1");
        }

        @ParameterizedTest
        @CsvSource({"icmp,0x0303,0x0001,1", "esp,,0x2020597d,50", "ipv6-icmp,135,0,58", "igmp,,,2", "unas,7,zz,255"})
        void protocolsWithoutPortsHaveNone(String name, String sport, String dport, int number) throws Exception {
            String row = "2024/05/06 07:08:09,0," + name + ",10.0.0.7," + (sport == null ? "" : sport) + ",->,192.0.2.80,"
                    + (dport == null ? "" : dport) + ",URP,0,,1,60,60,";
            Flow flow = flow(decoder, row);
            assertThat(flow.protocol).isEqualTo(number);
            assertThat(flow.srcPort).isZero();
            assertThat(flow.dstPort).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"rtp", "rtcp", "udt"})
        void whatArgusFoundInsideUdpIsUdpWithItsPorts(String name) throws Exception {
            Flow flow = flow(decoder, "2024/05/06 07:08:09,0," + name + ",10.0.0.7,61263,<->,192.0.2.80,0x344f,CON,0,0,8,900,120,");
            assertThat(flow.protocol).isEqualTo(17);
            assertThat(src(flow)).isEqualTo("10.0.0.7 61263");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 13391");
        }

        @ParameterizedTest
        @ValueSource(strings = {
            "2024/05/06 07:08:09,0,arp,10.0.0.7,,who,10.0.0.1,,CON,,,2,84,42,",
            "2024/05/06 07:08:09,0,man,0,0,,0,0,STA,,,0,0,0",
            "2024/05/06 07:08:09,0,llc,01:80:c2:00:00:00,66,->,fe:54:00:80:94:54,66,INT,,,30,1560,1560",
            "2024/05/06 07:08:09,0,wlan,01:80:c2:00:00:00,0,->,fe:54:00:80:94:54,0,INT,,,30,1560,1560",
            "2024/05/06 07:08:09,0,ipx/spx,00:0c:29:01:98:be,1105,->,ff:ff:ff:ff:ff:ff,0,INT,,,1,60,60,"
        })
        void whatIsNotIpIsSaidToBe(String row) throws Exception {
            assertThat(outcome(decoder, row)).isEqualTo(Outcome.NOT_IP);
        }

        @Test
        void timesAreInTheZoneGiven() throws Exception {
            assertThat(flow(new BinetflowDecoder(ZoneId.of("Europe/Prague")), ROW).startMs)
                    .isEqualTo(ms("2024-05-06T05:08:09.123Z"));
        }

        @Test
        void relativeCapturesStartIn1970() throws Exception {
            Flow flow = flow(decoder, ROW.replace("2024/05/06 07:08:09.123456", "1970/01/01 00:00:00.000000"));
            assertThat(flow.startMs).isZero();
            assertThat(flow.endMs).isEqualTo(1500);
        }

        @Test
        void aNegativeDurationEndsWhereItStarts() throws Exception {
            Flow flow = flow(decoder, ROW.replace(",1.500000,", ",-1.500000,"));
            assertThat(flow.endMs).isEqualTo(flow.startMs);
        }

        @Test
        void fieldsThatAreWrongAreNamed() {
            assertThat(failure(decoder, ROW.replace("10.0.0.7", "10.0.0.777")).reason()).isEqualTo(Reason.BAD_ADDRESS);
            assertThat(failure(decoder, ROW.replace("10.0.0.7", "")).reason()).isEqualTo(Reason.MISSING_FIELD);
            assertThat(failure(decoder, ROW.replace(",443,", ",70000,")).reason()).isEqualTo(Reason.BAD_PORT);
            assertThat(failure(decoder, ROW.replace("2024/05", "2024/15")).reason()).isEqualTo(Reason.BAD_TIME);
            assertThat(failure(decoder, ROW.replace("1.500000", "soon")).reason()).isEqualTo(Reason.BAD_TIME);
            assertThat(failure(decoder, ROW.replace(",9000,", ",-9,")).reason()).isEqualTo(Reason.BAD_NUMBER);
            assertThat(failure(decoder, ROW.replace(",9000,", ",,"))).hasMessage("no bytes");
            assertThat(failure(decoder, ROW.replace(",11,", ",,"))).hasMessage("no packets");
            assertThat(failure(decoder, "2024/05/06 07:08:09,0,tcp").reason()).isEqualTo(Reason.MALFORMED);
            assertThat(failure(decoder, "hello world").reason()).isEqualTo(Reason.MALFORMED);
            assertThat(failure(decoder, ROW.replace("443", "\u0001x")))
                    .hasMessage("destination port is '?x'");
        }
    }

    @Nested
    class ZeekText {
        private static final String ROW = "1713484795.943239\tCuid\t10.0.0.7\t25320\t192.0.2.80\t6008\ttcp\thttp\t0.250064\t"
                + "100\t2000\tSF\tT\tF\t0\tShADadFf\t5\t360\t4\t2160\t(empty)";
        private final ZeekTsvDecoder decoder = new ZeekTsvDecoder();

        @Test
        void aRowIsABiflowInTheOrderOfConnLogWhenNoHeaderWasSeen() throws Exception {
            Flow flow = flow(decoder, ROW);
            assertThat(src(flow)).isEqualTo("10.0.0.7 25320");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 6008");
            assertThat(flow.startMs).isEqualTo(1713484795943L);
            assertThat(flow.endMs - flow.startMs).isEqualTo(250);
            assertThat(flow.bytes).isEqualTo(360);
            assertThat(flow.packets).isEqualTo(5);
            assertThat(flow.reverseBytes).isEqualTo(2160);
            assertThat(flow.reversePackets).isEqualTo(4);
            assertThat(flow.tcpFlags).isEqualTo(TcpFlags.SYN | TcpFlags.ACK | TcpFlags.PSH | TcpFlags.FIN);
            assertThat(flow.biflow).isTrue();
        }

        @Test
        void theFieldsLineNamesTheColumns() throws Exception {
            assertThat(outcome(decoder, "#separator \\x09")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, "#path\tconn")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, "#fields\t_node_name\tid.resp_p\tid.resp_h\tproto\tid.orig_h\tid.orig_p\tts\tconn_state\torig_bytes\ttunnel_parents   label"))
                    .isEqualTo(Outcome.FRAMING);
            Flow flow = flow(decoder, "worker-1\t53\t192.0.2.53\tudp\tfe80::7\t5353\t16.810265\tS0\t102\t(empty)   Benign   -");
            assertThat(src(flow)).isEqualTo("fe80::7 5353");
            assertThat(dst(flow)).isEqualTo("192.0.2.53 53");
            assertThat(flow.startMs).isEqualTo(16810);
            assertThat(flow.endMs).isEqualTo(16810);
            assertThat(flow.bytes).as("payload where packets were not counted").isEqualTo(102);
            assertThat(outcome(decoder, "#close\t2024-01-01-00-00-00")).isEqualTo(Outcome.FRAMING);
        }

        @Test
        void anotherSeparatorIsTaken() throws Exception {
            outcome(decoder, "#separator \\x2c");
            outcome(decoder, "#fields,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,conn_state");
            assertThat(dst(flow(decoder, "1,10.0.0.7,1,192.0.2.80,2,tcp,S0"))).isEqualTo("192.0.2.80 2");
        }

        @Test
        void unsetCountersAreZero() throws Exception {
            Flow flow = flow(decoder, "1.5\tC\t10.0.0.7\t1\t192.0.2.80\t2\tudp\t-\t-\t-\t-\tOTH\t-\t-\t0\t-\t-\t-\t-\t-\t-");
            assertThat(flow.bytes + flow.packets + flow.reverseBytes + flow.reversePackets + flow.tcpFlags).isZero();
            assertThat(flow.biflow).isTrue();
        }

        @Test
        void icmpHasNoPortsAndIsIcmpv6BetweenIpv6Addresses() throws Exception {
            Flow v4 = flow(decoder, ROW.replace("tcp", "icmp"));
            assertThat(v4.protocol).isEqualTo(1);
            assertThat(v4.srcPort + v4.dstPort + v4.tcpFlags).isZero();
            Flow v6 = flow(decoder, ROW.replace("tcp", "icmp").replace("10.0.0.7", "fe80::1").replace("192.0.2.80", "ff02::2"));
            assertThat(v6.protocol).isEqualTo(58);
        }

        @Test
        void rowsOfAnotherLogAreFraming() throws Exception {
            outcome(decoder, "#path\tdpd");
            outcome(decoder, "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id");
            assertThat(outcome(decoder, "1\tC\t10.0.0.7\t1\t192.0.2.53\t53\tudp\t7")).isEqualTo(Outcome.FRAMING);
            outcome(decoder, "#path\tconn");
            assertThat(failure(decoder, "1\tC\t10.0.0.7\t1\t192.0.2.53\t53\tudp\t7").reason())
                    .as("columns of another log without its name")
                    .isEqualTo(Reason.MISSING_FIELD);
        }

        @Test
        void fieldsThatAreWrongAreNamed() {
            assertThat(failure(decoder, "no columns").reason()).isEqualTo(Reason.MALFORMED);
            assertThat(failure(decoder, ROW.replace("\t6008\t", "\tx\t")).reason()).isEqualTo(Reason.BAD_PORT);
            assertThat(failure(decoder, ROW.replace("1713484795.943239", "yesterday")).reason()).isEqualTo(Reason.BAD_TIME);
            assertThat(failure(decoder, ROW.replace("1713484795.943239", "-"))).hasMessage("no start time");
            assertThat(failure(decoder, ROW.replace("192.0.2.80", "192.0.2")).reason()).isEqualTo(Reason.BAD_ADDRESS);
            assertThat(failure(decoder, ROW.replace("\t360\t", "\tmany\t")).reason()).isEqualTo(Reason.BAD_NUMBER);
        }
    }

    @Nested
    class NfdumpText {
        private static final String HEADER = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,ra";
        private static final String ROW =
                "2024-08-16 18:07:07,2024-08-16 18:07:08,1.219,10.0.0.7,192.0.2.80,443,49737,TCP,...AP.S.,0,0,23,16826,0,0,1,2,127.0.0.9";
        private final NfdumpCsvDecoder decoder = new NfdumpCsvDecoder();

        @Test
        void aRowIsAOneWayFlowThatEndsAfterItsDuration() throws Exception {
            assertThat(outcome(decoder, HEADER)).isEqualTo(Outcome.FRAMING);
            Flow flow = flow(decoder, ROW);
            assertThat(src(flow)).isEqualTo("10.0.0.7 443");
            assertThat(dst(flow)).isEqualTo("192.0.2.80 49737");
            assertThat(flow.startMs).isEqualTo(ms("2024-08-16T18:07:07Z"));
            assertThat(flow.endMs - flow.startMs).isEqualTo(1219);
            assertThat(flow.packets).isEqualTo(23);
            assertThat(flow.bytes).isEqualTo(16826);
            assertThat(flow.tcpFlags).isEqualTo(26);
            assertThat(flow.biflow).isFalse();
            assertThat(exporter(flow)).isEqualTo("127.0.0.9");
        }

        @Test
        void withoutAHeaderTheColumnsAreThoseOfNfdump() throws Exception {
            Flow flow = flow(decoder, ROW);
            assertThat(dst(flow)).isEqualTo("192.0.2.80 49737");
            assertThat(flow.bytes).isEqualTo(16826);
        }

        @Test
        void theTrailerIsFramingUntilTheNextHeader() throws Exception {
            outcome(decoder, HEADER);
            assertThat(outcome(decoder, "Summary")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, "flows,bytes,packets,avg_bps,avg_pps,avg_bpp")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, "503,1052634,3155,27827,10,333")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, "")).isEqualTo(Outcome.FRAMING);
            assertThat(outcome(decoder, HEADER)).isEqualTo(Outcome.FRAMING);
            assertThat(flow(decoder, ROW).packets).isEqualTo(23);
        }

        @Test
        void aBrokenDurationIsNotBelieved() throws Exception {
            Flow flow = flow(decoder, ROW.replace("1.219", "-2147483648.000"));
            assertThat(flow.endMs).isEqualTo(ms("2024-08-16T18:07:08Z"));
            Flow swapped = flow(decoder, ROW.replace("1.219", "-1.219").replace("18:07:08", "18:07:05"));
            assertThat(swapped.startMs).isEqualTo(ms("2024-08-16T18:07:05Z"));
            assertThat(swapped.endMs).isEqualTo(ms("2024-08-16T18:07:07Z"));
        }

        @Test
        void theForwardingStatusIsTheVerdict() throws Exception {
            outcome(decoder, HEADER);
            assertThat(flow(decoder, ROW).verdict).isEqualTo(Verdict.UNKNOWN);
            assertThat(flow(decoder, ROW.replace("...AP.S.,0,", "...AP.S.,129,")).verdict).isEqualTo(Verdict.DENIED);
            assertThat(flow(decoder, ROW.replace("...AP.S.,0,", "...AP.S.,64,")).verdict).isEqualTo(Verdict.ALLOWED);
        }

        @Test
        void countersOfTheWayBackMakeABiflow() throws Exception {
            Flow flow = flow(decoder, ROW.replace(",16826,0,0,", ",16826,7,700,"));
            assertThat(flow.biflow).isTrue();
            assertThat(flow.reversePackets).isEqualTo(7);
            assertThat(flow.reverseBytes).isEqualTo(700);
        }

        @Test
        void icmpTypeAndCodeAreNoPorts() throws Exception {
            Flow flow = flow(decoder, ROW.replace("443,49737,TCP", "0,3.1,ICMP"));
            assertThat(flow.protocol).isEqualTo(1);
            assertThat(flow.dstPort).isZero();
        }

        @Test
        void fieldsThatAreWrongAreNamed() {
            assertThat(failure(decoder, "ts,te,td").reason()).isEqualTo(Reason.MALFORMED);
            assertThat(failure(decoder, ROW.replace("49737", "3.1")).reason()).isEqualTo(Reason.BAD_PORT);
            assertThat(failure(decoder, ROW.replace("192.0.2.80", "host")).reason()).isEqualTo(Reason.BAD_ADDRESS);
            assertThat(failure(decoder, ROW.replace(",23,", ",,"))).hasMessage("no packets");
            assertThat(failure(decoder, ROW.replace("2024-08-16 18:07:07", "never")).reason()).isEqualTo(Reason.BAD_TIME);
        }
    }
}
