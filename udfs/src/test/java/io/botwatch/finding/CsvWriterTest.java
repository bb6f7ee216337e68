package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CsvWriterTest {
    @Test
    void aLineIsThatOfTheFlatView() {
        Finding finding = SampleFindings.beacon();
        assertThat(new CsvWriter().write(finding)).asString(StandardCharsets.UTF_8).isEqualTo(FlatView.row(finding));
    }

    @Test
    void aLongMessageIsCutAndItSaysSo() {
        for (String unit : List.of("x", "\"", "\u20ac", "\uD83D\uDC7E")) {
            Finding finding = SampleFindings.beacon();
            finding.message = unit.repeat(70_000);
            byte[] line = new CsvWriter().write(finding);
            assertThat(line.length).isLessThan(FindingWriter.MAX_BYTES);
            assertThat(line).asString(StandardCharsets.UTF_8).contains("[cut: the whole line would take ").doesNotContain("\uFFFD");
        }
    }

    @Test
    void inEveryFormatAFindingWithoutIdentityIsRefused() {
        for (FindingFormat format : FindingFormat.values()) {
            Finding finding = SampleFindings.beacon();
            finding.uid = null;
            assertThatThrownBy(() -> format.writer("tenant", "1").write(finding))
                    .as(format.label())
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("uid");
        }
    }
}
