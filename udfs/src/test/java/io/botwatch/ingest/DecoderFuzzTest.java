package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.botwatch.flow.Flow;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Mutated records of every format, given to every format's decoder and to the one that tells formats: nothing escapes but
 * UndecodableException, and no call allocates much. {@code -Dbotwatch.fuzz.seconds} is how long each decoder is tried,
 * {@code -Dbotwatch.fuzz.seed} repeats a run.
 */
class DecoderFuzzTest {
    private static final long SEED = Long.getLong("botwatch.fuzz.seed", 20_261_124);
    private static final long NANOS_EACH = Long.getLong("botwatch.fuzz.seconds", 1) * 1_000_000_000;
    private static final long MAX_ALLOCATED = 2 << 20;
    private static final int RECORDS_A_FILE = 50;
    private static final String JSON_ALPHABET = "0123456789.:-+eE,\t\"{}[]\\ #/TZxn_";

    private static final Map<FlowFormat, List<byte[]>> SAMPLES = new EnumMap<>(FlowFormat.class);

    private static final Subject AUTO = new Subject("auto", () -> new AutoDecoder(ZoneOffset.UTC), List.of());

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Flow flow = new Flow();

    /** Small ones that are always there, and real ones where there are any. */
    @BeforeAll
    static void readSamples() throws IOException {
        for (FlowFormat format : FlowFormat.values()) {
            List<byte[]> records = new ArrayList<>();
            HostileInputTest.RECORDS.get(format).forEach(record -> records.add(record.getBytes(StandardCharsets.ISO_8859_1)));
            SAMPLES.put(format, records);
        }
        String shared = System.getProperty("botwatch.shared");
        Path samples = shared == null ? Path.of("") : Path.of(shared, "data", "samples");
        if (shared == null || !Files.isDirectory(samples)) {
            System.out.println("no real samples at hand: only built-in records are mutated");
            return;
        }
        List<Path> files;
        try (Stream<Path> below = Files.walk(samples)) {
            files = below.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            readSamples(file);
        }
    }

    private static void readSamples(Path file) throws IOException {
        byte[] head;
        try (InputStream in = RecordReader.open(file)) {
            head = in.readNBytes(1 << 16);
        }
        FlowFormat format = FormatDetector.detect(head, head.length).format();
        if (format == null) {
            return;
        }
        try (RecordReader reader = new RecordReader(RecordReader.open(file), format)) {
            for (int i = 0; i < RECORDS_A_FILE && reader.next(); i++) {
                SAMPLES.get(format).add(Arrays.copyOfRange(reader.bytes(), reader.from(), reader.to()));
            }
        }
    }

    /** What is tried: a decoder, and records that it reads. */
    private record Subject(String label, Supplier<FlowDecoder> decoder, List<byte[]> samples) {
        @Override
        public String toString() {
            return label;
        }
    }

    static Stream<Subject> subjects() {
        Stream<Subject> formats = Arrays.stream(FlowFormat.values())
                .map(format -> new Subject(format.label(), () -> format.newDecoder(ZoneOffset.UTC), SAMPLES.get(format)));
        Stream<Subject> mapped = Stream.of("vflow-ipfix.yaml", "vflow-netflow9.yaml")
                .map(name -> new Subject("mapped by " + name, () -> MappedJsonDecoderTest.shipped(name), vflow()));
        return Stream.concat(formats, mapped);
    }

