package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts of captures that nobody made for this project, counted by other means than this code; and the command around them. */
class ProbeCommandTest {
    @TempDir
    static Path folder;

    private static String real(String name) {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: real captures are not available");
        Path file = Path.of(shared).resolve("data").resolve(name);
        assumeTrue(Files.isRegularFile(file), "real capture " + file + " is not available");
        return file.toString();
    }

    private static CommandLineRun ok(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static JsonNode json(String... files) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("probe", "--json", "--records", "1000000"));
        arguments.addAll(List.of(files));
        return new ObjectMapper().readTree(ok(arguments.toArray(String[]::new)).out());
    }

    private static void flows(JsonNode probe, String... facts) {
        for (String fact : facts) {
            String[] parts = fact.split("=");
            assertThat(probe.path("flows").path(parts[0]).asText()).as(parts[0]).isEqualTo(parts[1]);
        }
    }

    /** A histogram's value is at most a sixteenth above the exact one. */
    private static void about(JsonNode value, long exact) {
        assertThat(value.asLong()).isBetween(exact, exact + exact / 16 + 1);
    }

    @Test
    void aDayOfZeek() throws Exception {
        JsonNode probe = json(real("zeek-acm-motd/comfoo_conn.log.gz"));
        assertThat(probe.at("/inputs/0/format").asText()).isEqualTo("zeek-tsv");
        assertThat(probe.at("/inputs/0/reason").asText()).contains("Zeek");
        assertThat(probe.at("/inputs/0/records").asInt()).isEqualTo(15_363);
        assertThat(probe.at("/inputs/0/whole").asBoolean()).isTrue();
        flows(
                probe,
                "count=15363", "start_at_second=14", "end_at_second=9", "zero_duration=5979", "duration_max_ms=86390761",
                "lateness_p50_ms=0", "lateness_max_ms=86388261", "tcp=3789", "both_directions=15363", "start_grain_ms=1",
                "first_start=2020-08-21T18:38:27.563Z", "with_export_time=0");
        about(probe.at("/flows/lateness_p99_ms"), 116_125);
        assertThat(probe.at("/connections/count").asInt()).isEqualTo(15_363);
        assertThat(probe.at("/connections/pieces").asInt()).isZero();
    }

    @Test
    void theUniversityCapture() throws Exception {
        JsonNode probe = json(real("ctu13-scenario6/capture20110816.binetflow.gz"), "--internal", "147.32.0.0/16");
        assertThat(probe.at("/inputs/0/records").asInt()).isEqualTo(558_919);
        assertThat(probe.at("/records_not_ip").asInt()).isEqualTo(200);
        flows(
                probe,
                "count=558719", "start_at_second=591", "end_at_second=559", "zero_duration=294877", "duration_max_ms=3600000",
                "lateness_max_ms=0", "tcp=128447", "first_start=2011-08-16T10:01:46.972Z", "last_end=2011-08-16T12:10:56.844Z");
        assertThat(probe.path("rules")).hasSize(16).allSatisfy(rule -> assertThat(rule.path("supported").asText())
                .as(rule.path("rule").asText())
                .isEqualTo(rule.path("type").asText().equals("dga") ? "no" : "yes"));
    }

    @Test
    void softflowdThroughNfdumpReplayedYearsLater() throws Exception {
        JsonNode probe = json(real("samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.json"));
        assertThat(probe.at("/inputs/0/format").asText()).isEqualTo("nfdump-json");
        flows(
                probe,
                "count=60", "start_at_second=0", "zero_duration=15", "duration_max_ms=109941", "lateness_max_ms=46357",
                "tcp=32", "without_tcp_flags=0", "with_export_time=60", "clock_skew_min_ms=71695108125", "from_the_future=0",
                "sampled=0");
        about(probe.at("/flows/lateness_p50_ms"), 28_372);
        about(probe.at("/flows/clock_skew_median_ms"), 71_695_218_240L);
        assertThat(probe.path("max_out_of_orderness_ms").asInt()).isEqualTo(50_000);
        assertThat(probe.at("/exporters/0/exporter").asText()).isEqualTo("127.0.0.1");
        assertThat(ok("probe", real("samples/softflowd-nfdump/quasarrat.softflowd-v9.nfdump-1.7.1.json")).out())
                .contains("it is a replay, or a clock is wrong");
    }

    @Test
    void softflowdThatDatesFlowsInTheFuture() throws Exception {
        JsonNode probe = json(real("samples/softflowd-nfdump/quasarrat.softflowd-v9-NO-a-FUTURE-times.nfdump-1.7.1.json"));
        flows(probe, "count=40", "from_the_future=40", "clock_skew_min_ms=-1319333852");
        assertThat(probe.at("/rules/0/reason").asText()).contains("100.0 % of records start after they were exported");
    }

    @Test
    void pmacctWithTimesInSecondsAndWithBinsOnly() throws Exception {
        flows(
                json(real("samples/pmacct/nfacctd-1.7.7.v9.jsonl")),
                "count=100", "start_at_second=100", "end_at_second=100", "start_grain_ms=1000", "tcp=47", "without_tcp_flags=0");
        JsonNode bins = json(real("samples/pmacct/nfacctd-1.7.7.min9.jsonl"));
        flows(bins, "count=100", "start_grain_ms=60000", "tcp=50", "lateness_max_ms=60000");
        assertThat(bins.at("/exporters/0/exporter").asText()).isEqualTo("unknown");
    }

    @Test
    void goflow2sDocumentedRecordIsSampled() throws Exception {
        JsonNode probe = json(real("samples/documented/goflow2_README.json"));
        flows(probe, "count=1", "sampled=1", "sampling_rate_min=100", "sampling_rate_max=100");
        assertThat(probe.at("/exporters/0/exporter").asText()).isEqualTo("192.168.0.1");
    }

    private static String generated() throws Exception {
        Path file = folder.resolve("exporters.json");
        if (!Files.exists(file)) {
            ok("generate", "--view", "exporters", "--hours", "4", "--scale", "0.05", "--out", file.toString());
        }
        return file.toString();
    }

    @Test
    void theTextHasTheNumbersOfTheJson() throws Exception {
        String file = generated();
        JsonNode json = json(file);
        String text = ok("probe", file).out();
        JsonNode connections = json.path("connections");
        JsonNode flows = json.path("flows");
        assertThat(text).contains(
                file + ": goflow2-json, " + count(json.at("/inputs/0/records")) + " records\n",
                json.at("/inputs/0/reason").asText(),
                "\nflows             " + count(flows.path("count")) + "\n",
                flows.path("first_start").asText() + " to " + flows.path("last_end").asText(),
                "max_out_of_orderness: " + json.path("max_out_of_orderness_ms").asLong() / 1_000 + "s",
                percent(flows.path("start_at_second_share")) + " at whole seconds, ends " + percent(flows.path("end_at_second_share")),
                percent(flows.path("zero_duration_share")) + " of none",
                "missing in " + percent(flows.path("without_tcp_flags_share")) + " of " + count(flows.path("tcp")) + " TCP records",
                count(connections.path("count")) + " of " + count(connections.path("records")) + " records",
                count(connections.path("pieces")) + " pieces, " + String.format(Locale.ROOT, "%.2f", connections.path("split_ratio").asDouble()),
                count(connections.path("copies")) + " from another exporter, " + percent(connections.path("copies_share")),
                percent(connections.path("one_way_share")) + " have one direction only; " + percent(connections.path("reply_only_share")),
                "guessed for " + percent(connections.path("guessed_initiator_share")),
                "outbound " + count(json.at("/connections_by_direction/outbound")) + ", inbound "
                        + count(json.at("/connections_by_direction/inbound")));
        for (JsonNode exporter : json.path("exporters")) {
            assertThat(text).containsPattern(
                    "(?m)^" + exporter.path("exporter").asText().replace(".", "\\.") + " +" + count(exporter.at("/flows/count")) + " ");
        }
        for (JsonNode rule : json.path("rules")) {
            assertThat(text).containsPattern("(?m)^" + rule.path("rule").asText() + " +" + rule.path("type").asText() + " +"
                    + rule.path("supported").asText());
        }
    }

    private static String count(JsonNode number) {
        return Progress.count(number.asLong());
    }

    private static String percent(JsonNode share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share.asDouble());
    }

    @Test
    void itStopsAtItsBoundAndSharesItAmongFiles() throws Exception {
        String file = generated();
        Path small = Files.write(folder.resolve("small.json"), Files.readAllLines(Path.of(file)).subList(0, 30));
        JsonNode probe = new ObjectMapper()
                .readTree(ok("probe", "--json", "--records", "1000", file, small.toString(), file).out());
        List<Integer> records = new ArrayList<>();
        probe.path("inputs").forEach(input -> records.add(input.path("records").asInt()));
        assertThat(records).containsExactly(333, 30, 637);
        assertThat(probe.at("/flows/count").asInt()).isEqualTo(1_000);
        assertThat(probe.at("/inputs/0/whole").asBoolean()).isFalse();
        assertThat(probe.at("/inputs/1/whole").asBoolean()).isTrue();
        assertThat(ok("probe", "--records", "30", small.toString()).out()).contains("30 records\n").doesNotContain("of more");
        assertThat(ok("probe", "--records", "29", small.toString()).out()).contains("29 records of more");
    }

    @Test
    void deadLettersAreCountedByReason() throws Exception {
        Path file = Files.writeString(
                folder.resolve("dead.json"), Files.readAllLines(Path.of(generated())).get(0) + "\nrubbish\n{}\n");
        assertThat(ok("probe", file.toString()).out()).containsPattern("dead letters +2, malformed 1, missing_field 1");
    }

    @Test
    void wrongUsageNamesTheRemedy() throws Exception {
        wrong("name the feed: files, --config, or --bootstrap and --topic", "probe");
        wrong("name the feed", "probe", "--topic", "flows");
        wrong("name one of them", "probe", generated(), "--topic", "flows");
        wrong("--records 0 is not 1 to 1000000", "probe", "--records", "0", generated());
        wrong("--format: unknown format 'netflow9'; one of auto", "probe", "--format", "netflow9", generated());
        wrong("--internal: ", "probe", "--internal", "10.0.0.0/99", generated());
        wrong("nowhere.json does not exist", "probe", "nowhere.json");
        wrong("nowhere.json does not exist", "probe", "--format", "zeek-json", "nowhere.json");
        wrong(
                "is of no known format",
                "probe", Files.writeString(folder.resolve("prose.txt"), "It was a dark and stormy night.\n").toString());
        Path cut = folder.resolve("cut.json.gz");
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
            out.write(Files.readString(Path.of(generated())).getBytes(StandardCharsets.UTF_8));
        }
        byte[] whole = Files.readAllBytes(cut);
        Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
        wrong("cut.json.gz cannot be read beyond record", "probe", "--records", "1000000", cut.toString());
    }

    private static void wrong(String message, String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void itHelps() {
        assertThat(ok("probe", "--help").out()).contains("--records", "--internal", "--json", "--bootstrap");
    }
}
