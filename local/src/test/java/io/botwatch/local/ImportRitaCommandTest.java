package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.flow.Address;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportRitaCommandTest {
    private static final String CONFIG = """
            {
                update_check_enabled: true, // a comment
                filtering: {
                    # another
                    internal_subnets: ["10.0.0.0/8", "203.0.113.0/24", "fd00::/8"],
                    never_included_subnets: ["198.51.100.0/24"],
                },
                scoring: {
                    beacon: { unique_connection_threshold: 4, timestamp_score_weight: 0.25 },
                    long_connection_score_thresholds: { base: 7200, low: 14400, medium: 28800, high: 43200 }
                }
            }
            """;

    @TempDir
    Path folder;

    @Test
    void whatBothKnowIsTakenOverAndWhatHasNoCounterpartIsNamed() throws IOException {
        Path config = Files.writeString(folder.resolve("config.hjson"), CONFIG);
        Path out = folder.resolve("rules.yaml");
        CommandLineRun run = CommandLineRun.of("rules", "import-rita", config.toString(), "--out", out.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("taken      filtering.internal_subnets")
                .contains("not taken  update_check_enabled")
                .contains("not taken  scoring.beacon.timestamp_score_weight")
                .doesNotContain("not taken  filtering");

        RuleSet rules = RulesDocument.load(out);
        RuleSet shipped = RulesDocument.preset("enterprise");
        assertThat(rules.internal().contains(Address.parse("203.0.113.9"))).isTrue();
        assertThat(rules.internal().contains(Address.parse("192.168.0.1"))).isFalse();
        assertThat(rules.of(BeaconRule.class).get(0).minConnections()).isEqualTo(4);
        assertThat(rules.of(BeaconRule.class).get(1).minConnections())
                .isEqualTo(shipped.of(BeaconRule.class).get(1).minConnections());
        LongConnectionRule longConnection = rules.of(LongConnectionRule.class).get(0);
        assertThat(longConnection.lowMs()).isEqualTo(7_200_000);
        assertThat(longConnection.criticalMs()).isEqualTo(43_200_000);
        Address never = Address.parse("198.51.100.7");
        assertThat(rules.of(BeaconRule.class)).allMatch(rule -> rule.excludedDestinations().contains(never));
        assertThat(rules.of(OutboundRule.class)).allMatch(rule -> rule.excludedDestinations().contains(never));
        assertThat(longConnection.excludedDestinations().contains(never)).isTrue();
    }

    @Test
    void faultsAreNamed() throws IOException {
        Path config = Files.writeString(folder.resolve("config.hjson"), CONFIG
                .replace("198.51.100.0/24", "198.51.100.1/24")
                .replace("base: 7200", "base: soon"));
        CommandLineRun broken = CommandLineRun.of("rules", "import-rita", config.toString());
        assertThat(broken.exitCode()).isEqualTo(2);
        assertThat(broken.err()).contains("config.hjson:10: ").contains("texts without quotes");
        Files.writeString(config, CONFIG.replace("198.51.100.0/24", "198.51.100.1/24").replace("base: 7200", "base: -1"));
        CommandLineRun wrong = CommandLineRun.of("rules", "import-rita", config.toString());
        assertThat(wrong.err())
                .contains("filtering.never_included_subnets: '198.51.100.1/24' has host bits set")
                .contains("scoring.long_connection_score_thresholds.base: -1 is not a whole number of 60 to");
    }
}
