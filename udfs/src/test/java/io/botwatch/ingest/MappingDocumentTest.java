package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.botwatch.document.DocumentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingDocumentTest {
    private static final String MAPPING =
            """
            each: /flows
            pairs: {name: I, value: V}
            connections: true
            only: {/type: flow}
            fields:
              start: {at: a/s, unit: ms}
              src: a
              dst: b
              protocol: {at: p, values: {T: tcp}}
              bytes: n
              packets: [n, m]
              verdict: {at: v, values: {X: denied}}
            """;

    @Test
    void aMappingWithoutFaultsIsRead() {
        JsonMapping mapping = MappingDocument.of("m.yaml", MAPPING);
        assertThat(mapping.each()).containsExactly("flows");
        assertThat(mapping.connections()).isTrue();
        assertThat(mapping.conditions()).isEqualTo(1);
        assertThat(mapping.targets()).hasSize(9);
    }

    @Test
    void theMappingInTheDocumentationAndTheShippedOnesHaveNoFaults() throws Exception {
        Path root = Path.of(System.getProperty("botwatch.root", ".."));
        String page = Files.readString(root.resolve("docs/formats.md"));
        int from = page.indexOf("```yaml\n") + "```yaml\n".length();
        JsonMapping documented = MappingDocument.of("formats.md", page.substring(from, page.indexOf("```", from)));
        assertThat(documented.each()).containsExactly("data", "flows");
        try (Stream<Path> shipped = Files.list(root.resolve("flink-conf/mappings"))) {
            assertThat(shipped.map(MappingDocument::load)).hasSizeGreaterThan(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "each: /flows       | each: flows          | m.yaml:1: each: must begin with a slash: it starts at the record",
        "each: /flows       | eech: /flows         | m.yaml:1: eech: unknown key; did you mean 'each'?",
        "each: /flows       | each: /a~2b          | m.yaml:1: each: '/a~2b' is not a JSON pointer such as /flow/src_ip (~0 stands for ~, ~1 for /)",
        "'value: V'         | 'valve: V'           | m.yaml:2: pairs.valve: unknown key; did you mean 'value'?",
        "'connections: true' | 'connections: yes'  | m.yaml:3: connections: 'yes' is not one of false, true",
        "'/type: flow'      | '/flows/0/t: flow'   | m.yaml:4: only.'/flows/0/t': '/flows/0/t' lies within the list of 'each'; write it as from an element, without a slash in front",
        "'{at: a/s, unit: ms}' | a                 | m.yaml:6: fields.start: needs a unit, e.g. {at: /path, unit: ms}; known: s, ms, us, ns, iso, uptime",
        "'unit: ms'         | 'unit: min'          | m.yaml:6: fields.start.unit: 'min' is not one of s, ms, us, ns, iso, uptime",
        "', unit: ms'       | ''                   | m.yaml:6: fields.start.unit: missing",
        "'unit: ms'         | 'unit: uptime'       | m.yaml:5: fields.exported: missing, which times of unit uptime are counted from",
        "'  dst: b'         | '  dest: b'          | m.yaml:8: fields.dest: unknown key; did you mean 'dst'?",
        "'  dst: b'         | '  dst: []'          | m.yaml:8: fields.dst: must list at least one value",
        "'  dst: b'         | '  dst: {to: b}'     | m.yaml:8: fields.dst.to: unknown key; known here: at",
        "'{T: tcp}'         | '{T: 256}'           | m.yaml:9: fields.protocol.values.T: is not a protocol's number, 0 to 255, or its name",
        "'  bytes: n'       | ''                   | m.yaml:5: fields.bytes: missing",
        "'X: denied'        | 'X: dropped'         | m.yaml:12: fields.verdict.values.X: 'dropped' is not one of allowed, denied, unknown",
        "'{at: v, values: {X: denied}}' | v        | m.yaml:12: fields.verdict: needs its words, e.g. {at: /path, values: {ACCEPT: allowed, REJECT: denied}}"
    })
    void everyFaultIsNamedWithItsPlaceAndWhatWouldBeRight(String right, String wrong, String problem) {
        assertThat(MAPPING).contains(right);
        assertThat(problems(MAPPING.replace(right, wrong))).contains(problem);
    }

    @Test
    void withoutAListAPointerStartsAtTheRecord() {
        assertThat(problems("fields: {start: {at: /s, unit: s}, src: a, dst: /b, protocol: /p, bytes: /n, packets: /n}"))
                .containsExactly("m.yaml:1: fields.src: 'a' starts at an element, and there is no 'each'; write '/a'");
        assertThat(problems("fields: {src: /a, dst: /b, protocol: /p, bytes: /n, packets: /n, duration: {at: /d, unit: iso}}"))
                .contains("m.yaml:1: fields.duration.unit: 'iso' is not one of s, ms, us, ns")
                .contains("m.yaml:1: fields.start: missing; or map 'end' and 'duration'");
    }

    @Test
    void aDamagedDocumentIsRefusedInWordsOnly() {
        long seed = 42;
        Random random = new Random(seed);
        String alphabet = "{}[]:,&*!|>'\"%@`#-? \n\t~/0x";
        int refused = 0;
        for (int i = 0; i < 1_500; i++) {
            StringBuilder yaml = new StringBuilder(MAPPING);
            for (int changes = 1 + random.nextInt(5); changes > 0; changes--) {
                yaml.setCharAt(random.nextInt(yaml.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                MappingDocument.of("m.yaml", yaml.toString());
            } catch (DocumentException e) {
                assertThat(e.problems()).as("seed " + seed).isNotEmpty().allMatch(problem -> problem.startsWith("m.yaml"));
                refused++;
            }
        }
        assertThat(refused).isBetween(300, 1_499);
    }

    private static List<String> problems(String yaml) {
        DocumentException failure = catchThrowableOfType(DocumentException.class, () -> MappingDocument.of("m.yaml", yaml));
        assertThat(failure).as(yaml).isNotNull();
        return failure.problems();
    }
}
