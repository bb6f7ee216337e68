package io.botwatch.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.flow.Address;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelsFileTest {
    private static final String HEADER = "name,expectation,src,relay,dst,dst_port,from,to,note\n";

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        List<Label> labels = Scenario.enterprise(1, 24).labels();
        Path file = folder.resolve("labels.csv");
        LabelsFile.write(file, labels);
        assertThat(LabelsFile.read(file)).isEqualTo(labels).hasSize(18);
    }

    @Test
    void absentValuesAreEmptyAndCommasQuoted() throws IOException {
        Label label = new Label(
                "a",
                Label.BEACON,
                Address.parse("10.1.0.1"),
                null,
                Address.parse("2001:db8::1"),
                0,
                Instant.parse("2026-01-05T00:00:00Z"),
                Instant.parse("2026-01-06T00:00:00Z"),
                "so \"called\", here");
        StringWriter out = new StringWriter();
        LabelsFile.write(out, List.of(label));
        assertThat(out)
                .hasToString(HEADER
                        + "a,beacon,10.1.0.1,,2001:db8::1,,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,"
                        + "\"so \"\"called\"\", here\"\n");
        assertThat(LabelsFile.read(new StringReader(out.toString()))).containsExactly(label);
    }

    @Test
    void aLineThatIsNoLabelIsNamed() {
        assertThatThrownBy(() -> LabelsFile.read(new StringReader("name\n"))).hasMessageContaining("line 1");
        assertThatThrownBy(() -> LabelsFile.read(new StringReader(HEADER + "a,b\n")))
                .isInstanceOf(IOException.class)
                .hasMessage("labels, line 2: 2 columns, expected 9");
        String bad = "a,none,,,,,yesterday,2026-01-06T00:00:00Z,\n";
        assertThatThrownBy(() -> LabelsFile.read(new StringReader(HEADER + bad))).hasMessageContaining("line 2: ");
    }
}
