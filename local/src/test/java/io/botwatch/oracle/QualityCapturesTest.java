package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Finding;
import io.botwatch.finding.HostRisk;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.network.Network;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What preset {@code enterprise} finds on real captures, and what it must not say of benign ones. */
class QualityCapturesTest {
    private static final String BOT = "147.32.84.165";

    @TempDir
    Path folder;

    @Test
    void onABusyNetworkBorderTheBotIsTheOneCriticalHost() throws Exception {
        List<Finding> findings = detect("ctu13-scenario6/capture20110816.binetflow.gz", "147.32.0.0/16");

        assertThat(atLeast(findings, Severity.CRITICAL)).singleElement().satisfies(story -> {
            assertThat(story.type).isEqualTo(Finding.Type.STORY);
            assertThat(story.src).hasToString(BOT);
            assertThat(story.message).contains("91.212.135.158:5678/tcp", "external mail servers");
        });
        HostRisk risk = new HostRisk();
        findings.forEach(risk::add);
        assertThat(risk.ranked(2)).as("the first by risk, by far").satisfies(hosts -> {
            assertThat(hosts.get(0).address()).hasToString(BOT);
            assertThat(hosts.get(0).risk()).isGreaterThan(3 * hosts.get(1).risk());
        });
        assertThat(findings)
                .filteredOn(finding -> finding.type == Finding.Type.BEACON && "91.212.135.158".equals(text(finding.dst)))
                .singleElement()
                .satisfies(beacon -> assertThat(beacon.periodSeconds).isBetween(0.9 * 33, 1.1 * 33));
        assertThat(atLeast(findings, Severity.HIGH).stream()
                        .map(finding -> finding.host().toString())
                        .filter(host -> !host.equals(BOT))
                        .distinct())
                .as("other hosts")
                .hasSizeLessThanOrEqualTo(10);
        assertThat(atLeast(findings, Severity.MEDIUM)).hasSizeLessThanOrEqualTo(60);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"comfoo, 68.183.138.51, 27.1", "taidoor, 104.248.234.238, 33.1"})
    void theC2IsTheTopBeaconOfItsDayAndNoOtherIsHigh(String capture, String c2, double period) throws Exception {
        List<Finding> beacons = detect("zeek-acm-motd/" + capture + "_conn.log.gz", "192.168.0.0/16").stream()
                .filter(finding -> finding.type == Finding.Type.BEACON)
                .sorted(Comparator.comparing((Finding finding) -> finding.severity)
                        .thenComparingDouble(finding -> finding.score)
                        .thenComparingLong(finding -> finding.connections)
                        .reversed())
                .toList();
        assertThat(beacons.get(0).dst).hasToString(c2);
        assertThat(beacons.get(0).periodSeconds).isBetween(0.9 * period, 1.1 * period);
        assertThat(atLeast(beacons.subList(1, beacons.size()), Severity.HIGH)).isEmpty();
    }

    @Test
    void aC2ThatNeverAnswersIsFoundAsAttempts() throws Exception {
        assertThat(detect("zeek-stratosphere/001-zeek-scenario-malicious_labeled-conn.log.gz", "192.168.0.0/16"))
                .filteredOn(finding -> "41.108.179.197".equals(text(finding.dst)) && finding.dstPort == 1177)
                .singleElement()
                .satisfies(beacon -> {
                    assertThat(beacon.message).contains("attempts, never answered");
                    assertThat(beacon.severity).isEqualTo(Severity.MEDIUM);
                });
    }

    @Test
    void interactiveC2ByTheSecondIsFound() throws Exception {
        assertThat(detect("zeek-apt29/apt29_day1_combined_zeek.log.gz", "10.0.0.0/8"))
                .anySatisfy(finding -> {
                    assertThat(finding.dst).hasToString("192.168.0.4");
                    assertThat(finding.severity).isEqualTo(Severity.MEDIUM);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "binetflow-slips/dataset_Normal_CTU-Normal-7-2013-13-07.binetflow.gz",
        "binetflow-slips/dataset_Normal_2013-10-21_capture-1.binetflow.gz"
    })
    void benignCapturesHaveNothingOfHigh(String capture) throws Exception {
        assertThat(atLeast(detect(capture, "10.0.0.0/8,147.32.0.0/16"), Severity.HIGH)).isEmpty();
    }

    @Test
    void aServerThatTheInternetScansHasNothingOfHigh() throws Exception {
        assertThat(atLeast(detect("zeek-rita/vps", "64.225.56.201/32"), Severity.HIGH)).isEmpty();
    }

    private static String text(Address address) {
        return address == null ? "" : address.toString();
    }

    private static List<Finding> atLeast(List<Finding> findings, Severity severity) {
        return findings.stream().filter(finding -> finding.severity.compareTo(severity) >= 0).toList();
    }

    private List<Finding> detect(String capture, String internal) throws Exception {
        RuleSet rules = RulesDocument.preset("enterprise")
                .withInternal(Stream.of(internal.split(",")).map(Network::parse).toList());
        return JobRun.overFiles(RealCaptures.files(capture), rules, 2, folder).finals();
    }
}
