package io.botwatch.rules;

import io.botwatch.document.DocumentException;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.network.Network;
import io.botwatch.relay.RelayRule;
import io.botwatch.volumetric.VolumetricRule;
import io.botwatch.volumetric.VolumetricRules;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.flow.Direction;
import io.botwatch.network.NetworkSet;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesDocumentTest {
    /** One rule, R-1. */
    private static final String MINIMAL_WITH_ID = """
            rules:
              - id: R-1
                title: Flood
                type: volumetric
                level: high
                window: {size: 5m}
                condition: {distinct_sources: {gt: 50}, connections: {gt: 500}}
                filter: {direction: inbound, dst_port: [80]}
            """;

    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final List<Network> PRIVATE = networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");
    private static final List<Network> NOT_ROUTED =
            networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16");

    /** Line numbers of the tests below count from here. */
    private static final String DOCUMENT =
            """
            preset: enterprise
            internal_subnets: [10.0.0.0/8]
            rules:
              - id: B
                title: A beacon
                type: beacon
                level: high
                tags: [attack.t1071]
                window: {size: 24h, slide: 5m}
                condition:
                  min_connections: 12
                  min_duration: 30m
                  rate_per_hour: {min: 4, max: 120}
                filter:
                  direction: outbound
                  dst_port_not: [80, 443]
                  dst_not: [127.0.0.0/8]
              - id: V
                title: A flood
                type: volumetric
                level: medium
                window: {size: 5m}
                condition: {distinct_sources: {gt: 50}, connections: {gt: 500}}
                filter: {dst_port: [22], verdict_not: [denied]}
                early_firing: true
              - id: R
                title: A relay
                type: relay
                level: low
                window: {size: 300s}
                condition: {max_pairs_per_host: 1000}
                finding_per: pair
                engine: interval
            """;

    @TempDir
    Path directory;

    @Test
    void theParityPresetHasTheOriginalQueriesValues() {
        RuleSet rules = RulesDocument.preset("aql");
        assertThat(rules.preset()).isEqualTo(RuleSet.Preset.AQL);
        assertThat(rules.of(BeaconRule.class)).singleElement().satisfies(rule -> {
            assertInfo(rule.info(), "AQL-BEACON", Severity.CRITICAL, 0, "attack.t1071", "attack.t1571");
            assertBeacon(rule);
        });
        assertThat(rules.of(VolumetricRule.class)).singleElement().satisfies(rule -> {
            assertInfo(rule.info(), "AQL-VOLUMETRIC", Severity.HIGH, 0, "attack.t1498", "attack.t1110");
            assertVolumetric(rule, false);
        });
        assertThat(rules.of(RelayRule.class)).singleElement().satisfies(rule -> {
            assertInfo(rule.info(), "AQL-RELAY", Severity.HIGH, 0, "attack.t1090.003");
            assertRelay(rule, 250_000, false);
        });
        assertPrivateIsInternal(rules);
    }

    @Test
    void theShippedDefaultAsksForACadenceOnAnyPortAndForOneFindingAStory() {
        RuleSet rules = RulesDocument.preset("enterprise");
        assertThat(rules.preset()).isEqualTo(RuleSet.Preset.ENTERPRISE);
        assertThat(rules.of(BeaconRule.class))
                .extracting(rule -> rule.info().id())
                .containsExactly("BEACON-SLOW", "BEACON-FAST", "BEACON-LOW-AND-SLOW", "STROBE");
        assertThat(rules.of(BeaconRule.class).subList(0, 3)).allSatisfy(rule -> {
            assertThat(rule.cadence()).isNotNull();
            assertThat(rule.excludedPorts()).containsExactly(0);
        });
        assertThat(rules.of(BeaconRule.class).get(0).cadence())
                .as("no period is in two profiles")
                .satisfies(slow -> {
                    assertThat(rules.of(BeaconRule.class).get(1).cadence().maxPeriodMs()).isEqualTo(slow.minPeriodMs());
                    assertThat(rules.of(BeaconRule.class).get(2).cadence().minPeriodMs()).isEqualTo(slow.maxPeriodMs());
                });
        VolumetricRule service = rules.of(VolumetricRule.class).get(0);
        assertInfo(service.info(), "VOLUMETRIC-INBOUND", Severity.HIGH, HOUR, "attack.t1498", "attack.t1110");
        assertVolumetric(service, true);
        assertThat(rules.of(VolumetricRule.class))
                .extracting(VolumetricRule::per)
                .containsExactly(
                        VolumetricRule.Per.SERVICE, VolumetricRule.Per.HOST, VolumetricRule.Per.REFLECTOR,
                        VolumetricRule.Per.NETWORK);
        assertThat(rules.of(VolumetricRule.class).get(1).excludedPorts())
                .as("a flow counts for a service or for its host")
                .isEqualTo(service.ports());
        assertThat(rules.of(RelayRule.class)).singleElement().satisfies(rule -> {
            assertInfo(rule.info(), "ORB-RELAY", Severity.HIGH, 24 * HOUR, "attack.t1090.003");
            assertRelay(rule, 50_000, true);
        });
        assertPrivateIsInternal(rules);
    }

    @Test
    void thePresetsInTheJarAreTheFilesInFlinkConf() {
        Path conf = Path.of(System.getProperty("botwatch.root", "..")).resolve("flink-conf");
        assertThat(RulesDocument.load(conf.resolve("rules-aql.yaml")).version())
                .isEqualTo(RulesDocument.preset("aql").version());
        assertThat(RulesDocument.load(conf.resolve("rules.yaml")).version())
                .isEqualTo(RulesDocument.preset("enterprise").version())
                .isNotEqualTo(RulesDocument.preset("aql").version());
    }

    @Test
    void everyValueOfADocumentArrivesInItsRule() {
        RuleSet rules = parse(DOCUMENT);
        assertThat(rules.of(BeaconRule.class))
                .containsExactly(new BeaconRule(
                        new RuleInfo("B", "A beacon", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of("attack.t1071"), 0, ""),
                        24 * HOUR, 5 * MINUTE, 12, 30, 4, 120, null, NetworkSet.NONE, List.of(80, 443), NetworkSet.of(networks("127.0.0.0/8")), List.of(),
                        List.of()));
        assertThat(rules.of(VolumetricRule.class))
                .containsExactly(VolumetricRules.perService(
                        new RuleInfo("V", "A flood", RuleInfo.Mode.ACTIVE, Severity.MEDIUM, List.of(), 0, ""),
                        5 * MINUTE, 50, 500, List.of(22), true));
        assertThat(rules.of(RelayRule.class))
                .containsExactly(new RelayRule(
                        new RuleInfo("R", "A relay", RuleInfo.Mode.ACTIVE, Severity.LOW, List.of(), 0, ""),
                        5 * MINUTE, List.of(), NetworkSet.NONE, 1_000, false, RelayRule.Engine.INTERVAL, List.of()));
        assertThat(rules.internal().contains(Address.parse("10.1.2.3"))).isTrue();
        assertThat(rules.internal().contains(Address.parse("192.168.1.1"))).isFalse();
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        RuleSet rules = parse(
                """
                rules:
                  - {id: R, title: T, type: relay, level: low, window: {size: PT5M}, condition: {max_pairs_per_host: 1}}
                """);
        assertThat(rules.preset()).isEqualTo(RuleSet.Preset.ENTERPRISE);
        assertPrivateIsInternal(rules);
        assertThat(rules.of(BeaconRule.class)).isEmpty();
        assertThat(rules.of(VolumetricRule.class)).isEmpty();
        assertThat(rules.of(RelayRule.class))
                .containsExactly(new RelayRule(
                        new RuleInfo("R", "T", RuleInfo.Mode.ACTIVE, Severity.LOW, List.of(), 0, ""),
                        5 * MINUTE, List.of(), NetworkSet.NONE, 1, true, RelayRule.Engine.CEP, List.of()));
    }

    @Test
    void aDisabledRuleIsKeptAsDisabled() {
        RuleSet rules = parse(DOCUMENT.replace("level: low", "level: low\n    mode: disabled\n    note: Why"));
        assertThat(rules.of(RelayRule.class).get(0).info().runs()).isFalse();
        assertThat(rules.of(RelayRule.class).get(0).info().note()).isEqualTo("Why");
    }

    @Test
    void anchorsMaySpareRepetition() {
        RuleSet rules = parse(DOCUMENT.replace("[80, 443]", "&ports [80, 443]").replace("[22]", "*ports"));
        assertThat(rules.of(VolumetricRule.class).get(0).ports()).containsExactly(80, 443);
    }

    @Test
    void neverIncludedNetworksAreCutOut() {
        RuleSet rules = parse(DOCUMENT.replace(
                "internal_subnets: [10.0.0.0/8]",
                "internal_subnets: [10.0.0.0/8, 10.9.9.9]\nnever_included_subnets: [10.9.0.0/16]"));
        assertThat(rules.internal().contains(Address.parse("10.9.1.1"))).isFalse();
        assertThat(rules.internal().contains(Address.parse("10.9.9.9"))).isTrue();
        assertThat(rules.neverIncluded()).isEqualTo(networks("10.9.0.0/16"));

        RuleSet overridden = rules.withInternal(networks("10.0.0.0/8"));
        assertThat(overridden.internal().contains(Address.parse("10.9.9.9"))).isFalse();
        assertThat(overridden.internal().contains(Address.parse("10.8.1.1"))).isTrue();
    }

    @Test
    void aRelayWindowIsWholeBucketsAndAtMostAnHour() {
        for (String wrong : List.of("301s", "2h")) {
            assertThatThrownBy(() -> parse(DOCUMENT.replace("size: 300s", "size: " + wrong)))
                    .as(wrong)
                    .hasMessageContaining("rules[2].window.size: " + wrong + " is not a multiple of 5s up to 1h");
        }
    }

    @Test
    void durationsAreShortOrIso() {
        for (String oneHour : List.of("1h", "60m", "3600s", "3600000ms", "PT1H", "PT30M1800S")) {
            assertThat(parse(DOCUMENT.replace("size: 300s", "size: " + oneHour)).of(RelayRule.class).get(0).windowMs())
                    .as(oneHour)
                    .isEqualTo(HOUR);
        }
        assertThat(parse(DOCUMENT.replace("slide: 5m", "slide: 1d").replace("size: 24h", "size: 7d"))
                        .of(BeaconRule.class).get(0).windowMs())
                .isEqualTo(7 * 24 * HOUR);
    }

    @Test
    void theVersionIsThatOfTheBytes() throws IOException {
        assertThat(parse(DOCUMENT).version()).matches("[0-9a-f]{12}").isEqualTo(parse(DOCUMENT).version());
        assertThat(parse(DOCUMENT + "# comment\n").version()).isNotEqualTo(parse(DOCUMENT).version());
        // The vector of FIPS 180-4.
        assertThat(RuleSet.digest("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo("ba7816bf8f01");
        Path file = directory.resolve("rules.yaml");
        Files.writeString(file, DOCUMENT);
        assertThat(RulesDocument.load(file).version()).isEqualTo(parse(DOCUMENT).version());
    }

    @Test
    void networksMayBeThoseOfAFileBesideTheDocument() throws IOException {
        Path rules = Files.writeString(
                directory.resolve("rules.yaml"), DOCUMENT.replace("[127.0.0.0/8]", "[127.0.0.0/8, \"file:lists/cdn.csv\"]"));
        assertThat(catchThrowableOfType(DocumentException.class, () -> RulesDocument.load(rules)).problems())
                .singleElement(STRING)
                .startsWith(rules + ":17: rules[0].filter.dst_not[1]: ")
                .endsWith("cdn.csv cannot be read: no such file");
        Path list = Files.createDirectory(directory.resolve("lists")).resolve("cdn.csv");
        Files.writeString(list, "# networks\n203.0.113.0/24,a network\n\n2001:db8::7 # an address\n127.0.0.0/8\n");
        RuleSet loaded = RulesDocument.load(rules);
        assertThat(loaded.of(BeaconRule.class).get(0).excludedDestinations())
                .isEqualTo(NetworkSet.of(networks("127.0.0.0/8", "203.0.113.0/24", "2001:db8::7")));
        Files.writeString(list, "203.0.113.0/24\n");
        assertThat(RulesDocument.load(rules).version()).as("what the file says is a part of the rules").isNotEqualTo(loaded.version());
        Files.writeString(list, "203.0.113.0/24\n203.0.113.1/24\nx\ny\nz\n");
        assertThat(catchThrowableOfType(DocumentException.class, () -> RulesDocument.load(rules)).problems())
                .as("the first three faults")
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).startsWith(rules + ":17: rules[0].filter.dst_not[1]: lists/cdn.csv:"));
        assertThat(problemsOf(Files.readString(rules)).problems().get(0)).contains("files of networks are not possible here");
    }

    @Test
    void aSetIsNamedOnceAndItsEntriesMayExpire() throws IOException {
        Files.writeString(directory.resolve("tor.csv"), "192.0.2.1,2026-03-01,exit\n198.51.100.0/24\n");
        Path rules = Files.writeString(
                directory.resolve("rules.yaml"),
                "sets:\n  tor: {file: tor.csv, expires: true}\n  ours: {networks: [203.0.113.0/24]}\n"
                        + DOCUMENT.replace("[127.0.0.0/8]", "[\"set:tor\", \"set:ours\"]"));
        NetworkSet excluded = RulesDocument.load(rules).of(BeaconRule.class).get(0).excludedDestinations();
        long expiryMs = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
        Address exit = Address.parse("192.0.2.1");
        assertThat(excluded.contains(exit.hi, exit.lo, expiryMs - 1)).isTrue();
        assertThat(excluded.contains(exit.hi, exit.lo, expiryMs)).isFalse();
        for (String always : List.of("198.51.100.7", "203.0.113.7")) {
            Address address = Address.parse(always);
            assertThat(excluded.contains(address.hi, address.lo, Long.MAX_VALUE - 1)).as(always).isTrue();
        }
        Files.writeString(directory.resolve("tor.csv"), "192.0.2.1,soon\n");
        Files.writeString(rules, Files.readString(rules).replace("set:ours", "set:our").replace("{networks: [203.0.113.0/24]}", "{}"));
        assertThatThrownBy(() -> RulesDocument.load(rules))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("sets.tor.file: ")
                .hasMessageContaining("tor.csv:1: 'soon' is not a day such as 2026-12-31")
                .hasMessageContaining("sets.ours: needs a file or networks, and not both")
                .hasMessageContaining("dst_not[1]: 'our' is not ");
    }

    @Test
    void exceptionsAreReadFromTheDocumentAndFromAFileBesideIt() throws IOException {
        String yaml = MINIMAL_WITH_ID + "exceptions:\n  - {id: EX-1, title: Patch servers, rules: [R-1], selection: {src_cidr: [10.0.9.0/24], dst_port: [8530]}, "
                + "action: drop, owner: secops, ticket: SEC-42, expires: 2026-12-31}\n"
                + "exceptions_file: more.jsonl\n";
        Files.writeString(directory.resolve("more.jsonl"),
                "{\"id\":\"EX-2\",\"title\":\"Backup\",\"selection\":{\"host_cidr\":[\"10.0.9.4\"],\"direction\":\"outbound\"},"
                        + "\"action\":\"lower\",\"to\":\"medium\",\"expires\":\"2026-12-31T12:00:00Z\"}\n\n");
        Path file = Files.writeString(directory.resolve("rules.yaml"), yaml);
        RuleSet rules = RulesDocument.load(file);
        assertThat(rules.exceptions().entries()).containsExactly(
                new ExceptionEntry("EX-1", "Patch servers", List.of("R-1"), networks("10.0.9.0/24"), List.of(), List.of(), List.of(8530), null,
                        ExceptionEntry.Action.DROP, Severity.LOW, "secops", "SEC-42", Instant.parse("2026-12-31T00:00:00Z").toEpochMilli()),
                new ExceptionEntry("EX-2", "Backup", List.of(), List.of(), List.of(), networks("10.0.9.4/32"), List.of(), Direction.OUTBOUND,
                        ExceptionEntry.Action.LOWER, Severity.MEDIUM, "", "", Instant.parse("2026-12-31T12:00:00Z").toEpochMilli()));
        Files.writeString(directory.resolve("more.jsonl"), "{\"id\":\"EX-2\",\"title\":\"Backup\",\"selection\":{\"dst_port\":[1]},\"action\":\"tag\"}\n");
        assertThat(RulesDocument.load(file).version()).isNotEqualTo(rules.version());
        Files.writeString(directory.resolve("more.jsonl"), "{\"id\":\"EX-3\",\"title\":\"x\",\"rules\":[\"R-7\"],\"selection\":{\"dst_port\":[1]},\"action\":\"tag\"}\n");
        assertThatThrownBy(() -> RulesDocument.load(file)).hasMessageContaining("more.jsonl:1:1: rules[0]: 'R-7' is not R-1");
        Files.writeString(directory.resolve("more.jsonl"), "{\"id\":\"EX-2\"\n{\"id\":\"EX-1\",\"title\":\"x\",\"selection\":{\"dst_port\":[1]},\"action\":\"tag\"}\n");
        assertThatThrownBy(() -> RulesDocument.load(file))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("exceptions_file: ")
                .hasMessageContaining("more.jsonl:1:1: not YAML")
                .hasMessageContaining("exceptions: two have the id 'EX-1'");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "selection: {}, action: drop# selection: names nothing, so that it would match every finding",
        "selection: {src_cidr: []}, action: drop# selection.src_cidr: must list at least one network",
        "selection: {src_cidr: [10.0.0.1/8]}, action: drop# selection.src_cidr[0]: '10.0.0.1/8' has host bits set",
        "selection: {dst_port: [70000]}, action: drop# selection.dst_port[0]: 70000 is not 0 to 65535",
        "selection: {dst_ports: [1]}, action: drop# selection.dst_ports: unknown key; did you mean 'dst_port'?",
        "selection: {dst_port: [1]}, action: delete# action: 'delete' is not one of drop, lower, tag",
        "selection: {dst_port: [1]}, action: drop, to: low# to: is for action lower only",
        "selection: {dst_port: [1]}, action: drop, expires: tomorrow# expires: 'tomorrow' is not a day such as 2026-12-31",
        "selection: {dst_port: [1]}, action: drop, rules: [R-2]# rules[0]: 'R-2' is not R-1",
        "selection: {dst_port: [1]}# action: missing"
    })
    void aFaultOfAnExceptionIsNamed(String caseOf) {
        String[] parts = caseOf.split("# ");
        DocumentException problems =
                problemsOf(MINIMAL_WITH_ID + "exceptions:\n  - {id: EX-1, title: t, " + parts[0] + "}\n");
        assertThat(problems.problems()).anySatisfy(problem -> assertThat(problem).contains("exceptions[0]." + parts[1]));
    }

    @Test
    void otherInternalNetworksMakeAnotherVersion() {
        RuleSet rules = parse(DOCUMENT);
        RuleSet a = rules.withInternal(networks("147.32.0.0/16", "10.0.0.0/8"));
        assertThat(a.version()).matches("[0-9a-f]{12}").isNotEqualTo(rules.version());
        assertThat(rules.withInternal(networks("10.0.0.0/8", "147.32.0.0/16")).version()).isEqualTo(a.version());
        assertThat(rules.withInternal(networks("10.0.0.0/8")).version()).isNotEqualTo(a.version());
        assertThat(a.internal().contains(Address.parse("147.32.84.165"))).isTrue();
        assertThat(a.of(BeaconRule.class)).isEqualTo(rules.of(BeaconRule.class));
        assertThatThrownBy(() -> rules.withInternal(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRuleSetIsSerializable() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(parse(DOCUMENT));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            RuleSet read = (RuleSet) in.readObject();
            assertThat(read.of(BeaconRule.class)).isEqualTo(parse(DOCUMENT).of(BeaconRule.class));
            assertThat(read.of(RelayRule.class)).isEqualTo(parse(DOCUMENT).of(RelayRule.class));
        }
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsAreTaken() {
        assertThat(parse("\uFEFF" + DOCUMENT.replace("\n", "\r\n")).of(RelayRule.class)).isEqualTo(parse(DOCUMENT).of(RelayRule.class));
    }

    /** What is replaced, by what, and the one problem that it makes. */
    static Stream<Arguments> faults() {
        return Stream.of(
                fault("min: 4,", "min: 200,", "rules.yaml:13: rules[0].condition.rate_per_hour.min: 200 is above max 120"),
                fault("min: 4,", "min: 120.5,",
                        "rules.yaml:13: rules[0].condition.rate_per_hour.min: 120.5 is above max 120"),
                fault("min: 4,", "min: four,",
                        "rules.yaml:13: rules[0].condition.rate_per_hour.min: 'four' is not a number"),
                fault("max: 120", "max: 3600001",
                        "rules.yaml:13: rules[0].condition.rate_per_hour.max: 3600001 is not 0 to 3600000"),
                fault("dst_port_not", "dst_prot_not",
                        "rules.yaml:16: rules[0].filter.dst_prot_not: unknown key; did you mean 'dst_port_not'?"),
                fault("early_firing", "earlyfiring",
                        "rules.yaml:25: rules[1].earlyfiring: unknown key; did you mean 'early_firing'?"),
                fault("preset:", "presets:", "rules.yaml:1: presets: unknown key; did you mean 'preset'?"),
                fault("engine: interval", "colour: red",
                        "rules.yaml:33: rules[2].colour: unknown key; known here: id, title, type, mode, level, tags,"
                                + " window, condition, filter, suppression, note, finding_per, engine"),
                fault("early_firing: true", "early_firing: true\n    per: rack",
                        "rules.yaml:26: rules[1].per: 'rack' is not one of service, host, reflector, network"),
                fault("early_firing: true", "early_firing: true\n    baseline: {history: 8d, factor: 3}",
                        "rules.yaml:26: rules[1].baseline.history: 8d is not 1h to 7d"),
                fault("connections: {gt: 500}", "connections: {gt: 500}, packets_per_flow: {lte: 3}",
                        "rules.yaml:25: rules[1].early_firing: not possible with packets_per_flow or asked_share, which are"
                                + " known only when the window has ended"),
                fault("connections: {gt: 500}", "connections: {gt: 500}, distinct_targets: {gt: 3}",
                        "rules.yaml:23: rules[1].condition.distinct_targets: unknown key; did you mean"
                                + " 'distinct_sources'?"),
                fault("early_firing", "engine",
                        "rules.yaml:25: rules[1].engine: unknown key; known here: id, title, type, mode, level, tags,"
                                + " window, condition, filter, suppression, note, per, baseline, early_firing"),
                fault("window: {size: 300s}", "window: {size: 300s, slide: 5s}",
                        "rules.yaml:30: rules[2].window.slide: unknown key; known here: size"),
                fault("[80, 443]", "[80, 65536]",
                        "rules.yaml:16: rules[0].filter.dst_port_not[1]: 65536 is not 0 to 65535"),
                fault("[80, 443]", "[80, https]",
                        "rules.yaml:16: rules[0].filter.dst_port_not[1]: 'https' is not a whole number"),
                fault("[80, 443]", "[-1]", "rules.yaml:16: rules[0].filter.dst_port_not[0]: -1 is not 0 to 65535"),
                // Eight in YAML 1.1, ten to most people.
                fault("[80, 443]", "[010]",
                        "rules.yaml:16: rules[0].filter.dst_port_not[0]: '010' is not a whole number"),
                fault("[80, 443]", "80",
                        "rules.yaml:16: rules[0].filter.dst_port_not: expected a list such as [a, b], found '80'"),
                fault("[80, 443]", "[80, ]\n      dst_port_not: []",
                        "rules.yaml:17: rules[0].filter.dst_port_not: duplicate key; line 16 has it already"),
                fault("[80, 443]", "[[80]]",
                        "rules.yaml:16: rules[0].filter.dst_port_not[0]: expected a value, found a list"),
                fault("[22]", "[]", "rules.yaml:24: rules[1].filter.dst_port: must list at least one port"),
                fault("dst_port: [22], ", "", "rules.yaml:24: rules[1].filter.dst_port: missing"),
                fault("[denied]", "[allowed]", "rules.yaml:24: rules[1].filter.verdict_not[0]: 'allowed' is not denied"),
                fault("slide: 5m", "slide: 7m", "rules.yaml:9: rules[0].window.size: 1d is not a multiple of slide 7m"),
                fault("slide: 5m", "slide: 10s",
                        "rules.yaml:9: rules[0].window.size: 1d is 8640 slides of 10s, at most 2016"),
                fault("size: 24h", "size: 32d", "rules.yaml:9: rules[0].window.size: 32d is not 1s to 31d"),
                fault("size: 300s", "size: 999ms", "rules.yaml:30: rules[2].window.size: 999ms is not 1s to 31d"),
                fault("size: 300s", "size: 300",
                        "rules.yaml:30: rules[2].window.size:"
                                + " '300' is not a duration such as 300s, 5m, 24h, 7d or PT5M"),
                fault("size: 300s", "size: PT-5M",
                        "rules.yaml:30: rules[2].window.size:"
                                + " 'PT-5M' is not a duration such as 300s, 5m, 24h, 7d or PT5M"),
                fault(", slide: 5m", "", "rules.yaml:9: rules[0].window.slide: missing"),
                fault("min_connections: 12", "min_connections: 0",
                        "rules.yaml:11: rules[0].condition.min_connections: 0 is not 1 to 1000000000"),
                fault("min_connections: 12", "min_connections:",
                        "rules.yaml:11: rules[0].condition.min_connections: expected a value, found nothing"),
                fault("gt: 50}", "gt: 0}", "rules.yaml:23: rules[1].condition.distinct_sources.gt: 0 is not 1 to 1000000000"),
                fault("{gt: 500}", "500",
                        "rules.yaml:23: rules[1].condition.connections: expected keys and values, found '500'"),
                fault("min_duration: 30m", "min_duration: 90s",
                        "rules.yaml:12: rules[0].condition.min_duration: 90s is not whole minutes"),
                fault("min_duration: 30m", "min_duration: 25h",
                        "rules.yaml:12: rules[0].condition.min_duration: 25h is above window.size 1d"),
                fault("host: 1000}", "host: 10000001}",
                        "rules.yaml:31: rules[2].condition.max_pairs_per_host: 10000001 is not 1 to 10000000"),
                fault("host: 1000}", "host: 99999999999999999999}",
                        "rules.yaml:31: rules[2].condition.max_pairs_per_host:"
                                + " '99999999999999999999' is not a whole number"),
                fault("id: R", "id: B", "rules.yaml:26: rules[2].id: 'B' is the id of rules[0] too"),
                fault("id: R", "id: a b",
                        "rules.yaml:26: rules[2].id:"
                                + " 'a b' is not letters, digits, '.', '_' and '-', a letter or digit first"),
                fault("id: R", "id: ''", "rules.yaml:26: rules[2].id: is empty"),
                fault("id: R", "mode: active", "rules.yaml:26: rules[2].id: missing"),
                fault("title: A relay", "title: " + "x".repeat(201),
                        "rules.yaml:27: rules[2].title: 201 characters, at most 200"),
                fault("title: A relay", "title: \"a\\0b\"",
                        "rules.yaml:27: rules[2].title: holds a character that is not text"),
                fault("title: A relay", "title: \"a\\uD800b\"",
                        "rules.yaml:27: rules[2].title: holds a character that is not text"),
                fault("title: A relay", "title: [a]", "rules.yaml:27: rules[2].title: expected a value, found a list"),
                fault("type: relay", "type: rely",
                        "rules.yaml:28: rules[2].type: 'rely' is not one of beacon, volumetric, relay, spreader, spam, outbound-flood, irc, dns, dga, long-connection, story; did you mean 'relay'?"),
                fault("type: relay", "type: worm",
                        "rules.yaml:28: rules[2].type: 'worm' is not one of beacon, volumetric, relay, spreader, spam, outbound-flood, irc, dns, dga, long-connection, story"),
                fault("level: low", "level: hihg",
                        "rules.yaml:29: rules[2].level: 'hihg' is not one of informational, low, medium, high, critical;"
                                + " did you mean 'high'?"),
                fault("level: low", "level: low\n    mode: shadowed",
                        "rules.yaml:30: rules[2].mode: 'shadowed' is not one of active, shadow, disabled; did you mean 'shadow'?"),
                fault("attack.t1071", "attack.T1071",
                        "rules.yaml:8: rules[0].tags[0]:"
                                + " 'attack.T1071' is not an ATT&CK technique such as attack.t1071 or attack.t1583.005"),
                fault("attack.t1071", "t1071",
                        "rules.yaml:8: rules[0].tags[0]:"
                                + " 't1071' is not an ATT&CK technique such as attack.t1071 or attack.t1583.005"),
                fault("127.0.0.0/8", "127.0.0.1/8",
                        "rules.yaml:17: rules[0].filter.dst_not[0]:"
                                + " '127.0.0.1/8' has host bits set; the network is 127.0.0.0/8"),
                fault("127.0.0.0/8", "127.0.0.0/33",
                        "rules.yaml:17: rules[0].filter.dst_not[0]: prefix length of '127.0.0.0/33' is not 0 to 32"),
                fault("[10.0.0.0/8]", "[ten]", "rules.yaml:2: internal_subnets[0]: not an IP address: 'ten'"),
                fault("[10.0.0.0/8]", "[]", "rules.yaml:2: internal_subnets: must list at least one network"),
                fault("direction: outbound", "direction: inbound",
                        "rules.yaml:15: rules[0].filter.direction: 'inbound' is not outbound"),
                fault("early_firing: true", "early_firing: yes",
                        "rules.yaml:25: rules[1].early_firing: 'yes' is not one of false, true"),
                fault("finding_per: pair", "finding_per: pairs",
                        "rules.yaml:32: rules[2].finding_per: 'pairs' is not one of host, pair; did you mean 'pair'?"),
                fault("engine: interval", "engine: sql", "rules.yaml:33: rules[2].engine: 'sql' is not one of cep, interval"),
                fault("preset: enterprise", "preset: AQL",
                        "rules.yaml:1: preset: 'AQL' is not one of enterprise, aql"),
                fault("engine: interval", "suppression: {duration: 32d}",
                        "rules.yaml:33: rules[2].suppression.duration: 32d is not 0s to 31d"),
                fault("engine: interval", "suppression: {time: 1d}",
                        "rules.yaml:33: rules[2].suppression.time: unknown key; known here: duration"),
                fault("engine: interval", "? [a]\n    : b", "rules.yaml:33: rules[2]: a key must be plain text"),
                fault("level: low", "level: !!java.net.URL low",
                        "rules.yaml:29: not YAML: Global tag is not allowed: tag:yaml.org,2002:java.net.URL"),
                fault("{size: 300s}", "!!javax.script.ScriptEngineManager {size: 300s}",
                        "rules.yaml:30: not YAML: Global tag is not allowed:"
                                + " tag:yaml.org,2002:javax.script.ScriptEngineManager"),
                fault("level: low", "level: !mine low", "rules.yaml:29: rules[2].level: the type '!mine' is not allowed"),
                fault("[22]", "!!set [22]",
                        "rules.yaml:24: rules[1].filter.dst_port: the type 'tag:yaml.org,2002:set' is not allowed"),
                fault("engine: interval", "engine: [", "rules.yaml:34: not YAML: expected the node content, but found '<stream end>'"),
                fault("engine: interval", "engine: *none", "rules.yaml:33: not YAML: found undefined alias none"),
                fault("engine: interval", "\tengine: cep",
                        "rules.yaml:33: not YAML: found character '\\t(TAB)' that cannot start any token."
                                + " (Do not use \\t(TAB) for indentation)"),
                fault("engine: interval", "engine: cep\n---\nrules: []",
                        "rules.yaml:34: not YAML: but found another document"));
    }

    private static Arguments fault(String part, String replacement, String message) {
        return Arguments.of(part, replacement, message);
    }

    @ParameterizedTest(name = "{0} > {1}")
    @MethodSource("faults")
    void aFaultIsNamedWithFileLineKeyAndLimit(String part, String replacement, String message) {
        assertThat(DOCUMENT).containsOnlyOnce(part);
        DocumentException e = problemsOf(DOCUMENT.replace(part, replacement));
        assertThat(e.problems()).containsExactly(message);
        assertThat(e).hasMessage(message);
    }

    @Test
    void allFaultsOfADocumentAreReportedInItsOrder() {
        DocumentException e = problemsOf(DOCUMENT
                .replace("preset: enterprise", "prest: enterprise")
                .replace("min_connections: 12", "min_connections: 0")
                .replace("dst_port_not", "dst_prot_not")
                .replace("[22]", "[22, 99999]")
                .replace("engine: interval", "engine: sql"));
        assertThat(e.problems())
                .containsExactly(
                        "rules.yaml:1: prest: unknown key; did you mean 'preset'?",
                        "rules.yaml:11: rules[0].condition.min_connections: 0 is not 1 to 1000000000",
                        "rules.yaml:16: rules[0].filter.dst_prot_not: unknown key; did you mean 'dst_port_not'?",
                        "rules.yaml:24: rules[1].filter.dst_port[1]: 99999 is not 0 to 65535",
                        "rules.yaml:33: rules[2].engine: 'sql' is not one of cep, interval");
        assertThat(e).hasMessage(String.join("\n", e.problems()));
    }

    @Test
    void aMissingSectionIsReportedOnceNotForEachOfItsKeys() {
        assertThat(problemsOf(DOCUMENT.replace("    window: {size: 24h, slide: 5m}\n", "")).problems())
                .containsExactly("rules.yaml:4: rules[0].window: missing");
    }

    @Test
    void aDocumentWithoutRulesIsRefused() {
        assertThat(problemsOf("").problems()).containsExactly("rules.yaml:1: the document is empty");
        assertThat(problemsOf("# nothing\n").problems()).containsExactly("rules.yaml:1: the document is empty");
        assertThat(problemsOf("preset: aql\n").problems()).containsExactly("rules.yaml:1: rules: missing");
        assertThat(problemsOf("preset: aql\nrules: []\n").problems())
                .containsExactly("rules.yaml:2: rules: must list at least one rule");
        assertThat(problemsOf("rules: {}\n").problems())
                .containsExactly("rules.yaml:1: rules: expected a list such as [a, b], found keys and values");
        assertThat(problemsOf("rules:\n").problems())
                .containsExactly("rules.yaml:1: rules: expected a list such as [a, b], found nothing");
        assertThat(problemsOf("- a\n").problems())
                .containsExactly("rules.yaml:1: expected keys and values, found a list");
        assertThat(problemsOf("rules: [beacon]\n").problems())
                .containsExactly("rules.yaml:1: rules[0]: expected keys and values, found 'beacon'");
    }

    @Test
    void aFileThatCannotBeReadIsARuleProblemToo() throws IOException {
        Path file = directory.resolve("none.yaml");
        assertThatThrownBy(() -> RulesDocument.load(file)).isInstanceOf(DocumentException.class).hasMessage(file + ": no such file");
        assertThatThrownBy(() -> RulesDocument.load(directory)).isInstanceOf(DocumentException.class);
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xC3, '\n'});
        assertThatThrownBy(() -> RulesDocument.load(file)).isInstanceOf(DocumentException.class).hasMessage(file + ": not UTF-8");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> RulesDocument.load(file))
                .isInstanceOf(DocumentException.class)
                .hasMessage(file + ": more than 1048576 bytes");
        Files.writeString(file, DOCUMENT.replace("type: relay", "type: rely"));
        assertThatThrownBy(() -> RulesDocument.load(file)).hasMessageStartingWith(file + ":28: rules[2].type: 'rely'");
    }

    @Test
    void anUnknownPresetIsNamed() {
        assertThatThrownBy(() -> RulesDocument.preset("enterprize"))
                .isInstanceOf(DocumentException.class)
                .hasMessage("preset: 'enterprize' is not one of aql, enterprise; did you mean 'enterprise'?");
    }

    private static void assertInfo(RuleInfo info, String id, Severity level, long suppressionMs, String... tags) {
        assertThat(info.id()).isEqualTo(id);
        assertThat(info.title()).isNotBlank();
        assertThat(info.note()).startsWith("Check first");
        assertThat(info.runs()).isTrue();
        assertThat(info.level()).isEqualTo(level);
        assertThat(info.suppressionMs()).isEqualTo(suppressionMs);
        assertThat(info.tags().get(0)).isEqualTo("attack.t1583.005");
        assertThat(info.tags().subList(1, info.tags().size())).containsExactly(tags);
    }

    private static void assertBeacon(BeaconRule rule) {
        assertThat(rule)
                .isEqualTo(new BeaconRule(
                        rule.info(), 24 * HOUR, 5 * MINUTE, 12, 30, 4, 120, null, NetworkSet.NONE, List.of(80, 443, 53), NetworkSet.of(NOT_ROUTED), List.of(), List.of()));
    }

    private static void assertVolumetric(VolumetricRule rule, boolean early) {
        VolumetricRule expected = VolumetricRules.perService(
                rule.info(), 5 * MINUTE, 50, 500, List.of(80, 443, 8080, 8443, 22, 3389, 25, 587), early);
        assertThat(rule).isEqualTo(early ? VolumetricRules.with(expected, VolumetricRules.WEEK) : expected);
    }

    private static void assertRelay(RelayRule rule, int maxPairs, boolean perHost) {
        assertThat(rule)
                .isEqualTo(new RelayRule(
                        rule.info(), 5 * MINUTE, List.of(80, 443, 53), NetworkSet.of(PRIVATE), maxPairs, perHost, RelayRule.Engine.CEP, rule.excludedRoles()));
    }

    private static void assertPrivateIsInternal(RuleSet rules) {
        for (String inside : List.of("10.0.0.1", "172.31.255.255", "192.168.0.1", "fd00::1")) {
            assertThat(rules.internal().contains(Address.parse(inside))).as(inside).isTrue();
        }
        for (String outside : List.of("172.32.0.0", "127.0.0.1", "8.8.8.8", "2001:db8::1")) {
            assertThat(rules.internal().contains(Address.parse(outside))).as(outside).isFalse();
        }
    }

    private static List<Network> networks(String... texts) {
        return Stream.of(texts).map(Network::parse).toList();
    }

    private static RuleSet parse(String yaml) {
        return RulesDocument.parse("rules.yaml", yaml);
    }

    private static DocumentException problemsOf(String yaml) {
        DocumentException e = catchThrowableOfType(DocumentException.class, () -> parse(yaml));
        assertThat(e).as("a problem").isNotNull();
        return e;
    }
}
