package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.botwatch.finding.FlatView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectCommandTest {
    private static final String HEADER = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n";

    @TempDir
    Path folder;

    /** Forty check-ins of one host, two minutes apart: a beacon by every preset. */
    private static String beacon(String src) {
        StringBuilder lines = new StringBuilder(HEADER);
        for (int i = 0; i < 40; i++) {
            lines.append(String.format(
                    "2026/01/05 %02d:%02d:00.000000,0.1,tcp,%s,%d,   ->,203.0.113.7,8443,FSPA_FSPA,0,0,10,1000,500,x%n",
                    i / 30, i * 2 % 60, src, 40_000 + i));
        }
        return lines.toString().replace("\r", "");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void aBeaconInAFileIsOneLineOnStandardOutputAndTheSummaryIsOnStandardError() throws IOException {
        CommandLineRun run = CommandLineRun.of("detect", file("flows.binetflow", beacon("10.0.0.1")).toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly("2026-01-05T00:00:00.000Z  critical       BEACON-SLOW  10.0.0.1 contacted 203.0.113.7:8443/tcp"
                        + " 40 times in 78 min, every 120 s ± 0 %. 1 internal host talks to it.");
        assertThat(run.err())
                .contains("records read      40", "IP flows        40", "dead letters    0", "BEACON-SLOW     1");
    }

    @Test
    void whatAnExceptionOrAShadowRuleKeepsBackIsCountedAndShownOnRequest() throws IOException {
        String flows = file("flows.binetflow", beacon("10.0.0.1")).toString();
        String shipped = new String(
                io.botwatch.rules.RulesDocument.class.getResourceAsStream("rules.yaml").readAllBytes(), StandardCharsets.UTF_8);
        String dropping = file("dropping.yaml", shipped + "exceptions:\n  - {id: EX-17, title: Patch servers, "
                        + "selection: {src_cidr: [10.0.0.0/24], dst_port: [8443]}, action: drop, owner: secops, expires: 2026-12-31}\n")
                .toString();
        CommandLineRun silent = CommandLineRun.of("detect", flows, "--rules", dropping);
        assertThat(silent.exitCode()).as(silent.err()).isZero();
        assertThat(silent.out()).isEmpty();
        assertThat(silent.err()).containsPattern("findings +none").containsPattern("kept back by exceptions .*\\R  EX-17 +1");
        assertThat(CommandLineRun.of("detect", flows, "--rules", dropping, "--show-suppressed").out())
                .contains("BEACON-SLOW  10.0.0.1 contacted", "[suppressed by EX-17]");
        assertThat(CommandLineRun.of("detect", flows, "--rules", dropping, "--show-suppressed", "--out", "-").out())
                .contains("\"status_id\":3", "\"exception\":\"EX-17\"")
                .doesNotContain("is_alert");

        String shadow = file("shadow.yaml", shipped.replaceFirst("mode: active\n    level: critical", "mode: shadow\n    level: critical"))
                .toString();
        CommandLineRun unseen = CommandLineRun.of("detect", flows, "--rules", shadow);
        assertThat(unseen.out()).isEmpty();
        assertThat(unseen.err()).containsPattern("of shadow rules .*\\R  BEACON-SLOW +1");
        assertThat(CommandLineRun.of("detect", flows, "--rules", shadow, "--show-shadow").out())
                .contains("10.0.0.1 contacted 203.0.113.7:8443/tcp", "[shadow]");
    }

    @Test
    void theFlatViewHasTheHeaderAndOneRowAFindingWhateverTheOrderOfFiles() throws IOException {
        file("b.binetflow", beacon("10.0.0.2"));
        file("a.binetflow", beacon("10.0.0.1"));
        Path out = folder.resolve("out.csv");

        CommandLineRun run = CommandLineRun.of(
                "detect", folder.resolve("*.binetflow").toString(), "--rules", "aql", "--as", "csv", "--out", out.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.get(0)).isEqualTo(FlatView.HEADER);
        assertThat(lines).hasSize(3);
        assertThat(lines.subList(1, 3)).anyMatch(line -> line.contains("10.0.0.1,")).anyMatch(line -> line.contains("10.0.0.2,"));
    }

    /** The beacon as vFlow would write it: ten flows a message. */
    @Test
    void jsonOfAnotherShapeIsReadByAMapping() throws IOException {
        StringBuilder messages = new StringBuilder();
        for (int m = 0; m < 4; m++) {
            messages.append("{\"AgentID\":\"192.0.2.1\",\"Header\":{\"ExportTime\":1767571200},\"DataSets\":[");
            for (int i = 10 * m; i < 10 * m + 10; i++) {
                long startMs = 1767571200000L + i * 120_000L;
                messages.append(i % 10 == 0 ? "" : ",").append(String.format(
                        "[{\"I\":8,\"V\":\"10.0.0.1\"},{\"I\":12,\"V\":\"203.0.113.7\"},{\"I\":7,\"V\":%d},{\"I\":11,\"V\":8443},"
                                + "{\"I\":4,\"V\":6},{\"I\":1,\"V\":500},{\"I\":2,\"V\":5},{\"I\":152,\"V\":%d},{\"I\":153,\"V\":%d}]",
                        40_000 + i, startMs, startMs + 100));
            }
            messages.append("]}\n");
        }
        String flows = file("vflow.json", messages.toString()).toString();
        String mapping = Path.of(System.getProperty("botwatch.root"), "flink-conf", "mappings", "vflow-ipfix.yaml").toString();

        CommandLineRun run = CommandLineRun.of("detect", flows, "--mapping", mapping);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("BEACON-SLOW  10.0.0.1 contacted 203.0.113.7:8443/tcp 40 times in 78 min");
        assertThat(run.err()).contains("vflow.json: mapped-json, 4 records", "IP flows        40", "dead letters    0");

        assertThat(CommandLineRun.of("detect", flows).err()).contains("of no known format", "--mapping maps JSON");
        CommandLineRun both = CommandLineRun.of("detect", flows, "--mapping", mapping, "--format", "zeek-json");
        assertThat(both.exitCode()).isEqualTo(2);
        assertThat(both.err()).contains("--mapping is a format of its own; take --format zeek-json away");
        CommandLineRun faulty = CommandLineRun.of("detect", flows, "--mapping", file("m.yaml", "fields: {sorce: /a}").toString());
        assertThat(faulty.exitCode()).isEqualTo(2);
        assertThat(faulty.err()).contains("m.yaml:1: fields.sorce: unknown key");
    }

    @Test
    void aGzipFileGivesWhatTheFileGives() throws IOException {
        Path plain = file("flows.binetflow", beacon("10.0.0.1"));
        Path gzip = folder.resolve("flows.binetflow.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            out.write(Files.readAllBytes(plain));
        }
        assertThat(CommandLineRun.of("detect", gzip.toString(), "--out", "-").out())
                .isNotEmpty()
                .isEqualTo(CommandLineRun.of("detect", plain.toString(), "--out", "-").out());
    }

    @Test
    void zstandardFilesInFoldersBelowAreFoundAndReadAsTheFilesThatTheyHold() throws IOException {
        Path day = Files.createDirectories(folder.resolve("in/2026/01/05"));
        Files.write(day.resolve("flows.binetflow.zst"), Zstd.compress(beacon("10.0.0.1").getBytes(StandardCharsets.US_ASCII)));
        Path messages = folder.resolve("in/2026/messages.bin");
        assertThat(CommandLineRun.of(
                                "generate", "--format", "goflow2-protobuf", "--hours", "4", "--scale", "0.1", "--out", messages.toString())
                        .exitCode())
                .isZero();
        byte[] plain = Files.readAllBytes(messages);
        Files.delete(messages);
        Files.delete(folder.resolve("in/2026/messages.bin.labels.csv"));
        Files.write(folder.resolve("in/2026/messages.zst"), Zstd.compress(plain));

        CommandLineRun run = CommandLineRun.of("detect", folder.resolve("in").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("BEACON-SLOW  10.0.0.1 contacted 203.0.113.7:8443/tcp 40 times");
        assertThat(run.err())
                .contains("flows.binetflow.zst: binetflow, 41 records", "messages.zst: goflow2-protobuf, ", "dead letters    0")
                .doesNotContain("left out");
    }

    @Test
    void flowsOutsideTheAskedTimesAreDeadLettersWithTheReason() throws IOException {
        Path dead = folder.resolve("dead.jsonl");
        CommandLineRun run = CommandLineRun.of(
                "detect", file("flows.binetflow", beacon("10.0.0.1")).toString(),
                "--from", "2026-01-05T00:30:00Z", "--to", "2026-01-05T01:00:00Z", "--dead", dead.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("IP flows        15", "dead letters    25, time_out_of_range 25");
        assertThat(Files.readAllLines(dead)).hasSize(25).allMatch(line -> line.contains("\"reason\":\"TIME_OUT_OF_RANGE\""));
    }

    @Test
    void undecodableLinesAreDeadLettersAndTheRestIsJudged() throws IOException {
        String spoilt = beacon("10.0.0.1") + "2026/01/05 02:00:00.000000,0.1,tcp,10.0.0.1,1,->,no address,8443,FIN,0,0,1,1,1,x\nrubbish\n";
        CommandLineRun run = CommandLineRun.of("detect", file("flows.binetflow", spoilt).toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("IP flows        40", "dead letters    2");
        assertThat(run.out()).contains("BEACON-SLOW");
    }

    @Test
    void deadLettersThatNobodyAskedForAreOnlyCounted() throws IOException {
        String spoilt = beacon("10.0.0.1") + "rubbish\n".repeat(3);
        CommandLineRun run = CommandLineRun.of("detect", file("flows.binetflow", spoilt).toString());
        assertThat(run.err()).contains("dead letters    3, ").contains("(--dead FILE keeps them)").doesNotContain("not written");
    }

    @Test
    void aFloodOfGarbageIsWrittenUpToTheCapAndTheSummarySaysHowManyWereNot() throws IOException {
        Path dead = folder.resolve("dead.jsonl");
        CommandLineRun run = CommandLineRun.of(
                "detect", file("flows.json", "rubbish\n".repeat(100_007)).toString(), "--format", "zeek-json", "--dead", dead.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).containsPattern("dead letters    100.?007, malformed 100007").containsPattern("not written   7, over 100.?000 of a reason");
        try (var lines = Files.lines(dead)) {
            assertThat(lines.count()).isEqualTo(100_000);
        }
    }

    @Test
    void samplingRatesScaleTheFlowsOfTheExportersThatReportNone() throws IOException {
        String flow = "{\"time_flow_start_ns\":1767571200000000000,\"bytes\":1,\"packets\":1,\"src_addr\":\"10.0.0.1\",\"dst_addr\":"
                + "\"203.0.113.7\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":8443,\"sampler_address\":\"192.0.2.1\"}\n";
        String flows = file("flows.json", flow).toString();
        Path rates = file("rates.yaml", "default: 10\noverride: {192.0.2.1: 100}\n");
        for (String[] options : new String[][] {
            {"--sampling-rate", "100"}, {"--sampling-rates", "192.0.2.1=100,2001:db8::1=5"}, {"--sampling-rates", rates.toString()}
        }) {
            CommandLineRun run = CommandLineRun.of("detect", flows, options[0], options[1]);
            assertThat(run.exitCode()).as(run.err()).isZero();
        }
        assertRefused("--sampling-rate: sampling rate 0 is not 1 to 1000000", "detect", flows, "--sampling-rate", "0");
        assertRefused("--sampling-rates: '192.0.2.1=x' is not ADDRESS=N", "detect", flows, "--sampling-rates", "192.0.2.1=x");
        assertRefused("--sampling-rates: not an IP address: 'router'", "detect", flows, "--sampling-rates", "router=5");
        assertRefused("none.yaml: no such file", "detect", flows, "--sampling-rates", folder.resolve("none.yaml").toString());
        assertRefused("has a default of its own", "detect", flows, "--sampling-rate", "5", "--sampling-rates", rates.toString());
    }

    @Test
    void randomBytesAreOfNoKnownFormat() throws IOException {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        Path file = Files.write(folder.resolve("random.bin"), bytes);

        assertRefused("is of no known format", "detect", file.toString());
    }

    @Test
    void randomBytesOfANamedFormatAreDeadLetters() throws IOException {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        Path file = Files.write(folder.resolve("random.bin"), bytes);

        CommandLineRun run = CommandLineRun.of("detect", file.toString(), "--format", "goflow2-json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("IP flows        0").doesNotContain("dead letters    0");
    }

    @Test
    void anEmptyFileIsNamed() throws IOException {
        assertRefused("empty.json is empty", "detect", file("empty.json", "").toString());
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefused("missing.json does not exist", "detect", folder.resolve("missing.json").toString());
    }

    @Test
    void anUnknownFormatIsAnsweredWithTheKnownOnes() throws IOException {
        assertRefused(
                "unknown format 'sflow'; one of auto, zeek-json",
                "detect", file("a", beacon("10.0.0.1")).toString(), "--format", "sflow");
    }

    @Test
    void aFolderOfMixedFilesIsReadAsFarAsItsFilesAreFlows() throws IOException {
        file("flows.binetflow", beacon("10.0.0.1"));
        file("zeek.json", "{\"ts\":1767571200.0,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.9\",\"id.orig_p\":40000,\"id.resp_h\":\"203.0.113.9\",\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\",\"orig_pkts\":1,\"resp_pkts\":1}\n");
        file("README.md", "Not flows.\n");
        file("empty", "");

        CommandLineRun run = CommandLineRun.of("detect", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("left out: ", "README.md is of no known format", "empty is empty", "zeek.json: zeek-json, 1 records", "records read      41");
    }

    @Test
    void aFolderWithoutFlowsIsRefused() throws IOException {
        file("README.md", "Not flows.\n");
        assertRefused("holds no file that can be read as flows", "detect", folder.toString());
    }

    @Test
    void anOutputThatCannotBeWrittenIsRefusedBeforeAnythingIsRead() throws IOException {
        Path flows = file("flows.binetflow", beacon("10.0.0.1"));
        assertRefused(
                "cannot be written: its folder does not exist",
                "detect", flows.toString(), "--out", folder.resolve("none/out.csv").toString());
    }

    @Test
    void anOutputThatExistsIsKeptUnlessForced() throws IOException {
        Path flows = file("flows.binetflow", beacon("10.0.0.1"));
        Path out = file("out.jsonl", "mine\n");
        assertRefused("exists; --force replaces it", "detect", flows.toString(), "--out", out.toString());
        assertThat(out).hasContent("mine\n");

        assertThat(CommandLineRun.of("detect", flows.toString(), "--out", out.toString(), "--force").exitCode()).isZero();
        assertThat(Files.readString(out)).startsWith("{\"activity_id\"");
    }

    @Test
    void aMisspeltRuleKeyIsNamedWithItsLineAndTheNearestKey() throws IOException {
        Path rules = file(
                "rules.yaml",
                Files.readString(Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules.yaml"))
                        .replace("min_connections", "min_conections"));
        Path out = folder.resolve("out.csv");
        CommandLineRun run = CommandLineRun.of(
                "detect", file("flows.binetflow", beacon("10.0.0.1")).toString(), "--rules", rules.toString(), "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .containsPattern("rules\\.yaml:\\d+: rules\\[0\\]\\.condition\\.min_conections: unknown key; did you mean 'min_connections'\\?");
        assertThat(out).doesNotExist();
    }

    @Test
    void wrongNetworksTimesZonesAndOptionsAreRefused() throws IOException {
        String flows = file("flows.binetflow", beacon("10.0.0.1")).toString();
        assertRefused("--internal: '10.0.0.1/8' has host bits set; the network is 10.0.0.0/8", "detect", flows, "--internal", "10.0.0.1/8");
        assertRefused("--from: 'yesterday' is not a time such as", "detect", flows, "--from", "yesterday");
        assertRefused("is not before --to", "detect", flows, "--from", "2026-01-05T00:00:00Z", "--to", "2026-01-04T00:00:00Z");
        assertRefused("--zone: 'Mars' is not a time zone", "detect", flows, "--zone", "Mars");
        assertRefused("Unknown option: '--frm'", "detect", flows, "--frm", "x");
        assertRefused("--parallelism 0 is not 1 to 128", "detect", flows, "--parallelism", "0");
    }

    /** Exit code 2, the message, nothing on standard output, and nothing new in the folder. */
    private void assertRefused(String message, String... arguments) {
        List<String> before = names();
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
        assertThat(names()).isEqualTo(before);
    }

    private List<String> names() {
        try (var files = Files.list(folder)) {
            return files.map(Path::getFileName).map(Path::toString).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
