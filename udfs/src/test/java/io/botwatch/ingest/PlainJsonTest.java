package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder.Outcome;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Decoders that scan plain JSON answer what they answer with Jackson alone, to the word. {@code -Dbotwatch.fuzz.seed} repeats
 * a run, {@code -Dbotwatch.plain.records} makes it longer.
 */
class PlainJsonTest {
    private static final long SEED = Long.getLong("botwatch.fuzz.seed", 20_261_130);
    private static final int RECORDS_EACH = Integer.getInteger("botwatch.plain.records", 12_000);

    /** In bytes. */
    private static final int LONG = 1 << 15;

    private static final Map<FlowFormat, List<byte[]>> SAMPLES = SampleRecords.ofAllFormats();

    /** What may make a difference. */
    private static final String[] SNIPPETS = {
        "\\u0041", "\\n", "\\", "\"", "\"\"", "é", "\u0000", "\u001f", "\u007f", "NaN", "Infinity", "-0", "-", "01", "00", "1.", ".5", "1.5", "1e5",
        "1E+", "2.3e-1", "+1", "18446744073709551616", "99999999999999999999999999999999", "true", "false", "null", "tru", "nullx", "{}", "[]", "[[[]]]",
        "{\"a\":{\"b\":[1,{}]}}", ",", ",,", ":", "}", "]", "{", "[", " ", "\t", "\r\n", "\f", "/*c*/", "#", "'a'", "\"bytes\":1,",
        "\"\":0,", "\"proto\":null,", "\"src_addr\":[1],", "\ufeff", "\"x\":\"" + "y".repeat(200) + "\",", "\"" + "n".repeat(70) + "\":1,"
    };

    private record Subject(String label, Supplier<FlowDecoder> decoder, List<byte[]> samples) {
        @Override
        public String toString() {
            return label;
        }
    }

    static Stream<Subject> subjects() {
        Stream<Subject> formats = Stream.of(FlowFormat.values())
                .filter(format -> format.label().endsWith("-json"))
                .map(format -> new Subject(format.label(), () -> format.newDecoder(ZoneOffset.UTC), SAMPLES.get(format)));
        Stream<Subject> mapped = Stream.of("vflow-ipfix.yaml", "vflow-netflow9.yaml")
                .map(name -> new Subject(name, () -> MappedJsonDecoderTest.shipped(name), SampleRecords.ofVflow()));
        return Stream.concat(formats, mapped);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void changedRecordsGiveWhatTheyGiveWithJacksonAlone(Subject subject) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        FlowDecoder scanning = null;
        FlowDecoder jackson = null;
        int plain = 0;
        int flows = 0;
        for (int i = 0; i < RECORDS_EACH; i++) {
            if (i % 100 == 0) { // Jackson slows down with all the names that it has read
                scanning = subject.decoder.get();
                jackson = jacksonAlone(subject.decoder.get());
            }
            byte[] record = random.nextBoolean() ? Mutation.of(random, subject.samples) : withSnippet(random, subject.samples);
            if (record.length > LONG) {
                continue; // Jackson's anyway, and slow
            }
            List<Object> answers = answers(scanning, record);
            if (!answers.equals(answers(jackson, record))) {
                // Jackson takes some names that are no UTF-8 for others that it has read before: that is no difference.
                boolean jacksons = !fields(scanning).isPlain() && sameWithoutHistory(subject, record);
                assertThat(jacksons)
                        .as("%s, seed %d, record %d: %s", subject, SEED, i, new String(record, StandardCharsets.ISO_8859_1))
                        .isTrue();
            }
            plain += fields(scanning).isPlain() ? 1 : 0;
            flows += answers.get(0) instanceof Flow ? 1 : 0;
        }
        System.out.printf("%s, seed %d: %d records, %d plain, %d flows%n", subject, SEED, RECORDS_EACH, plain, flows);
        assertThat(plain).as("plain records").isBetween(RECORDS_EACH / 20, RECORDS_EACH * 19 / 20);
        assertThat(flows).as("flows").isPositive();
    }

