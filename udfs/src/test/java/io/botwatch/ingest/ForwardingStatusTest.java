package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Verdict;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardingStatusTest {
    @ParameterizedTest
    @CsvSource({
        "0, UNKNOWN", "64, ALLOWED", "66, ALLOWED", "127, ALLOWED", "128, DENIED", "129, DENIED", "143, DENIED", "191, DENIED",
        "192, ALLOWED", "195, ALLOWED", "255, ALLOWED"
    })
    void theUpperTwoBitsOfTheByteAreTheStatus(long status, Verdict verdict) {
        assertThat(ForwardingStatus.verdict(status)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"1, ALLOWED", "2, DENIED", "3, ALLOWED", "4, UNKNOWN", "63, UNKNOWN"})
    void aStatusWithoutAReasonMayStandInTheLowerBits(long status, Verdict verdict) {
        assertThat(ForwardingStatus.verdict(status)).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({"-1", "256", "'4611686018427387904'", "-9223372036854775808"})
    void whatIsNoByteIsUnknown(long status) {
        assertThat(ForwardingStatus.verdict(status)).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void textThatIsNoNumberIsUnknown() {
        for (String text : new String[] {"", "-", "dropped", "128x", "99999999999999999999999"}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            assertThat(ForwardingStatus.verdict(bytes, 0, bytes.length)).as(text).isEqualTo(Verdict.UNKNOWN);
        }
        assertThat(ForwardingStatus.verdict(new byte[] {'1', '2', '8'}, 0, 3)).isEqualTo(Verdict.DENIED);
    }
}
