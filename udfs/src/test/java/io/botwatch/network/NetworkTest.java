package io.botwatch.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.flow.Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "0.0.0.0/0", "192.168.1.1/32", "fc00::/7", "::/0", "2001:db8::/32", "::1/128"})
    void itIsWrittenAsItIsRead(String text) {
        assertThat(Network.parse(text)).hasToString(text);
    }

    @Test
    void aBareAddressIsANetworkOfOne() {
        assertThat(Network.parse("10.1.2.3")).isEqualTo(Network.parse("10.1.2.3/32"));
        assertThat(Network.parse("::1")).isEqualTo(Network.parse("::1/128"));
        assertThat(Network.parse(" 10.0.0.0 / 8 ")).isEqualTo(Network.parse("10.0.0.0/8"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.1/8 | '10.0.0.1/8' has host bits set; the network is 10.0.0.0/8",
        "2001:db8::1/64 | '2001:db8::1/64' has host bits set; the network is 2001:db8::/64",
        "10.0.0.0/33 | prefix length of '10.0.0.0/33' is not 0 to 32",
        "10.0.0.0/-1 | prefix length of '10.0.0.0/-1' is not 0 to 32",
        "::/129 | prefix length of '::/129' is not 0 to 128",
        "10.0.0.0/x | prefix length of '10.0.0.0/x' is not 0 to 32",
        "10.0.0.0/ | prefix length of '10.0.0.0/' is not 0 to 32",
        "10.0.0/8 | not an IP address: '10.0.0'",
        "example.com | not an IP address: 'example.com'",
        "/8 | not an IP address: ''",
    })
    void whatIsNoNetworkIsRefusedInWords(String text, String message) {
        assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true", "10.0.0.0/8, 10.255.255.255, true", "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false", "0.0.0.0/0, 255.255.255.255, true", "0.0.0.0/0, ::1, false",
        "fc00::/7, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true", "fc00::/7, fe00::, false",
        "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true", "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false", "::/0, ffff::, true", "1.2.3.4, 1.2.3.4, true", "1.2.3.4, 1.2.3.5, false",
    })
    void theFirstAndTheLastAddressBelongToIt(String network, String address, boolean inside) {
        Address parsed = Address.parse(address);
        assertThat(Network.parse(network).contains(parsed.hi, parsed.lo)).isEqualTo(inside);
    }
}