    private static List<byte[]> vflow() {
        return Stream.of(MappedJsonDecoderTest.VFLOW_IPFIX, MappedJsonDecoderTest.VFLOW_NETFLOW9)
                .map(record -> record.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aDecoderGivenMutatedRecordsOfAnyFormatAnswersOrRefusesWithinItsMemory(Subject subject) {
        FlowDecoder decoder = subject.decoder.get();
        AutoDecoder auto = new AutoDecoder(ZoneOffset.UTC);
        // What loading classes takes is no record's memory.
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int i = 0; i < 500; i++) {
            byte[] record = mutated(random, subject.samples);
            decode(subject, decoder, record, Long.MAX_VALUE, "before the records are counted");
            decode(AUTO, auto, record, Long.MAX_VALUE, "before the records are counted");
        }
        random = new SplittableRandom(SEED);
        FlowFormat[] formats = FlowFormat.values();
        long records = 0;
        long flows = 0;
        long largest = 0;
        long until = System.nanoTime() + NANOS_EACH;
        do {
            if (records % 100 == 0) {
                decoder = subject.decoder.get(); // a mutated header must not blind the rest of the test
                auto = new AutoDecoder(ZoneOffset.UTC);
            }
            // Mostly its own, since those get furthest.
            List<byte[]> origin =
                    random.nextInt(4) > 0 ? subject.samples : SAMPLES.get(formats[random.nextInt(formats.length)]);
            byte[] record = mutated(random, origin);
            String what = subject + ", seed " + SEED + ", record " + records;
            flows += decode(subject, decoder, record, MAX_ALLOCATED, what);
            largest = Math.max(largest, lastAllocated);
            decode(AUTO, auto, record, MAX_ALLOCATED, what + ", told by itself");
            records++;
        } while (System.nanoTime() < until);
        System.out.printf(
                "%s, seed %d: %d records, %d flows, at most %d bytes allocated%n",
                subject, SEED, records, flows, largest);
        assertThat(flows).as("mutations that leave a flow").isPositive();
    }

    private long lastAllocated;

    private int decode(Subject subject, FlowDecoder decoder, byte[] record, long limit, String what) {
        return decode(subject, decoder, record, limit, false, what);
    }

    /** @return how many flows the record held */
    private int decode(
            Subject subject, FlowDecoder decoder, byte[] record, long limit, boolean again, String what) {
        int flows = 0;
        int calls = 0;
        lastAllocated = 0;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            FlowDecoder.Outcome outcome = null;
            try {
                outcome = calls == 0 ? decoder.decode(record, 0, record.length, flow) : decoder.next(flow);
            } catch (UndecodableException e) {
                assertThat(e.getMessage()).hasSizeBetween(1, 400);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("%s: %s", what, shown(record), e);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            if (outcome == FlowDecoder.Outcome.FLOW) {
                flows++;
            }
            lastAllocated = Math.max(lastAllocated, allocated);
            // The JVM's count jumps when it collects garbage in between: what a record takes it takes again.
            if (allocated > limit && !again) {
                return decode(subject, subject.decoder.get(), record, limit, true, what);
            }
            if (allocated > limit) {
                fail("%s: %d bytes allocated for %s", what, allocated, shown(record));
            }
            if (++calls > record.length + 1) {
                fail("%s: more parts than bytes in %s", what, shown(record));
            }
        } while (decoder.hasNext());
        return flows;
    }

    private static String shown(byte[] record) {
        return record.length + " bytes " + HexFormat.of().formatHex(record, 0, Math.min(record.length, 500));
    }

    private static byte[] mutated(SplittableRandom random, List<byte[]> samples) {
        byte[] bytes = samples.get(random.nextInt(samples.size()));
        for (int changes = random.nextInt(4); changes >= 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(60));
            bytes = switch (random.nextInt(10)) {
                case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
                case 1 -> with(bytes, at, (byte) random.nextInt(256));
                case 2 -> with(bytes, at, (byte) JSON_ALPHABET.charAt(random.nextInt(JSON_ALPHABET.length())));
                case 3 -> Arrays.copyOf(bytes, at);
                case 4 -> spliced(bytes, at, new byte[0], to);
                case 5 -> spliced(bytes, to, Arrays.copyOfRange(bytes, at, to), to); // a field again
                case 6 -> {
                    byte[] other = samples.get(random.nextInt(samples.size()));
                    yield spliced(bytes, at, other, bytes.length - random.nextInt(bytes.length - at));
                }
                case 7 -> spliced(bytes, at, number(random), at + random.nextInt(to - at));
                case 8 -> spliced(bytes, at, nesting(random), at);
                default -> random.nextInt(50) == 0 ? spliced(bytes, at, bulk(random, bytes), to) : bytes;
            };
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] result = bytes.clone();
        result[at] = value;
        return result;
    }

    /** What lies before {@code at}, something, and what lies from {@code to}. */
    private static byte[] spliced(byte[] bytes, int at, byte[] something, int to) {
        byte[] result = Arrays.copyOf(bytes, at + something.length + bytes.length - to);
        System.arraycopy(something, 0, result, at, something.length);
        System.arraycopy(bytes, to, result, at + something.length, bytes.length - to);
        return result;
    }

    /** Huge, in text or as a protobuf number. */
    private static byte[] number(SplittableRandom random) {
        int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 25);
        byte[] digits = new byte[length];
        Arrays.fill(digits, random.nextBoolean() ? (byte) ('0' + random.nextInt(10)) : (byte) 0xFF);
        if (random.nextInt(4) == 0) {
            digits[random.nextInt(length)] = (byte) "-.eE".charAt(random.nextInt(4));
        }
        return digits;
    }

    private static byte[] nesting(SplittableRandom random) {
        String opening = random.nextBoolean() ? "[" : "{\"id\":";
        return opening.repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 40)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Up to a little more than a record may be: one thing over and over, one long text, or names that are all different. */
    private static byte[] bulk(SplittableRandom random, byte[] bytes) {
        int size = 1 + random.nextInt(FlowDecoder.MAX_RECORD_BYTES + 100);
        byte[] bulk = new byte[size];
        switch (random.nextInt(3)) {
            case 0 -> {
                for (int i = 0; i < size; i++) {
                    bulk[i] = bytes[i % bytes.length];
                }
            }
            case 1 -> Arrays.fill(bulk, (byte) random.nextInt(32, 127));
            default -> {
                StringBuilder names = new StringBuilder(size + 40);
                int parts = 1 + random.nextInt(random.nextBoolean() ? 3 : 120);
                while (names.length() < size) {
                    names.append('"');
                    for (int i = 0; i < parts; i++) {
                        names.append(Long.toString(random.nextLong(1L << 40), 36));
                    }
                    names.append("\":1,");
                }
                names.setLength(size);
                bulk = names.toString().getBytes(StandardCharsets.US_ASCII);
            }
        }
        return bulk;
    }
}
