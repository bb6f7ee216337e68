package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.botwatch.flow.Flow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {
    private static final long SEED = 20_261_124;

    @Test
    void linesComeWithoutTheirEnds() throws IOException {
        assertThat(lines("a\nbc\r\n\n\r\nd")).containsExactly("a", "bc", "", "", "d");
        assertThat(lines("a\n")).containsExactly("a");
        assertThat(lines("a\r")).containsExactly("a");
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n")).containsExactly("");
        assertThat(lines("a\rb\n")).containsExactly("a\rb");
        assertThat(lines("\uFEFFa\nb")).containsExactly("a", "b");
    }

    @Test
    void objectsOfAnArrayComeOneByOne() throws IOException {
        assertThat(objects("[\n{\n \"a\": 1\n},\n{\"b\":{\"c\":[{}]}}\n]\n"))
                .containsExactly("{\n \"a\": 1\n}", "{\"b\":{\"c\":[{}]}}");
        assertThat(objects("{\"a\":1}\n{\"b\":2}{\"c\":3}")).containsExactly("{\"a\":1}", "{\"b\":2}", "{\"c\":3}");
        assertThat(objects("[]")).isEmpty();
        assertThat(objects("")).isEmpty();
    }

    @Test
    void bracesAndQuotesWithinStringsDoNotCount() throws IOException {
        assertThat(objects("[{\"a\":\"}{\"},{\"b\":\"\\\"}\\\\\"},{\"c\":\"[,]\"}]"))
                .containsExactly("{\"a\":\"}{\"}", "{\"b\":\"\\\"}\\\\\"}", "{\"c\":\"[,]\"}");
    }

    @Test
    void aStringLeftOpenSpoilsOnlyItsObject() throws IOException {
        assertThat(objects("[{\n\"a\": \"x\n},\n{\n\"b\": 1\n}]")).containsExactly("{\n\"a\": \"x\n}", "{\n\"b\": 1\n}");
    }

    @Test
    void whatStandsBetweenObjectsAndIsNoJsonIsARecordToo() throws IOException {
        assertThat(objects("nfdump: error\n[{\"a\":1},oops{\"b\":2}]"))
                .containsExactly("nfdump: error", "{\"a\":1}", "oops", "{\"b\":2}");
        assertThat(objects("[{\"a\":1},{\"b\":")).as("cut off").containsExactly("{\"a\":1}", "{\"b\":");
    }

    @Test
    void thePositionIsAfterTheRecordAndItsEnd() throws IOException {
        RecordReader reader = reader("a\nbc\r\nd", FlowFormat.BINETFLOW, 3);
        assertThat(reader.position()).isZero();
        List<Long> positions = new ArrayList<>();
        while (reader.next()) {
            positions.add(reader.position());
        }
        assertThat(positions).containsExactly(2L, 6L, 7L);
        RecordReader objects = reader("[{\"a\":1} , {}]\n", FlowFormat.NFDUMP_JSON, 2);
        objects.next();
        assertThat(objects.position()).isEqualTo(8);
        objects.next();
        assertThat(objects.position()).isEqualTo(13);
        assertThat(objects.next()).isFalse();
        assertThat(objects.position()).isEqualTo(15);
    }

    @Test
    void recordsOfEveryLengthComeWholeHoweverTheStreamIsCut() throws IOException {
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            List<String> expected = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                String line = "x".repeat(random.nextInt(round < 35 ? 3000 : 100_000)) + i;
                expected.add(line);
                text.append(line).append(random.nextBoolean() ? "\n" : "\r\n");
            }
            assertThat(records(reader(text.toString(), FlowFormat.ZEEK_TSV, 1 + random.nextInt(70_000))))
                    .as("seed " + seed + ", round " + round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void aRecordThatIsTooLongIsCutAndTheNextOneIsWhole() throws IOException {
        int max = FlowDecoder.MAX_RECORD_BYTES;
        for (int length : new int[] {max - 1, max, max + 1, max + 2, max + 70_000, 5 * max}) {
            String text = "first\n" + "y".repeat(length) + "\nnext\nlast";
            for (int chunk : new int[] {1000, 1 << 16, 1 << 22}) {
                RecordReader reader = reader(text, FlowFormat.BINETFLOW, chunk);
                assertThat(reader.next()).isTrue();
                assertThat(reader.oversized()).isFalse();
                assertThat(reader.next()).isTrue();
                assertThat(reader.oversized()).as("of " + length).isEqualTo(length > max);
                assertThat(reader.to() - reader.from()).isEqualTo(Math.min(length, max + 1));
                assertThat(reader.bytes()[reader.to() - 1]).isEqualTo((byte) 'y');
                assertThat(reader.bytes().length).as("memory").isLessThanOrEqualTo(max + (1 << 18));
                assertThat(reader.position()).isEqualTo(6 + length + 1);
                assertThat(reader.next()).isTrue();
                assertThat(text(reader)).isEqualTo("next");
                assertThat(reader.oversized()).isFalse();
                assertThat(reader.next()).isTrue();
                assertThat(text(reader)).isEqualTo("last");
                assertThat(reader.position()).isEqualTo(text.length());
                assertThat(reader.next()).isFalse();
            }
        }
    }

    @Test
    void anObjectThatIsTooLongIsCutAndTheNextOneIsWhole() throws IOException {
        int max = FlowDecoder.MAX_RECORD_BYTES;
        String text = "[" + "{\"a\":\"" + "}".repeat(3 * max) + "\"}" + " ".repeat(3 * max) + ",{\"b\":1}]";
        RecordReader reader = reader(text, FlowFormat.NFDUMP_JSON, 10_000);
        assertThat(reader.next()).isTrue();
        assertThat(reader.oversized()).isTrue();
        assertThat(reader.to() - reader.from()).isEqualTo(max + 1);
        assertThat(reader.next()).isTrue();
        assertThat(text(reader)).isEqualTo("{\"b\":1}");
        assertThat(reader.next()).isFalse();
        assertThat(reader.position()).isEqualTo(text.length());
    }

    @Test
    void aLineWithoutEndAtTheEndIsCutToo() throws IOException {
        RecordReader reader = reader("z".repeat(3 * FlowDecoder.MAX_RECORD_BYTES), FlowFormat.ZEEK_JSON, 50_000);
        assertThat(reader.next()).isTrue();
        assertThat(reader.oversized()).isTrue();
        assertThat(reader.position()).isEqualTo(3L * FlowDecoder.MAX_RECORD_BYTES);
        assertThat(reader.next()).isFalse();
    }

    @Test
    void messagesComeWithTheirLengthWithOrWithoutLineBreaksBetween() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 40; round++) {
            List<byte[]> expected = new ArrayList<>();
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            for (int i = 0; i < 50; i++) {
                byte[] content = new byte[11 + random.nextInt(round < 35 ? 300 : 200_000)];
                random.nextBytes(content);
                byte[] framed = new ProtobufMessage().raw(content).withLength();
                expected.add(framed);
                file.writeBytes(framed);
                if (round % 2 == 0) {
                    file.write('\n');
                }
            }
            List<byte[]> messages = messages(file.toByteArray(), 1 + random.nextInt(70_000));
            assertThat(messages).as("seed " + SEED + ", round " + round).hasSize(50);
            for (int i = 0; i < 50; i++) {
                assertThat(Arrays.equals(messages.get(i), expected.get(i))).as("message " + i).isTrue();
            }
        }
        assertThat(messages(new byte[0], 1)).isEmpty();
        assertThat(messages(new byte[] {'\n', '\n'}, 1)).isEmpty();
    }

    @Test
    void aMessageThatIsCutAtTheEndIsARecordThatNoDecoderReads() throws IOException {
        byte[] whole = ProtobufMessage.sample().withLength();
        byte[] cut = new ProtobufMessage().raw(whole).raw(Arrays.copyOf(whole, whole.length - 5)).bare();
        List<byte[]> messages = messages(cut, 7);
        assertThat(messages).hasSize(2);
        assertThat(messages.get(0)).isEqualTo(whole);
        byte[] rest = messages.get(1);
        assertThat(rest).hasSize(whole.length - 5);
        assertThatThrownBy(() -> new Goflow2ProtobufDecoder().decode(rest, 0, rest.length, new Flow()))
                .isInstanceOf(UndecodableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "ffffff", "fefe7f", "80808000", "efbbbf"})
    void behindALengthThatNoRecordHasTheRestIsOneRecordHoweverLong(String length) throws IOException {
        byte[] whole = ProtobufMessage.sample().withLength();
        for (int rest : new int[] {0, 100, FlowDecoder.MAX_RECORD_BYTES, 5 * FlowDecoder.MAX_RECORD_BYTES}) {
            byte[] file = new ProtobufMessage()
                    .raw(whole)
                    .raw(HexFormat.of().parseHex(length))
                    .raw(new byte[rest])
                    .raw(whole)
                    .bare();
            RecordReader reader = reader(file, FlowFormat.GOFLOW2_PROTOBUF, 10_000);
            assertThat(reader.next()).isTrue();
            assertThat(reader.to() - reader.from()).isEqualTo(whole.length);
            assertThat(reader.next()).isTrue();
            int size = file.length - whole.length;
            assertThat(reader.oversized()).isEqualTo(size > FlowDecoder.MAX_RECORD_BYTES);
            assertThat(reader.to() - reader.from()).isEqualTo(Math.min(size, FlowDecoder.MAX_RECORD_BYTES + 1));
            assertThat(reader.bytes().length).as("memory").isLessThanOrEqualTo(FlowDecoder.MAX_RECORD_BYTES + (1 << 18));
            assertThat(reader.position()).isEqualTo(file.length);
            assertThat(reader.next()).isFalse();
        }
    }

    @Test
    void anyBytesReadAsMessagesComeToAnEndAndNoneIsLost() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(3_000)];
            random.nextBytes(bytes);
            if (round % 2 == 0) {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] &= 0x7F; // short lengths
                }
            }
            int delivered = 0;
            int separators = 0;
            for (byte[] message : messages(bytes, 100)) {
                assertThat(message).isNotEmpty();
                delivered += message.length;
            }
            for (byte b : bytes) {
                separators += b == '\n' ? 1 : 0;
            }
            assertThat(delivered).as("seed " + SEED + ", round " + round).isBetween(bytes.length - separators, bytes.length);
        }
    }

    @Test
    void zstandardIsToldByItsContentAndMayHaveSeveralFrames(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String part : new String[] {"a\nb", "c\n", "", "d\n"}) {
            packed.writeBytes(Zstd.compress(part.getBytes(StandardCharsets.US_ASCII)));
        }
        Path file = Files.write(folder.resolve("flows.csv"), packed.toByteArray());
        try (RecordReader reader = new RecordReader(RecordReader.open(file), FlowFormat.BINETFLOW)) {
            assertThat(records(reader)).containsExactly("a", "bc", "d");
        }
        Path plain = Files.writeString(folder.resolve("flows.zst"), "a\nbc\nd\n");
        try (RecordReader reader = new RecordReader(RecordReader.open(plain), FlowFormat.BINETFLOW)) {
            assertThat(records(reader)).containsExactly("a", "bc", "d");
        }
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        byte[] whole = Zstd.compress(noise);
        byte[] corrupt = whole.clone();
        corrupt[5] ^= 0x55;
        for (byte[] broken : new byte[][] {Arrays.copyOf(whole, 3000), Arrays.copyOf(whole, 4), corrupt}) {
            Path path = Files.write(folder.resolve("broken.zst"), broken);
            assertThatThrownBy(() -> {
                        try (RecordReader reader = new RecordReader(RecordReader.open(path), FlowFormat.BINETFLOW)) {
                            records(reader);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void gzipIsToldByItsContentAndMayHaveSeveralMembers(@TempDir Path folder) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        for (String part : new String[] {"a\nb", "c\n", "", "d\n"}) {
            OutputStream member = new GZIPOutputStream(packed);
            member.write(part.getBytes(StandardCharsets.US_ASCII));
            member.close();
        }
        Path gzip = Files.write(folder.resolve("flows.csv"), packed.toByteArray());
        Path plain = Files.writeString(folder.resolve("flows.gz"), "a\nbc\nd\n");
        for (Path file : List.of(gzip, plain)) {
            try (RecordReader reader = new RecordReader(RecordReader.open(file), FlowFormat.BINETFLOW)) {
                assertThat(records(reader)).containsExactly("a", "bc", "d");
            }
        }
        Path empty = Files.createFile(folder.resolve("empty"));
        try (InputStream in = RecordReader.open(empty)) {
            assertThat(in.read()).isEqualTo(-1);
        }
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (OutputStream member = new GZIPOutputStream(whole)) {
            member.write(noise);
        }
        Path cut = Files.write(folder.resolve("cut.gz"), Arrays.copyOf(whole.toByteArray(), 3000));
        assertThatThrownBy(() -> {
                    try (RecordReader reader = new RecordReader(RecordReader.open(cut), FlowFormat.BINETFLOW)) {
                        records(reader);
                    }
                })
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> RecordReader.open(folder.resolve("absent"))).isInstanceOf(NoSuchFileException.class);
    }

    private static List<byte[]> messages(byte[] bytes, int chunk) throws IOException {
        RecordReader reader = reader(bytes, FlowFormat.GOFLOW2_PROTOBUF, chunk);
        List<byte[]> messages = new ArrayList<>();
        while (reader.next()) {
            messages.add(Arrays.copyOfRange(reader.bytes(), reader.from(), reader.to()));
        }
        assertThat(reader.position()).isEqualTo(bytes.length);
        return messages;
    }

    private static List<String> lines(String text) throws IOException {
        List<String> lines = records(reader(text, FlowFormat.BINETFLOW, 1 << 16));
        assertThat(records(reader(text, FlowFormat.BINETFLOW, 1))).as("byte by byte").isEqualTo(lines);
        return lines;
    }

    private static List<String> objects(String text) throws IOException {
        List<String> objects = records(reader(text, FlowFormat.NFDUMP_JSON, 1 << 16));
        assertThat(records(reader(text, FlowFormat.NFDUMP_JSON, 1))).as("byte by byte").isEqualTo(objects);
        return objects;
    }

    private static List<String> records(RecordReader reader) throws IOException {
        List<String> records = new ArrayList<>();
        while (reader.next()) {
            records.add(text(reader));
        }
        assertThat(reader.next()).as("after the end").isFalse();
        return records;
    }

    private static String text(RecordReader reader) {
        return new String(reader.bytes(), reader.from(), reader.to() - reader.from(), StandardCharsets.UTF_8);
    }

    /** A stream that gives at most {@code chunk} bytes at once. */
    private static RecordReader reader(String text, FlowFormat format, int chunk) {
        return reader(text.getBytes(StandardCharsets.UTF_8), format, chunk);
    }

    private static RecordReader reader(byte[] bytes, FlowFormat format, int chunk) {
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, chunk));
            }
        };
        return new RecordReader(in, format);
    }
}
