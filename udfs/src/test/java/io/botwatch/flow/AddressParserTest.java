package io.botwatch.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressParserTest {
    private static final long SEED = 20240816;

    @Test
    void randomIpv4AddressesAreWhatTheJdkSays() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[4];
            random.nextBytes(octets);
            InetAddress expected = InetAddress.getByAddress(octets);
            Address address = Address.parse(expected.getHostAddress());
            assertThat(address.hi).isZero();
            assertThat(address.lo).isEqualTo(Address.v4(ByteBuffer.wrap(octets).getInt()));
            assertThat(address.toString()).isEqualTo(expected.getHostAddress());
        }
    }

    @Test
    void randomIpv6AddressesAreWhatTheJdkSaysInEverySpelling() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = new byte[16];
            random.nextBytes(octets);
            // runs of zero groups of every length and place, which is what is hard about the text form
            int zerosFrom = random.nextInt(8);
            int zerosTo = zerosFrom + random.nextInt(9 - zerosFrom);
            java.util.Arrays.fill(octets, zerosFrom * 2, zerosTo * 2, (byte) 0);
            if (random.nextInt(3) == 0) {
                int group = random.nextInt(8);
                octets[group * 2] = octets[group * 2 + 1] = 0;
            }
            InetAddress expected = Inet6Address.getByAddress(null, octets, -1);
            String full = expected.getHostAddress();
            ByteBuffer halves = ByteBuffer.wrap(octets);
            Address address = new Address(halves.getLong(), halves.getLong());
            assertThat(Address.parse(full)).as(full).isEqualTo(address);
            assertThat(Address.parse(full.toUpperCase(java.util.Locale.ROOT))).as(full).isEqualTo(address);
            String canonical = address.toString();
            assertThat(Address.parse(canonical)).as(canonical).isEqualTo(address);
            if (!Address.isV4(address.hi, address.lo)) {
                assertThat(InetAddress.getByName(canonical).getAddress()).as(canonical).isEqualTo(octets);
            }
            String dotted = canonicalWithDottedTail(octets);
            assertThat(Address.parse(dotted)).as(dotted).isEqualTo(address);
        }
    }

    private static String canonicalWithDottedTail(byte[] octets) {
        StringBuilder text = new StringBuilder();
        for (int group = 0; group < 6; group++) {
            text.append(Integer.toHexString((octets[group * 2] & 0xFF) << 8 | octets[group * 2 + 1] & 0xFF)).append(':');
        }
        for (int i = 12; i < 16; i++) {
            text.append(octets[i] & 0xFF).append(i < 15 ? "." : "");
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "FE80:0:0:0:0:0:0:0, fe80::",
        "2001:0db8:00aa::00bb, 2001:db8:aa::bb",
        "::ffff:203.0.113.14, 203.0.113.14",
        "::FFFF:cb00:710e, 203.0.113.14",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255"
    })
    void textIsWrittenBackInTheCanonicalFormOfRfc5952(String text, String canonical) {
        assertThat(Address.parse(text).toString()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4", "1..3.4", "1.2.3.", ".1.2.3", "1.2.3.0004",
        "1.2.3.4/24", "a.b.c.d", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "g::", "fe80::1%eth0", "[::1]",
        "::1.2.3", "::1.2.3.4.5", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "00:0c:29:01:98:be", "0x7f000001",
        "127.1", "-", "invalid IP", "1:2:3:4:5:6:1.2.3.4:7"
    })
    void whatIsNoAddressIsRefused(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(new AddressParser().parse(bytes, 0, bytes.length)).isFalse();
        assertThatThrownBy(() -> Address.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void randomBytesNeverThrowAndNeverLookPastTheEnd() {
        Random random = new Random(SEED);
        AddressParser parser = new AddressParser();
        String alphabet = "0123456789abcdefF::::....gx %";
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(50)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = i % 2 == 0
                        ? (byte) random.nextInt(256)
                        : (byte) alphabet.charAt(random.nextInt(alphabet.length()));
            }
            if (parser.parse(bytes, 0, bytes.length)) {
                Address address = new Address(parser.hi, parser.lo);
                assertThat(Address.parse(address.toString())).isEqualTo(address);
            }
        }
    }

    @Test
    void onlyTheRangeAskedForIsRead() {
        byte[] bytes = "9910.1.2.399".getBytes(StandardCharsets.US_ASCII);
        AddressParser parser = new AddressParser();
        assertThat(parser.parse(bytes, 2, bytes.length - 2)).isTrue();
        assertThat(Address.format(parser.hi, parser.lo)).isEqualTo("10.1.2.3");
    }
}
