package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldNotationsTest {

    @ParameterizedTest
    @CsvSource({
        "tcp, 6", "TCP, 6", "Udp, 17", "6, 6", "0, 0", "255, 255", "ICMP, 1", "ipv6-icmp, 58", "ICMP6, 58", "icmpv6, 58",
        "gre, 47", "esp, 50", "ah, 51", "igmp, 2", "pim, 103", "ospf, 89", "OSPFIGP, 89", "sctp, 132", "ipv6, 41",
        "ipip, 4", "ipv4, 4", "rtp, 17", "rtcp, 17", "udt, 17", "dccp, 33", "udplite, 136", "017, 17"
    })
    void protocolsAreNamesInAnyCaseOrNumbers(String text, int number) {
        assertThat(ProtocolNames.number(bytes(text), 0, text.length())).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arp", "ARP", "rarp", "llc", "lldp", "ipx/spx", "man"})
    void whatIsNotIpIsKnownAsThat(String text) {
        assertThat(ProtocolNames.number(bytes(text), 0, text.length())).isEqualTo(ProtocolNames.NOT_IP);
    }

    @Test
    void otherNamesAreUnknownAndNumbersOutOfRangeAreBad() {
        assertThat(ProtocolNames.number(bytes("unas"), 0, 4)).isEqualTo(ProtocolNames.UNKNOWN);
        assertThat(ProtocolNames.number(bytes(""), 0, 0)).isEqualTo(ProtocolNames.UNKNOWN);
        assertThat(ProtocolNames.number(bytes("256"), 0, 3)).isEqualTo(ProtocolNames.BAD);
        assertThat(ProtocolNames.number(bytes("6x"), 0, 2)).isEqualTo(ProtocolNames.BAD);
    }

    @ParameterizedTest
    @CsvSource({
        "...AP.S., 26", "........, 0", "26, 26", "0x1b, 27", "FSA, 19", "CEUAPRSF, 255", "0, 0", "garbage!, 0", "282, 26"
    })
    void tcpFlagsAreLettersOrNumbers(String text, int flags) {
        assertThat(TcpFlags.parse(bytes(text), 0, text.length())).isEqualTo(flags);
    }

    @ParameterizedTest
    @CsvSource({"FSPA_FSPA, 27", "S_RA, 2", "_FSPA, 0", "SA_, 18", "CON, 0", "FIN, 0", "S0, 0", "FSRPAEC_SA, 223", "X_A, 0"})
    void anArgusStateGivesTheSourcesFlags(String state, int flags) {
        assertThat(TcpFlags.ofArgusState(bytes(state), 0, state.length())).isEqualTo(flags);
    }

    @ParameterizedTest
    @CsvSource({"ShADadFf, 27", "S, 2", "^hadf, 0", "Sr, 2", "H, 18", "ShAdDaTFfR, 31", "-, 0"})
    void zeeksHistoryGivesTheOriginatorsFlags(String history, int flags) {
        assertThat(TcpFlags.ofZeekHistory(bytes(history), 0, history.length())).isEqualTo(flags);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "443, 443", "65535, 65535", "65536, -1", "0x0303, 771", "0XFFFF, 65535", "0x10000, -1", "0x, -1",
        "00443, 443", "000000443, 443", "443.0, 443", "443.5, -1", "http, -1", "-1, -1", "4294967739, -1", "18446744073709552059, -1"})
    void portsAreDecimalOrHexadecimal(String text, int port) {
        assertThat(DecimalText.unsigned16(bytes(text), 0, text.length())).isEqualTo(port);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1500, 1500", "9223372036854775807, 9223372036854775807", "9223372036854775808, -1", "-1, -1",
        "1.5E3, 1500", "1500.0, 1500", "1.5, -1", "1e300, -1", "abc, -1", "'1 ', -1", "0x10, -1", "+5, 5"})
    void countersAreWholeAndNotNegative(String text, long count) {
        assertThat(DecimalText.count(bytes(text), 0, text.length())).isEqualTo(count);
    }

    @ParameterizedTest
    @CsvSource({"3599.986572, 3599986", "1.219, 1219", "0.000, 0", "9.5367431640625e-07, 0", "65.33815288543701, 65338",
        "-2147483648, -2147483648000", "0.0015, 1", "-0.0015, -2", "1e2, 100000", "5., 5000"})
    void durationsAreSecondsRoundedDownToMilliseconds(String text, long millis) {
        assertThat(DecimalText.millis(bytes(text), 0, text.length(), EpochUnit.SECONDS)).isEqualTo(millis);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
