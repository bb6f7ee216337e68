package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.botwatch.flow.Flow;
import java.lang.management.ManagementFactory;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
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
    private static final Map<FlowFormat, List<byte[]>> SAMPLES = SampleRecords.ofAllFormats();

    private static final Subject AUTO = new Subject("auto", () -> new AutoDecoder(ZoneOffset.UTC), List.of());

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Flow flow = new Flow();

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
                .map(name -> new Subject("mapped by " + name, () -> MappedJsonDecoderTest.shipped(name), SampleRecords.ofVflow()));
        return Stream.concat(formats, mapped);
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void aDecoderGivenMutatedRecordsOfAnyFormatAnswersOrRefusesWithinItsMemory(Subject subject) {
        FlowDecoder decoder = subject.decoder.get();
        AutoDecoder auto = new AutoDecoder(ZoneOffset.UTC);
        // What loading classes takes is no record's memory.
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int i = 0; i < 500; i++) {
            byte[] record = Mutation.of(random, subject.samples);
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
            byte[] record = Mutation.of(random, origin);
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
}
