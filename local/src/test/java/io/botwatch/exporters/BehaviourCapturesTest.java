package io.botwatch.exporters;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.local.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Captured behaviour, as NetFlow of a real exporter, through the shipped rules. */
@Tag("real-exporters")
class BehaviourCapturesTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "pcaps-c2/quasarrat_09ffabf7.s96.pcap, BEACON-FAST, high, 192.168.100.7, 86.136.67.231, 1337",
        "pcaps-irc-scan-worm/irc-basic.pcap, IRC, high, 192.168.6.110, 130.239.18.119, 6667",
        "pcaps-irc-scan-worm/irc-whitespace.pcap, IRC, high, 192.168.6.110, 193.219.128.49, 6667",
        "pcaps-irc-scan-worm/stratocyberlab_class10_iot-telnet-scanner.s96.pcap, SPREADER, high, 192.168.1.196, '', 23",
        "pcaps-irc-scan-worm/dataset_test7-malicious.s96.pcap, SPREADER, high, 192.168.2.16, '', 23",
    })
    void theBehaviourIsFoundOnItsHostAndNothingElseIsHigh(
            String capture, String rule, String severity, String src, String dst, int port) throws Exception {
        assertThat(highOf(capture)).containsExactly(String.join(",", rule, severity, src, dst, Integer.toString(port)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "pkt.TCP.synflood.spoofed, VOLUMETRIC-HOST, 25565, a SYN flood",
        "amp.TCP.reflection.SYNACK, VOLUMETRIC-REFLECTED, '', from port 80",
        "amp.UDP.isakmp, VOLUMETRIC-REFLECTED, '', from port 4500",
        "amp.UDP.snmp.src161, VOLUMETRIC-REFLECTED, '', from port 161",
    })
    void aFloodIsFoundWithItsVictimAndWhatItIs(String capture, String rule, String port, String words) throws Exception {
        assertThat(findings("pcaps-ddos/" + capture + ".pcap"))
                .allSatisfy(finding -> assertThat(finding).contains(rule + ",volumetric,high,").contains(",10.10.10.10,"))
                .anySatisfy(finding -> assertThat(finding).contains(",10.10.10.10," + port + ",").contains(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"pcaps-irc-scan-worm/bittorrent.pcap", "pcaps-irc-scan-worm/tor.pcap"})
    void whatIsNoAttackHasNothingOfHigh(String capture) throws Exception {
        assertThat(highOf(capture)).isEmpty();
    }

    /** Rule, severity, source, destination and its port of each finding of high or above. */
    private List<String> highOf(String capture) throws Exception {
        return findings(capture).stream()
                .map(line -> line.split(","))
                .filter(cells -> cells[3].equals("high") || cells[3].equals("critical"))
                .map(cells -> String.join(",", cells[1], cells[3], cells[6], cells[8], cells[9]))
                .toList();
    }

    /** As the flat view has them. */
    private List<String> findings(String capture) throws Exception {
        Path records = new NfdumpChain(folder).records(Captures.file(capture), NetflowVersion.V9);
        Path out = folder.resolve("findings.csv");
        CommandLineRun run = CommandLineRun.of("detect", records.toString(), "--as", "csv", "--out", out.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Files.readAllLines(out).stream().skip(1).toList();
    }
}
