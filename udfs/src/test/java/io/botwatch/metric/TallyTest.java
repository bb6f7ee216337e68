package io.botwatch.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TallyTest {

    @Test
    void sumsAreOverWhatThereIs() {
        Map<String, Object> counters = Map.of(
                Tally.DECODED, 100L,
                Tally.NOT_IP, 10L,
                Tally.DEAD + "_malformed", 3L,
                Tally.DEAD + "_bad_time", 4L,
                Tally.LATE_BEACON, 5L,
                Tally.LATE_RELAY, 6L,
                "something", "else");
        assertThat(Tally.read(counters)).isEqualTo(117);
        assertThat(Tally.dead(counters)).isEqualTo(7);
        assertThat(Tally.late(counters)).isEqualTo(11);
        assertThat(Tally.count(counters, Tally.FINDINGS)).isZero();
        assertThat(Tally.count(counters, "something")).isZero();
        assertThat(Tally.read(Map.of())).isZero();
    }
}
