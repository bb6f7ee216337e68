package io.botwatch.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void countsInsertionsDeletionsSubstitutionsAndSwaps() {
        assertThat(Nearest.distance("", "")).isZero();
        assertThat(Nearest.distance("", "abc")).isEqualTo(3);
        assertThat(Nearest.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(Nearest.distance("dst_prot", "dst_port")).isEqualTo(1);
        // Three, not two: no part is edited twice.
        assertThat(Nearest.distance("ca", "abc")).isEqualTo(3);
    }

    @Test
    void findsWhatWasMeantAndNothingWhereNothingIsNear() {
        List<String> known = List.of("size", "slide", "duration");
        assertThat(Nearest.to("silde", known)).isEqualTo("slide");
        assertThat(Nearest.to("sizes", known)).isEqualTo("size");
        assertThat(Nearest.to("durations", known)).isEqualTo("duration");
        assertThat(Nearest.to("colour", known)).isNull();
        assertThat(Nearest.to("", known)).isNull();
        assertThat(Nearest.to("x".repeat(100_000), known)).isNull();
    }
}
