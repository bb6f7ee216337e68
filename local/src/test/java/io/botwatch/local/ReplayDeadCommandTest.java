package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flows;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayDeadCommandTest {
    @TempDir
    Path folder;

    private static CommandLineRun ok(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private Path path(String name) {
        return folder.resolve(name);
    }

    private Path day(String format) {
        Path day = path("day." + format);
        ok("generate", "--hours", "8", "--scale", "0.1", "--seed", "21", "--format", format, "--out", day.toString());
        return day;
    }

    private Path letters(DeadLetter... letters) throws IOException {
        Path file = path("letters.jsonl");
        try (OutputStream out = Files.newOutputStream(file)) {
            DeadLetterLines lines = new DeadLetterLines(out);
            for (DeadLetter letter : letters) {
                lines.write(letter);
            }
        }
        return file;
    }

    private static DeadLetter letter(String record, String source, Reason reason) {
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        return DeadLetter.of(bytes, 0, bytes.length, source, 1, new UndecodableException(reason, "x"));
    }

    /** A record of goflow2 that can be decoded. */
    private static String flow(long startMs) {
        return "{\"time_flow_start_ns\":" + startMs + "000000,\"bytes\":100,\"packets\":1,\"src_addr\":\"10.0.0.1\","
                + "\"dst_addr\":\"203.0.113.7\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":8443}";
    }

    @Test
    void aDayReadInAWrongFormatGivesTheFindingsOfTheDayOnceItsDeadLettersAreFedAgain() {
        String day = day("goflow2-json").toString();
        String dead = path("dead.jsonl").toString();
        String again = path("again.json").toString();
        CommandLineRun wrong = ok("detect", day, "--format", "pmacct-json", "--dead", dead);
        assertThat(wrong.err()).contains("IP flows        0");

        CommandLineRun replay = ok("replay-dead", dead, "--format", "goflow2-json", "--out", again);
        assertThat(replay.out()).isEmpty();
        assertThat(replay.err()).containsPattern("fed again +([0-9 ,]+), \\1 of them decode now").contains("to                " + again);

        String expected = ok("detect", day, "--out", "-").out();
        assertThat(expected).isNotEmpty();
        assertThat(ok("detect", again, "--out", "-").out().equals(expected)).as("the findings are the same").isTrue();
    }

    @Test
    void aDayReadInAWrongZoneAndThereforeOutOfRangeGivesItsFindingsOnceItsDeadLettersAreFedAgain() {
        String day = day("binetflow").toString();
        String[] range = {"--from", "2026-01-05T00:00:00Z", "--to", "2026-01-05T08:30:00Z"};
        String dead = path("dead.jsonl").toString();
        String again = path("again.binetflow").toString();
        // Half a day off: nothing is left of it but the dead letters.
        CommandLineRun wrong = ok(with(range, "detect", day, "--zone", "-12:00", "--dead", dead));
        assertThat(wrong.err()).contains("IP flows        0").contains("time_out_of_range");

        ok("replay-dead", dead, "--reason", "time_out_of_range", "--source", day, "--out", again);
        String expected = ok(with(range, "detect", day, "--out", "-")).out();
        assertThat(expected).isNotEmpty();
        assertThat(ok(with(range, "detect", again, "--out", "-")).out().equals(expected)).as("the findings are the same").isTrue();
    }

    private static String[] with(String[] options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(options));
        return all.toArray(String[]::new);
    }

    @Test
    void onlyWholeRecordsAreFedAndWhatIsLeftIsCountedByWhy() throws IOException {
        DeadLetter whole = letter(flow(Flows.T), "flows-1", Reason.BAD_TIME);
        DeadLetter cut = letter("x".repeat(10_000), "flows-1", Reason.TOO_LARGE);
        DeadLetter twoLines = letter("{\n}", "flows-1", Reason.MISSING_FIELD);
        DeadLetter late = DeadLetter.late("BEACON-SLOW", Flows.outbound(1, 1, 4444, Flows.T));
        Path again = path("again.json");

        CommandLineRun run = ok(
                "replay-dead", letters(whole, cut, whole.asPart(), twoLines, late).toString(), "--out", again.toString());
        assertThat(run.err()).contains(
                "dead letters      5\n", "late            1, left", "cut             1, left", "part            1, left",
                "not one line    1, left", "fed again         1, 1 of them decode now\n", "bad_time          1, 1 decode now");
        assertThat(again).hasContent(flow(Flows.T));
    }

    @Test
    void lateFlowsAreFedWhenTheyAreNamedInAFormatThatDetectReads() throws IOException {
        DeadLetter[] late = new DeadLetter[40];
        for (int i = 0; i < late.length; i++) {
            late[i] = DeadLetter.late("BEACON-SLOW", Flows.outbound(1, 1, 8443, Flows.T + i * 120_000L));
        }
        Path again = path("again.json");
        CommandLineRun run = ok(
                "replay-dead", letters(late).toString(), "--reason", "late", "--format", "binetflow", "--out", again.toString());
        assertThat(run.err()).contains("fed again         40, 40 of them decode now");
        assertThat(ok("detect", again.toString()).out()).contains("BEACON-SLOW").contains("40 times in 78 min");
    }

    @Test
    void aDryRunFeedsNothingAndTellsByReasonWhatWouldDecodeNow() throws IOException {
        Path file = letters(
                letter(flow(Flows.T), "flows-1", Reason.BAD_TIME),
                letter(flow(Flows.T), "flows-12", Reason.BAD_TIME),
                letter("rubbish", "flows-1", Reason.MALFORMED),
                letter(flow(Flows.T), "other", Reason.BAD_PORT));

        CommandLineRun all = ok("replay-dead", file.toString(), "--dry-run");
        assertThat(all.out()).contains(
                "would be fed      4, 3 of them decode now", "malformed         1, 0 decode now", "bad_time          2, 2 decode now",
                "bad_port          1, 1 decode now");
        assertThat(ok("replay-dead", file.toString(), "--dry-run", "--format", "pmacct-json").out())
                .contains("would be fed      4, 0 of them decode now");

        assertThat(ok("replay-dead", file.toString(), "--dry-run", "--source", "flows").out())
                .contains("not asked for   1", "would be fed      3,");
        assertThat(ok("replay-dead", file.toString(), "--dry-run", "--source", "flows-1").out())
                .contains("not asked for   2", "would be fed      2,");
        assertThat(ok("replay-dead", file.toString(), "--dry-run", "--reason", "bad_time,BAD_PORT").out())
                .contains("not asked for   1", "would be fed      3,");
    }

    /** Random bytes are hardly ever text, and the others are: both ways of writing a payload are walked. */
    @Test
    void everyPayloadComesBackFromAFileByteForByte() throws IOException {
        long seed = 5;
        Random random = new Random(seed);
        DeadLetter[] letters = new DeadLetter[500];
        for (int i = 0; i < letters.length; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                bytes = random.ints(bytes.length, 0, Character.MAX_CODE_POINT + 1)
                        .filter(c -> c < 0xD800 || c > 0xDFFF)
                        .map(c -> random.nextBoolean() ? c % 128 : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8);
            }
            letters[i] = DeadLetter.of(bytes, 0, bytes.length, "\u00e9-" + i, i, new UndecodableException(Reason.MALFORMED, "\"\n"));
        }
        Path file = letters(letters);
        assertThat(Files.readString(file)).contains("\"payload\":", "\"payload_base64\":");
        List<DeadLetter> read = new ArrayList<>();
        DeadLetterLines.read(file, read::add);
        assertThat(read.equals(Arrays.asList(letters))).as("seed %d", seed).isTrue();
    }

    @Test
    void recordsAreFedByTheStartOfTheirFlowsAndThoseThatDoNotDecodeFirst() throws IOException {
        List<DeadLetter> letters = new ArrayList<>();
        for (int i : new int[] {3, 1, 4, 0, 2}) {
            letters.add(letter(flow(Flows.T + i * 60_000L), "flows-" + i, Reason.BAD_TIME));
        }
        letters.add(letter("rubbish", "flows-9", Reason.MALFORMED));
        Path again = path("again.json");
        ok("replay-dead", letters(letters.toArray(DeadLetter[]::new)).toString(), "--out", again.toString());
        assertThat(Files.readAllLines(again)).containsExactly(
                "rubbish", flow(Flows.T), flow(Flows.T + 60_000), flow(Flows.T + 120_000), flow(Flows.T + 180_000), flow(Flows.T + 240_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "{}", "{\"reason\":\"OF_TOMORROW\",\"payload\":\"x\"}", "{\"reason\":\"LATE\",\"payload_base64\":\"*\"}",
        "{\"reason\":\"LATE\",\"extent\":\"half\",\"payload\":\"x\"}", "[1]", "null"})
    void aLineThatIsNoDeadLetterIsNamedAndNothingIsWritten(String line) throws IOException {
        Path file = letters(letter(flow(Flows.T), "flows-1", Reason.BAD_TIME));
        Files.writeString(file, Files.readString(file) + line + "\n");
        CommandLineRun run = CommandLineRun.of("replay-dead", file.toString(), "--out", path("again.json").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("letters.jsonl:2: no dead letter as detect --dead writes them");
        assertThat(path("again.json")).doesNotExist();
    }

    @Test
    void wrongUsageIsRefusedWithTheRemedy() throws IOException {
        String file = letters().toString();
        refused("name one of --to-topic, --out and --dry-run", file);
        refused("name one of --to-topic, --out and --dry-run", file, "--dry-run", "--to-topic", "t");
        refused("name the dead letters: a file of detect --dead, or a topic", "--dry-run");
        refused("name the broker: --bootstrap or --config", "--topic", "dead", "--dry-run");
        refused("name the broker: --bootstrap or --config", file, "--to-topic", "t");
        refused("--to-topic: t is the topic of the dead letters itself", "--topic", "t", "--to-topic", "t");
        refused("--topic and --since are for letters of a topic", file, "--topic", "dead", "--dry-run");
        refused("does not exist", path("none.jsonl").toString(), "--dry-run");
        refused("Invalid value for option '--reason'", file, "--reason", "tired", "--dry-run");
        refused("--since: 'yesterday' is not a time", "--topic", "d", "--bootstrap", "127.0.0.1:1", "--since", "yesterday", "--dry-run");
        refused("exists; --force replaces it", file, "--out", file);
    }

    private static void refused(String message, String... arguments) {
        List<String> all = new ArrayList<>(List.of("replay-dead"));
        all.addAll(List.of(arguments));
        CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}
