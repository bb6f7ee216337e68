package io.botwatch.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.PmacctJsonDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordDecodingTest {
    private static final String FLOW = "{\"ip_src\":\"10.0.0.7\",\"ip_dst\":\"192.0.2.80\",\"ip_proto\":\"udp\",\"port_src\":1,\"port_dst\":2,"
            + "\"stamp_inserted\":\"2024-08-16 18:07:00\",\"packets\":1,\"bytes\":2}";

    @Test
    void aBadPartOfARecordIsADeadLetterAndTheOthersAreFlows() {
        List<String> parts = decode(FLOW + "\n{\"ip_src\":\"ten\"}\n" + FLOW + "\nrubbish\n{\"event_type\":\"purge_close\"}\n" + FLOW);
        assertThat(parts).containsExactly("flow", "bad address", "flow", "malformed", "flow");
    }

    @Test
    void aRecordOfNothingButFaultsMakesAHundredDeadLettersAndTheLastSaysSo() {
        List<String> parts = decode("{}".repeat(100_000));
        assertThat(parts).hasSize(100);
        assertThat(parts.get(98)).isEqualTo("no source address");
        assertThat(parts.get(99)).isEqualTo("no source address (fault 100 of this record; the rest of it is not read)");
        assertThat(decode((FLOW + "{}").repeat(99)).stream().filter("flow"::equals)).as("below it everything is read").hasSize(99);
    }

    private static List<String> decode(String record) {
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        List<String> parts = new ArrayList<>();
        new RecordDecoding(new PmacctJsonDecoder(), TimeRange.ALL)
                .decode(bytes, 0, bytes.length, "a topic", 7, decoded -> parts.add(decoded.isFlow() ? "flow" : text(decoded.dead)));
        return parts;
    }

    private static String text(DeadLetter dead) {
        return switch (dead.reason()) {
            case BAD_ADDRESS -> "bad address";
            case MALFORMED -> "malformed";
            default -> dead.detail();
        };
    }
}