    private static boolean sameWithoutHistory(Subject subject, byte[] record) throws ReflectiveOperationException {
        return answers(subject.decoder.get(), record).equals(answers(jacksonAlone(subject.decoder.get()), record));
    }

    private static byte[] withSnippet(SplittableRandom random, List<byte[]> samples) {
        byte[] record = samples.get(random.nextInt(samples.size()));
        byte[] snippet = SNIPPETS[random.nextInt(SNIPPETS.length)].getBytes(StandardCharsets.UTF_8);
        int at = random.nextInt(record.length + 1);
        while (random.nextInt(8) != 0 && at > 0 && ",:{[\"".indexOf(record[at - 1]) < 0) {
            at--; // mostly where a token begins
        }
        int to = at;
        while (random.nextBoolean() && to < record.length && record[to] != ',') {
            to++;
        }
        return Mutation.spliced(record, at, snippet, to);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " \t\r\n{ } \n",
                "{\"proto\":6}",
                "{\"proto\":-0}",
                "{\"proto\":0.0e+0,\"bytes\":1.5E3}",
                "{\"bytes\":18446744073709551616}",
                "{\"proto\":\"TCP\",\"proto\":\"UDP\"}",
                "{\"a\":{\"b\":[1,{\"c\":null}],\"d\":[]},\"proto\":true}",
                "{\"\":\"\",\"etype\":\"\u007f\"}",
            })
    void plainRecordsAreScanned(String record) throws Exception {
        assertThat(isPlain(record)).isTrue();
        assertSameAsJackson(record);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "7",
                "{",
                "{\"",
                "{\"proto\"",
                "{\"proto\":",
                "{\"proto\":6",
                "{\"proto\":6,",
                "{\"proto\":6,}",
                "{,\"proto\":6}",
                "{\"proto\":6}{}",
                "{\"proto\":6}}",
                "{\"proto\":6} x",
                "\ufeff{\"proto\":6}",
                "{\"pr\\u006fto\":6}",
                "{\"proto\":\"T\\u0043P\"}",
                "{\"proto\":\"T\\qP\"}",
                "{\"x\":\"é\",\"proto\":6}",
                "{\"é\":1,\"proto\":6}",
                "{\"x\":\"\u0001\",\"proto\":6}",
                "{\"x\n\":1,\"proto\":6}",
                "{\"proto\":NaN}",
                "{\"proto\":06}",
                "{\"proto\":-}",
                "{\"proto\":+6}",
                "{\"proto\":6.}",
                "{\"proto\":.6}",
                "{\"proto\":6e}",
                "{\"proto\":6x}",
                "{\"proto\":0x6}",
                "{\"proto\":6 6}",
                "{\"proto\":truefalse}",
                "{\"proto\":nul}",
                "{'proto':6}",
                "{proto:6}",
                "{\"proto\" 6}",
                "{\"a\":[1,],\"proto\":6}",
                "{\"a\":[1}",
                "{\"a\":{\"b\":1]}",
                "{\"proto\":6}\u0000",
                "\u0000{\u0000}",
            })
    void whatIsNotPlainIsJacksons(String record) throws Exception {
        assertThat(isPlain(record)).isFalse();
        assertSameAsJackson(record);
    }

    @Test
    void invalidUtf8WithinASkippedValueIsRefusedAsByJackson() throws Exception {
        byte[] record = "{\"x\":\"..\",\"proto\":6}".getBytes(StandardCharsets.US_ASCII);
        record[6] = (byte) 0xC3;
        assertThat(new PlainJson().open(record, 0, record.length)).isFalse();
        assertSameAsJackson(record);
    }

    @Test
    void longAndDeepRecordsAreJacksons() throws Exception {
        for (int depth : new int[] {15, 16, 31, 32, 33}) {
            String record = "{\"x\":" + "[".repeat(depth) + "]".repeat(depth) + ",\"proto\":6}";
            assertThat(isPlain(record)).as("depth %d", depth).isEqualTo(depth < 16);
            assertSameAsJackson(record);
        }
        for (int length : new int[] {64, 65, 256, 257}) {
            String record = "{\"" + "x".repeat(length) + "\":1,\"proto\":6}";
            assertThat(isPlain(record)).as("a name of %d", length).isEqualTo(length <= 64);
            assertSameAsJackson(record);
        }
        for (int length : new int[] {128, 129, 1_000, 1_001}) {
            String record = "{\"bytes\":" + "1".repeat(length) + ",\"proto\":6}";
            assertThat(isPlain(record)).as("a number of %d", length).isEqualTo(length <= 128);
            assertSameAsJackson(record);
        }
        for (int length : new int[] {128, 129, 16_000, 17_000, 70_000}) {
            String record = "{\"etype\":\"" + "1".repeat(length) + "\",\"proto\":6}";
            assertThat(isPlain(record)).as("a text of %d", length).isEqualTo(length <= 16_000);
            assertSameAsJackson(record);
        }
    }

    @Test
    void aRecordOfManyValuesIsWalkedToItsEnd() throws Exception {
        for (int values = 50; values < 300; values++) {
            String record = "{\"a\":[" + "1,".repeat(values) + "1],\"b\":{\"c\":[[]]},\"proto\":300}";
            assertThat(isPlain(record)).isTrue();
            assertSameAsJackson(record);
        }
    }

    @Test
    void namesBeyondTheTableAreReadAllTheSame() throws Exception {
        FlowDecoder scanning = new Goflow2JsonDecoder();
        FlowDecoder jackson = jacksonAlone(new Goflow2JsonDecoder());
        String fields = HostileInputTest.RECORDS.get(FlowFormat.GOFLOW2_JSON).get(0).substring(1);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 10_000; i++) {
            String name = Long.toString(random.nextLong(1L << 40), 36);
            byte[] record = ("{\"" + name + "\":\"" + name + "\"," + fields).getBytes(StandardCharsets.US_ASCII);
            assertThat(answers(scanning, record)).isEqualTo(answers(jackson, record));
        }
    }

    private static boolean isPlain(String record) {
        byte[] bytes = (record + "}\"").getBytes(StandardCharsets.UTF_8);
        return new PlainJson().open(bytes, 0, bytes.length - 2);
    }

    private static void assertSameAsJackson(String record) throws Exception {
        assertSameAsJackson(record.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertSameAsJackson(byte[] record) throws Exception {
        FlowDecoder jackson = jacksonAlone(new Goflow2JsonDecoder());
        assertThat(answers(new Goflow2JsonDecoder(), record)).isEqualTo(answers(jackson, record));
    }

    private static FlowDecoder jacksonAlone(FlowDecoder decoder) throws ReflectiveOperationException {
        fields(decoder).leaveToJackson();
        return decoder;
    }

    private static JsonFields fields(FlowDecoder decoder) throws ReflectiveOperationException {
        Field field = decoder.getClass().getDeclaredField("json");
        field.setAccessible(true);
        return (JsonFields) field.get(decoder);
    }

    /** Of each part of the record: its flow, lookup or outcome, or why there is none. */
    private static List<Object> answers(FlowDecoder decoder, byte[] record) {
        List<Object> answers = new ArrayList<>();
        do {
            Flow flow = new Flow();
            try {
                Outcome outcome = answers.isEmpty() ? decoder.decode(record, 0, record.length, flow) : decoder.next(flow);
                answers.add(
                        switch (outcome) {
                            case FLOW -> flow;
                            case LOOKUP -> List.of(flow, decoder.lookup());
                            default -> outcome;
                        });
            } catch (UndecodableException e) {
                // Of a long text it tells how much it had read, which depends on the buffers at hand.
                answers.add(e.reason() + ": " + e.getMessage().replaceFirst("String value length \\(\\d+\\)", "String value length"));
            }
        } while (decoder.hasNext());
        return answers;
    }
}
