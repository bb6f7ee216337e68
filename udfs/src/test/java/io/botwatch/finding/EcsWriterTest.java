package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class EcsWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final EcsWriter WRITER = new EcsWriter("acme", "1.2.3");

    private static final Predicate<JsonNode> KEYWORD = JsonNode::isTextual;
    private static final Predicate<JsonNode> LONG = JsonNode::isIntegralNumber;
    private static final Predicate<JsonNode> FLOAT = JsonNode::isNumber;
    private static final Predicate<JsonNode> IP = node -> node.isTextual() && node.asText().matches("[0-9a-f.:]+");
    private static final Predicate<JsonNode> DATE = node -> node.isTextual() && Instant.parse(node.asText()) != null;

    /** The types that ECS 9.4 gives the fields in use; a list holds values of its field's type. */
    private static final Map<String, Predicate<JsonNode>> TYPES = Map.ofEntries(
            Map.entry("@timestamp", DATE), Map.entry("ecs.version", KEYWORD), Map.entry("message", KEYWORD),
            Map.entry("event.kind", KEYWORD), Map.entry("event.category", KEYWORD), Map.entry("event.type", KEYWORD),
            Map.entry("event.action", KEYWORD), Map.entry("event.id", KEYWORD), Map.entry("event.dataset", KEYWORD),
            Map.entry("event.module", KEYWORD), Map.entry("event.provider", KEYWORD), Map.entry("event.severity", LONG),
            Map.entry("event.risk_score", FLOAT), Map.entry("event.start", DATE), Map.entry("event.end", DATE),
            Map.entry("rule.id", KEYWORD), Map.entry("rule.name", KEYWORD), Map.entry("rule.ruleset", KEYWORD),
            Map.entry("rule.version", KEYWORD), Map.entry("source.ip", IP), Map.entry("destination.ip", IP),
            Map.entry("destination.port", LONG), Map.entry("network.direction", KEYWORD), Map.entry("network.type", KEYWORD),
            Map.entry("network.iana_number", KEYWORD), Map.entry("network.transport", KEYWORD),
            Map.entry("threat.framework", KEYWORD), Map.entry("threat.tactic.id", KEYWORD),
            Map.entry("threat.tactic.name", KEYWORD), Map.entry("threat.technique.id", KEYWORD),
            Map.entry("threat.technique.name", KEYWORD), Map.entry("threat.technique.subtechnique.id", KEYWORD),
            Map.entry("threat.technique.subtechnique.name", KEYWORD), Map.entry("related.ip", IP),
            Map.entry("observer.vendor", KEYWORD), Map.entry("observer.product", KEYWORD),
            Map.entry("observer.version", KEYWORD), Map.entry("organization.id", KEYWORD));

    @Test
    void everyFieldIsOneOfEcsAndOfItsType() throws IOException {
        for (Finding finding : List.of(SampleFindings.beacon(), SampleFindings.volumetric())) {
            Map<String, JsonNode> leaves = new TreeMap<>();
            collect("", JSON.readTree(WRITER.write(finding)), leaves);
            leaves.forEach((path, node) -> {
                if (path.startsWith("botwatch.")) {
                    return;
                }
                assertThat(TYPES).containsKey(path);
                for (JsonNode value : node.isArray() ? node : List.of(node)) {
                    assertThat(TYPES.get(path).test(value)).as(path + ": " + value).isTrue();
                }
            });
            assertThat(leaves.keySet()).contains("@timestamp", "event.id", "rule.id", "destination.ip", "related.ip");
            assertThat(leaves.get("event.kind").asText()).isEqualTo("alert");
        }
    }

    @Test
    void itSaysWhatTheFindingSays() throws IOException {
        Finding finding = SampleFindings.beacon();
        JsonNode json = JSON.readTree(WRITER.write(finding));
        assertThat(json.at("/event/id").asText()).isEqualTo(finding.uid.toString());
        assertThat(json.at("/source/ip").asText()).isEqualTo(finding.src.toString());
        assertThat(json.at("/destination/port").asInt()).isEqualTo(finding.dstPort);
        assertThat(json.at("/message").asText()).isEqualTo(finding.message);
        assertThat(json.at("/botwatch/connections").asLong()).isEqualTo(finding.connections);
        assertThat(json.at("/threat/technique/subtechnique/id").toString()).contains("T1583.005");
        assertThat(json.at("/threat/technique/id")).hasSameSizeAs(json.at("/threat/technique/name"));
    }

    @Test
    void aMeasureThatIsNoNumberForOnceIsLeftOut() throws IOException {
        Finding finding = SampleFindings.beacon();
        finding.measure("period", Double.NaN).measure("rate", Double.POSITIVE_INFINITY).measure("a.b", 1.5);
        JsonNode measures = JSON.readTree(WRITER.write(finding)).at("/botwatch/beacon");
        assertThat(measures.has("period")).isFalse();
        assertThat(measures.has("rate")).isFalse();
        assertThat(measures.at("/a_b").asDouble()).isEqualTo(1.5);
    }

    @Test
    void aLineStaysBelow64KilobytesAndSaysWhatItWouldHaveTaken() throws IOException {
        for (String unit : List.of("x", "\0", "\u00e9", "\uD83D\uDC7E", "\uD83D")) {
            Finding finding = SampleFindings.volumetric();
            finding.message = unit.repeat(70_000);
            finding.ruleId = finding.message;
            for (int i = 0; i < 60; i++) {
                finding.measure(i + unit.repeat(4_000), finding.message);
                finding.notes.add(finding.message);
            }
            byte[] line = WRITER.write(finding);
            assertThat(line.length).isLessThan(FindingWriter.MAX_BYTES);
            JsonNode json = JSON.readTree(line);
            assertThat(json.at("/botwatch/truncated").asBoolean()).isTrue();
            assertThat(json.at("/botwatch/untruncated_bytes").asLong()).isGreaterThan(FindingWriter.MAX_BYTES);
        }
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> leaves) {
        if (!node.isObject()) {
            leaves.put(path, node);
            return;
        }
        node.fields().forEachRemaining(field ->
                collect(path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), leaves));
    }
}
