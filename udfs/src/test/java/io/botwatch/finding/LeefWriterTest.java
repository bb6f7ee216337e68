package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeefWriterTest {
    private static final LeefWriter WRITER = new LeefWriter("acme", "1.2.3");

    @Test
    void aLineParsesBackFieldByField() {
        Finding finding = SampleFindings.beacon();
        finding.message = "a=b|c\td\r\ne\u0000f";
        finding.ruleId = "RULE|1";
        finding.measure("x=y", "1\t2=3");
        finding.notes.clear();
        finding.notes.addAll(List.of("one", "two\nlines"));
        String line = text(finding);
        assertThat(line.lines()).hasSize(1);
        String[] header = line.split("\\|", 7);
        assertThat(header[0]).isEqualTo("LEEF:2.0");
        assertThat(header[1]).isEqualTo("Botwatch");
        assertThat(header[2]).isEqualTo("Botwatch");
        assertThat(header[3]).isEqualTo("1.2.3");
        assertThat(header[4]).isEqualTo("RULE/1");
        assertThat(header[5]).isEqualTo("x09");
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("devTime", FlatView.time(finding.timeMs));
        expected.put("devTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSX");
        expected.put("cat", finding.type.label());
        expected.put("severity", finding.severity.label());
        expected.put("src", finding.src.toString());
        expected.put("dst", finding.dst.toString());
        expected.put("dstPort", Integer.toString(finding.dstPort));
        expected.put("proto", Integer.toString(finding.protocol));
        expected.put("findingUid", finding.uid.toString());
        expected.put("activity", finding.activity.name().toLowerCase(java.util.Locale.ROOT));
        expected.put("connCount", Long.toString(finding.connections));
        expected.put("firstSeen", Long.toString(finding.firstSeenMs));
        expected.put("lastSeen", Long.toString(finding.lastSeenMs));
        expected.put("tenant", "acme");
        expected.put("m_x_y", "1 2=3");
        expected.put("notes", "one; two lines");
        expected.put("msg", "a=b|c d  e f");
        assertThat(attributes(line)).containsAllEntriesOf(expected).doesNotContainKey("truncatedFromBytes");
    }

    @Test
    void severityIsOneToTenAndWhatHasNoMeaningIsAbsent() {
        Finding finding = SampleFindings.volumetric();
        List<String> told = java.util.Arrays.stream(Severity.values())
                .map(severity -> {
                    finding.severity = severity;
                    return attributes(text(finding)).get("sev");
                })
                .toList();
        assertThat(told).containsExactly("1", "3", "5", "8", "10");
        finding.src = null;
        finding.relay = null;
        assertThat(attributes(text(finding))).doesNotContainKeys("src", "relay", "periodSec");
    }

    @Test
    void aLineStaysBelow64KilobytesAndSaysWhatItWouldHaveTaken() {
        for (String unit : List.of("x", "\t", "\u00e9", "\uD83D\uDC7E", "\uD83D")) {
            Finding finding = SampleFindings.volumetric();
            finding.message = unit.repeat(70_000);
            finding.ruleTitle = finding.message;
            for (int i = 0; i < 60; i++) {
                finding.measure(i + unit.repeat(4_000), finding.message);
                finding.notes.add(finding.message);
            }
            byte[] line = WRITER.write(finding);
            assertThat(line.length).isLessThan(FindingWriter.MAX_BYTES);
            assertThat(Long.parseLong(attributes(new String(line, StandardCharsets.UTF_8)).get("truncatedFromBytes")))
                    .isGreaterThan(FindingWriter.MAX_BYTES);
        }
    }

    private static String text(Finding finding) {
        return new String(WRITER.write(finding), StandardCharsets.UTF_8);
    }

    private static Map<String, String> attributes(String line) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String attribute : line.split("\\|", 7)[6].split("\t", -1)) {
            int equals = attribute.indexOf('=');
            assertThat(attributes.put(attribute.substring(0, equals), attribute.substring(equals + 1)))
                    .as("once: " + attribute)
                    .isNull();
        }
        return attributes;
    }
}
