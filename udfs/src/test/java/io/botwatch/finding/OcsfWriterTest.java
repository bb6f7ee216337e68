package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OcsfWriterTest {
    private static final OcsfWriter WRITER = new OcsfWriter("default", "0.1.0");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void everyKindOfFindingInEveryActivityAndSeverityIsValid() {
        for (Finding finding : SampleFindings.all()) {
            for (Finding.Activity activity : Finding.Activity.values()) {
                for (Severity severity : Severity.values()) {
                    finding.activity = activity;
                    finding.severity = severity;
                    OcsfSchema.assertValid(WRITER.write(finding));
                }
            }
        }
    }

    @Test
    void findingsWithAbsentAndOddValuesAreValid() {
        long seed = 99;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300; i++) {
            Finding finding = SampleFindings.random(random, 1_000);
            finding.severity = finding.severity == null ? Severity.LOW : finding.severity;
            finding.ruleId = String.valueOf(finding.ruleId);
            // The schema has no times before 1973.
            finding.firstSeenMs = finding.lastSeenMs = finding.episodeMs = finding.timeMs = 1_313_481_706_972L;
            OcsfSchema.assertValid(WRITER.write(finding));
        }
    }

    @Test
    void theSchemaFixtureFindsFaults() {
        String json = text(SampleFindings.beacon());
        OcsfSchema.assertValid(json.getBytes(StandardCharsets.UTF_8));
        for (String fault : List.of(
                json.replace("\"type_uid\":200401", "\"type_uid\":200402"),
                json.replace("\"severity_id\":4", "\"severity_id\":9"),
                json.replace("\"log_name\"", "\"log_nam\""),
                json.replace("203.0.113.7", "203.0.113.777"))) {
            assertThatThrownBy(() -> OcsfSchema.assertValid(fault.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void aBeaconIsWrittenFieldByField() {
        String json = text(SampleFindings.beacon());
        String uid = SampleFindings.beacon().uid.toString();
        assertThat(json.replaceFirst("\"1.8.0\",\"uid\":\"[0-9a-f-]{36}\"", "\"1.8.0\",\"uid\":\"CONTENT\""))
                .isEqualTo(
                        """
                        {"activity_id":1,"activity_name":"Create","category_uid":2,"category_name":"Findings",
                        "class_uid":2004,"class_name":"Detection Finding","type_uid":200401,
                        "type_name":"Detection Finding: Create","severity_id":4,"severity":"High",
                        "confidence_id":3,"confidence":"High","confidence_score":84,"status_id":1,"status":"New",
                        "is_alert":true,"time":1313568106972,"start_time":1313481706972,"end_time":1313567706972,
                        "count":286,"message":"Who, what, how often, since when",
                        "metadata":{"version":"1.8.0","uid":"CONTENT",
                        "product":{"name":"Botwatch","vendor_name":"Botwatch","version":"0.1.0"},
                        "log_name":"netflow","tenant_uid":"default"},
                        "finding_info":{"uid":"%s","title":"Title of BEACON-SLOW","types":["beacon"],
                        "created_time":1313485306972,"modified_time":1313568106972,
                        "first_seen_time":1313481706972,"last_seen_time":1313567706972,
                        "analytic":{"uid":"BEACON-SLOW","name":"Title of BEACON-SLOW","type_id":1,"type":"Rule",
                        "state_id":1,"state":"Active"},
                        "attacks":[{"version":"19.1","tactic":{"uid":"TA0042","name":"Resource Development"},
                        "technique":{"uid":"T1583","name":"Acquire Infrastructure"},
                        "sub_technique":{"uid":"T1583.005","name":"Botnet"}},
                        {"version":"19.1","tactic":{"uid":"TA0011","name":"Command and Control"},
                        "technique":{"uid":"T1071","name":"Application Layer Protocol"}}]},
                        "evidences":[{"src_endpoint":{"ip":"10.0.3.7","network_scope_id":1,"network_scope":"Internal"},
                        "dst_endpoint":{"ip":"203.0.113.7","port":8443,"network_scope_id":2,"network_scope":"External"},
                        "connection_info":{"direction_id":2,"direction":"Outbound","protocol_num":6,"protocol_name":"tcp"},
                        "data":{"connections":286,"score":0.842,"period_s":300.5,"jitter":0.04,"duration_min":1428,
                        "per_hour":12.02,"evidence":"strong"}},
                        {"src_endpoint":{"ip":"10.0.3.7","network_scope_id":1,"network_scope":"Internal"},
                        "dst_endpoint":{"ip":"203.0.113.7","port":8443,"network_scope_id":2,"network_scope":"External"},
                        "connection_info":{"direction_id":2,"direction":"Outbound","protocol_num":6,"protocol_name":"tcp"},
                        "data":{"start_time":1313481706972}},
                        {"src_endpoint":{"ip":"10.0.3.7","network_scope_id":1,"network_scope":"Internal"},
                        "dst_endpoint":{"ip":"203.0.113.7","port":8443,"network_scope_id":2,"network_scope":"External"},
                        "connection_info":{"direction_id":2,"direction":"Outbound","protocol_num":6,"protocol_name":"tcp"},
                        "data":{"start_time":1313482006972}}],
                        "observables":[
                        {"name":"evidences[0].src_endpoint.ip","type_id":2,"type":"IP Address","value":"10.0.3.7"},
                        {"name":"evidences[0].dst_endpoint.ip","type_id":2,"type":"IP Address","value":"203.0.113.7"},
                        {"name":"evidences[0].dst_endpoint.port","type_id":11,"type":"Port","value":"8443"}],
                        "unmapped":{"config_version":"0123456789ab","notes":[]}}"""
                                .replace("\n", "")
                                .formatted(uid));
    }

    @Test
    void equalFindingsGiveEqualBytesAndFieldsKeepTheirOrder() throws IOException {
        for (int kind = 0; kind < SampleFindings.all().size(); kind++) {
            byte[] json = WRITER.write(SampleFindings.all().get(kind));
            assertThat(new OcsfWriter("default", "0.1.0").write(SampleFindings.all().get(kind))).isEqualTo(json);
            List<String> fields = new ArrayList<>();
            MAPPER.readTree(json).fieldNames().forEachRemaining(fields::add);
            fields.removeIf(field -> field.startsWith("confidence"));
            assertThat(fields)
                    .containsExactly(
                            "activity_id", "activity_name", "category_uid", "category_name", "class_uid", "class_name",
                            "type_uid", "type_name", "severity_id", "severity", "status_id", "status", "is_alert",
                            "time", "start_time", "end_time", "count", "message", "metadata", "finding_info",
                            "evidences", "observables", "unmapped");
        }
    }

    @Test
    void itIsOneLine() {
        Finding finding = SampleFindings.beacon();
        finding.message = "two\nlines\r\u2028";
        assertThat(text(finding)).doesNotContain("\n", "\r");
    }

    @Test
    void theMetadataUidIsADigestOfTheRest() throws IOException {
        String json = text(SampleFindings.volumetric());
        String uid = MAPPER.readTree(json).at("/metadata/uid").asText();
        String content = json.replaceFirst(Pattern.quote("\"uid\":\"" + uid + "\","), "");
        assertThat(NameUuid.v5(FindingUid.NAMESPACE, content)).hasToString(uid);
        Finding other = SampleFindings.volumetric();
        other.connections++;
        assertThat(MAPPER.readTree(WRITER.write(other)).at("/metadata/uid").asText()).isNotEqualTo(uid);
    }

    @Test
    void onlyACreationIsAnAlertAndACloseIsResolved() throws IOException {
        Finding finding = SampleFindings.beacon();
        finding.activity = Finding.Activity.UPDATE;
        JsonNode update = MAPPER.readTree(WRITER.write(finding));
        assertThat(update.has("is_alert")).isFalse();
        assertThat(update.get("status_id").intValue()).isEqualTo(1);
        assertThat(update.get("type_uid").intValue()).isEqualTo(200402);
        finding.activity = Finding.Activity.CLOSE;
        JsonNode close = MAPPER.readTree(WRITER.write(finding));
        assertThat(close.has("is_alert")).isFalse();
        assertThat(close.get("status_id").intValue()).isEqualTo(4);
        assertThat(close.get("status").asText()).isEqualTo("Resolved");
        assertThat(close.get("activity_id").intValue()).isEqualTo(3);
    }

    @Test
    void aRelayedPairNamesTheHostAndBothLegs() throws IOException {
        JsonNode evidences = MAPPER.readTree(WRITER.write(SampleFindings.relayPair())).get("evidences");
        assertThat(evidences.at("/0/src_endpoint/ip").asText()).isEqualTo("198.51.100.4");
        assertThat(evidences.at("/0/src_endpoint/network_scope_id").asInt()).isEqualTo(2);
        assertThat(evidences.at("/0/dst_endpoint/ip").asText()).isEqualTo("2001:db8::25");
        assertThat(evidences.at("/0/dst_endpoint/network_scope_id").asInt()).isEqualTo(2);
        assertThat(evidences.at("/0/device/ip").asText()).isEqualTo("10.0.3.9");
        assertThat(evidences.at("/0/connection_info/direction_id").asInt()).isEqualTo(99);
        assertThat(evidences.at("/1/connection_info/direction_id").asInt()).isEqualTo(1);
        assertThat(evidences.at("/1/dst_endpoint/network_scope_id").asInt()).isEqualTo(1);
        assertThat(evidences.at("/2/connection_info/direction_id").asInt()).isEqualTo(2);
        assertThat(evidences.at("/2/src_endpoint/network_scope_id").asInt()).isEqualTo(1);
        assertThat(evidences.at("/2/dst_endpoint/network_scope_id").asInt()).isEqualTo(2);
    }

    @Test
    void theSourcesOfAnAttackAreObservables() throws IOException {
        JsonNode json = MAPPER.readTree(WRITER.write(SampleFindings.volumetric()));
        assertThat(json.get("evidences")).hasSize(21);
        assertThat(json.at("/evidences/0").has("src_endpoint")).isFalse();
        assertThat(json.at("/evidences/0/connection_info/direction_id").asInt()).isEqualTo(1);
        List<String> values = new ArrayList<>();
        json.get("observables").forEach(node -> values.add(node.get("value").asText()));
        assertThat(values).contains("10.0.0.80", "443", "198.51.100.20", "2001:db8::19").doesNotHaveDuplicates();
        assertThat(json.at("/evidences/20/src_endpoint/ip").asText()).isEqualTo("198.51.100.20");
    }

    @Test
    void aRuleWithoutAnObservableTechniqueGetsThatOfItsType() throws IOException {
        assertThat(techniques(SampleFindings.relayHost())).containsExactly("T1583.005", "T1090.003");
        Finding finding = SampleFindings.volumetric();
        finding.tags = List.of("attack.t1583.005");
        assertThat(techniques(finding)).containsExactly("T1583.005", "T1498");
        finding = SampleFindings.beacon();
        finding.tags = List.of();
        assertThat(techniques(finding)).containsExactly("T1583.005", "T1071");
    }

    @Test
    void techniquesKeepTheOrderOfTheTagsAndUnknownOnesKeepTheirId() throws IOException {
        Finding finding = SampleFindings.beacon();
        finding.tags = List.of(
                "attack.t1571", "attack.command-and-control", "attack.t1568.002", "attack.t9999", "attack.t1071.999",
                "attack.t1571", "attack.t1046", "attack.t1595");
        assertThat(techniques(finding))
                .containsExactly("T1583.005", "T1571", "T1568.002", "T9999", "T1071.999", "T1046", "T1595");
        OcsfSchema.assertValid(WRITER.write(finding));
        JsonNode attacks = MAPPER.readTree(WRITER.write(finding)).at("/finding_info/attacks");
        assertThat(attacks.at("/3").has("tactic")).isFalse();
        assertThat(attacks.at("/4/tactic/uid").asText()).isEqualTo("TA0011");
        assertThat(attacks.at("/4/technique/name").asText()).isEqualTo("Application Layer Protocol");
        assertThat(attacks.at("/5/tactic/uid").asText()).isEqualTo("TA0007");
        assertThat(attacks.at("/6/tactic/name").asText()).isEqualTo("Reconnaissance");
    }

    @Test
    void measuresThatAreNumbersAreWrittenAsNumbers() throws IOException {
        Finding finding = SampleFindings.relayHost();
        finding.measure("whole", 12).measure("part", "0.5").measure("below", -3).measure("flag", true);
        finding.measure("text", "1e5").measure("octal", "007").measure("nan", Double.NaN).measure("absent", null);
        finding.measure("whole", 13);
        JsonNode data = MAPPER.readTree(WRITER.write(finding)).at("/evidences/0/data");
        assertThat(data.toString())
                .isEqualTo("{\"connections\":77,\"distinct_sources\":3,\"distinct_targets\":70,\"whole\":13,"
                        + "\"part\":0.5,\"below\":-3,\"flag\":true,\"text\":\"1e5\",\"octal\":\"007\",\"nan\":\"NaN\","
                        + "\"absent\":\"null\"}");
    }

    @Test
    void moreThanTwentySamplesAreCutAndItSaysSo() throws IOException {
        Finding finding = SampleFindings.volumetric();
        finding.samples.addAll(SampleFindings.volumetric().samples);
        JsonNode json = MAPPER.readTree(WRITER.write(finding));
        assertThat(json.get("evidences")).hasSize(21);
        assertThat(json.at("/unmapped/notes/1").asText()).isEqualTo("showing 20 of 40 sampled connections");
    }

    @Test
    void aFindingStaysBelow64KilobytesWhateverIsInIt() throws IOException {
        for (String unit : List.of("x", "\0", "é", "\uD83D\uDC7E", "\uD83D")) {
            for (int length : new int[] {500, 4_000, 70_000}) {
                Finding finding = SampleFindings.volumetric();
                String text = unit.repeat(length);
                finding.message = text;
                finding.ruleId = text;
                finding.ruleTitle = text;
                finding.configVersion = text;
                for (int i = 0; i < 60; i++) {
                    finding.measure(i + text, text);
                    finding.notes.add(text);
                }
                List<String> tags = new ArrayList<>();
                for (int i = 1000; i < 2000; i++) {
                    tags.add("attack.t" + i);
                }
                finding.tags = tags;
                byte[] json = new OcsfWriter(text, text).write(finding);
                assertThat(json.length).isLessThan(FindingWriter.MAX_BYTES);
                assertThat(MAPPER.readTree(json).at("/metadata/is_truncated").asBoolean()).isTrue();
                assertThat(MAPPER.readTree(json).at("/unmapped/notes").toString()).contains("texts and lists cut");
                OcsfSchema.assertValid(json);
            }
        }
    }

    @Test
    void halfASurrogatePairDoesNotBreakTheLine() throws IOException {
        Finding finding = SampleFindings.beacon();
        finding.message = "a\uD83D b\uDC7E \uD83D\uDC7E";
        assertThat(MAPPER.readTree(WRITER.write(finding)).get("message").asText())
                .isEqualTo("a\uFFFD b\uFFFD \uD83D\uDC7E");
    }

    @Test
    void aFindingWithoutIdentityIsRefused() {
        Finding finding = SampleFindings.beacon();
        finding.uid = null;
        assertThatThrownBy(() -> WRITER.write(finding)).isInstanceOf(NullPointerException.class).hasMessage("uid");
    }

    private static List<String> techniques(Finding finding) throws IOException {
        List<String> uids = new ArrayList<>();
        for (JsonNode attack : MAPPER.readTree(WRITER.write(finding)).at("/finding_info/attacks")) {
            uids.add(attack.has("sub_technique")
                    ? attack.at("/sub_technique/uid").asText()
                    : attack.at("/technique/uid").asText());
        }
        return uids;
    }

    private static String text(Finding finding) {
        return new String(WRITER.write(finding), StandardCharsets.UTF_8);
    }
}
