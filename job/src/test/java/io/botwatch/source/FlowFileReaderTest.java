package io.botwatch.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Joining;
import io.botwatch.ingest.Sampling;
import io.botwatch.ingest.Treatment;
import io.botwatch.source.FlowFileReader.FilePosition;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowFileReaderTest {
    private static final long T = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    @TempDir
    Path directory;

    /** What a reader emitted: a flow's start, a dead letter (null), or a watermark. */
    private record Emitted(Long startMs, boolean watermark) {}

    @Test
    void watermarksAreExactlyBehindTheEarliestUnreadFlowWhateverTheOrder() throws Exception {
        for (long seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            List<Path> files = new ArrayList<>();
            int records = 0;
            for (int i = 0; i < 3; i++) {
                // Of these, one ends on a chunk's boundary, and one is smaller than a chunk.
                int n = List.of(3 * FilePlan.CHUNK_RECORDS - 1, 100, 9_000).get(i);
                files.add(file("flows" + seed + i, n, random, i == 2, T + i * 3_600_000L - random.nextInt(7_200_000)));
                records += n + 1; // and the header
            }
            Collections.shuffle(files, random);
            FilePlan plan = FilePlan.survey(files, InputFormat.auto(ZoneOffset.UTC), n -> { });
            assertThat(plan.records()).isEqualTo(records);
            List<Emitted> emitted = readAll(plan, TimeRange.ALL);
            // At the end of the input event time has come as far as the latest flow.
            long latest = records(emitted).stream().filter(Objects::nonNull).mapToLong(Long::longValue).max().orElseThrow();
            assertThat(emitted.remove(emitted.size() - 1)).as("seed %d", seed).isEqualTo(new Emitted(latest, true));
            long earliestUnread = Long.MAX_VALUE;
            int watermarks = 0;
            for (int i = emitted.size() - 1; i >= 0; i--) {
                Emitted each = emitted.get(i);
                if (each.watermark) {
                    watermarks++;
                    assertThat(each.startMs).as("seed %d", seed).isEqualTo(earliestUnread - 1);
                } else if (each.startMs != null) {
                    earliestUnread = Math.min(earliestUnread, each.startMs);
                }
            }
            assertThat(watermarks).as("seed %d", seed).isBetween(7, 10);
        }
    }

    @Test
    void recordsLeaveInTheOrderOfTheFilesEachOnce() throws Exception {
        Random random = new Random(1);
        List<Path> files = List.of(file("b", 5_000, random, false, T), file("a", 3_000, random, true, T));
        List<Long> expected = new ArrayList<>();
        expected.addAll(starts(files.get(0)));
        expected.addAll(starts(files.get(1)));
        FilePlan plan = FilePlan.survey(files, InputFormat.auto(ZoneOffset.UTC), n -> { });
        assertThat(records(readAll(plan, TimeRange.ALL))).isEqualTo(expected);
    }

    @Test
    void aReaderRestoredAnywhereGoesOnWithoutLossOrRepeat() throws Exception {
        Random random = new Random(2);
        FilePlan plan = FilePlan.survey(
                List.of(file("a", 6_000, random, true, T), file("b", 10, random, false, T), file("c", 5_000, random, false, T)), InputFormat.auto(ZoneOffset.UTC),
                n -> { });
        List<Long> whole = records(readAll(plan, TimeRange.ALL));
        for (int seed = 0; seed < 12; seed++) {
            random = new Random(seed);
            List<Emitted> emitted = new ArrayList<>();
            FilePosition position = FilePosition.START;
            InputStatus status = InputStatus.MORE_AVAILABLE;
            while (status != InputStatus.END_OF_INPUT) {
                try (var reader = reader(plan, position)) {
                    Output output = new Output(emitted);
                    for (int polls = random.nextInt(1, 90); polls > 0 && status != InputStatus.END_OF_INPUT; polls--) {
                        status = reader.pollNext(output);
                    }
                    position = throughCheckpoint(plan, reader.snapshotState(1).get(0));
                }
            }
            assertThat(records(emitted)).as("seed %d", seed).isEqualTo(whole);
            assertNothingIsLate(emitted, seed);
        }
    }

    /** Also after a restore, which starts behind the last watermark of its chunk. */
    private static void assertNothingIsLate(List<Emitted> emitted, long seed) {
        long watermark = Long.MIN_VALUE;
        for (Emitted each : emitted) {
            if (each.watermark) {
                watermark = Math.max(watermark, each.startMs);
            } else if (each.startMs != null) {
                assertThat(each.startMs).as("seed %d", seed).isGreaterThan(watermark);
            }
        }
    }

    @Test
    void whatIsOutsideTheAskedTimesIsADeadLetterAndMovesNoWatermark() throws Exception {
        Path file = file("a", 5_000, new Random(3), false, T);
        FilePlan plan = FilePlan.survey(List.of(file), InputFormat.auto(ZoneOffset.UTC), n -> { });
        TimeRange range = new TimeRange(T + 1_000_000, T + 2_000_000);
        List<Emitted> emitted = readAll(plan, range);
        List<Long> inside = starts(file).stream().filter(start -> start != null && range.contains(start)).toList();
        assertThat(records(emitted).stream().filter(start -> start != null)).containsExactlyElementsOf(inside);
        assertThat(records(emitted)).hasSameSizeAs(starts(file));
        assertNothingIsLate(emitted, 3);
        assertThat(emitted.get(0)).isEqualTo(new Emitted(T + 1_000_000 - 1, true));
    }

    @Test
    void whatIsAppendedAfterTheSurveyIsNotRead() throws Exception {
        Path file = file("a", 100, new Random(4), false, T);
        FilePlan plan = FilePlan.survey(List.of(file), InputFormat.auto(ZoneOffset.UTC), n -> { });
        Files.writeString(file, line(T - 1_000_000, false), StandardOpenOption.APPEND);
        assertThat(records(readAll(plan, TimeRange.ALL))).hasSize(100);
    }

    @Test
    void everyFlowOfASampledFileIsScaled() throws Exception {
        FilePlan plan = FilePlan.survey(List.of(file("a", 300, new Random(6), false, T)), InputFormat.auto(ZoneOffset.UTC), n -> { });
        Output output = new Output(new ArrayList<>());
        try (var reader = new FlowFileSource(plan, TimeRange.ALL, new Treatment(new Sampling(50, Map.of(), Map.of()), Joining.AUTO)).createReader(new Requests())) {
            reader.addSplits(List.of(FilePosition.START));
            reader.notifyNoMoreSplits();
            while (reader.pollNext(output) != InputStatus.END_OF_INPUT) {
                // on to the next
            }
        }
        assertThat(output.samplingRates).containsExactly(50);
    }

    @Test
    void withoutASplitAReaderWaitsAndThenEnds() throws Exception {
        FilePlan plan = FilePlan.survey(List.of(file("a", 1, new Random(5), false, T)), InputFormat.auto(ZoneOffset.UTC), n -> { });
        Requests requests = new Requests();
        try (var reader = new FlowFileSource(plan, TimeRange.ALL, Treatment.DEFAULT).createReader(requests)) {
            reader.start();
            assertThat(requests.count).isEqualTo(1);
            assertThat(reader.isAvailable()).isNotDone();
            assertThat(reader.snapshotState(1)).isEmpty();
            Output output = new Output(new ArrayList<>());
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
            reader.notifyNoMoreSplits();
            assertThat(reader.isAvailable()).isDone();
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
        }
    }

    @Test
    void aReaderWithASplitBeginsOnlyWhenItKnowsThatThereIsNoOther() throws Exception {
        FilePlan plan = FilePlan.survey(List.of(file("a", 1, new Random(5), false, T)), InputFormat.auto(ZoneOffset.UTC), n -> { });
        Requests requests = new Requests();
        try (var reader = new FlowFileSource(plan, TimeRange.ALL, Treatment.DEFAULT).createReader(requests)) {
            reader.addSplits(List.of(FilePosition.START));
            reader.start();
            assertThat(requests.count).as("a restored reader asks, too").isEqualTo(1);
            Output output = new Output(new ArrayList<>());
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
            reader.notifyNoMoreSplits();
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
        }
    }

    @Test
    void aPositionOfAnUnknownVersionIsRefused() {
        var serializer = new FlowFileSource(null, TimeRange.ALL, Treatment.DEFAULT).getSplitSerializer();
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[12]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws Exception {
        Path missing = directory.resolve("missing");
        Path empty = Files.createFile(directory.resolve("empty"));
        Path rubbish = Files.writeString(directory.resolve("rubbish"), "neither\nnor\n");
        assertThatThrownBy(() -> FilePlan.survey(List.of(missing), InputFormat.auto(ZoneOffset.UTC), n -> { }))
                .hasMessage(missing + " does not exist");
        assertThatThrownBy(() -> FilePlan.survey(List.of(empty), InputFormat.auto(ZoneOffset.UTC), n -> { }))
                .hasMessage(empty + " is empty");
        assertThatThrownBy(() -> FilePlan.survey(List.of(rubbish), InputFormat.auto(ZoneOffset.UTC), n -> { }))
                .hasMessageStartingWith(rubbish + " is of no known format");
    }

    private List<Emitted> readAll(FilePlan plan, TimeRange range) throws Exception {
        List<Emitted> emitted = new ArrayList<>();
        try (var reader = new FlowFileSource(plan, range, Treatment.DEFAULT).createReader(new Requests())) {
            reader.addSplits(List.of(FilePosition.START));
            reader.notifyNoMoreSplits();
            Output output = new Output(emitted);
            while (reader.pollNext(output) != InputStatus.END_OF_INPUT) {
                // on to the next
            }
        }
        return emitted;
    }

    private static SourceReader<Decoded, FilePosition> reader(FilePlan plan, FilePosition position) {
        var reader = new FlowFileSource(plan, TimeRange.ALL, Treatment.DEFAULT).createReader(new Requests());
        reader.addSplits(List.of(position));
        reader.notifyNoMoreSplits();
        return reader;
    }

    private static FilePosition throughCheckpoint(FilePlan plan, FilePosition position) throws IOException {
        var serializer = new FlowFileSource(plan, TimeRange.ALL, Treatment.DEFAULT).getSplitSerializer();
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(position));
    }

    private static List<Long> records(List<Emitted> emitted) {
        List<Long> records = new ArrayList<>();
        emitted.stream().filter(each -> !each.watermark).forEach(each -> records.add(each.startMs));
        return records;
    }

    /** Starts of the file's records as they were written, null for rubbish. */
    private List<Long> starts(Path file) {
        return written.get(file);
    }

    private final Map<Path, List<Long>> written = new java.util.HashMap<>();

    /** A file of flows in random order within an hour, some of them rubbish; its header tells the order of columns. */
    private Path file(String name, int records, Random random, boolean reordered, long fromMs) throws IOException {
        Path file = directory.resolve(name);
        List<Long> starts = new ArrayList<>();
        OutputStream raw = Files.newOutputStream(file);
        try (PrintStream out = new PrintStream(reordered ? new GZIPOutputStream(raw) : raw, false, StandardCharsets.UTF_8)) {
            out.print((reordered ? "Dur,StartTime," : "StartTime,Dur,")
                    + "Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label\n");
            for (int i = 0; i < records; i++) {
                if (i > 0 && random.nextInt(500) == 0) {
                    out.print("rubbish " + i + "\n");
                    starts.add(null);
                } else {
                    long ms = fromMs + random.nextInt(3_600_000);
                    out.print(line(ms, reordered));
                    starts.add(ms);
                }
            }
        }
        written.put(file, starts);
        return file;
    }

    private static String line(long ms, boolean reordered) {
        String time = TIME.format(Instant.ofEpochMilli(ms));
        return (reordered ? "0.5," + time : time + ",0.5") + ",tcp,10.0.0.1,50000,->,203.0.113.7,443,SRPA_SPA,0,0,2,120,60,\n";
    }

    private static final class Output implements ReaderOutput<Decoded> {
        private final List<Emitted> emitted;
        private final Set<Integer> samplingRates = new HashSet<>();

        Output(List<Emitted> emitted) {
            this.emitted = emitted;
        }

        @Override
        public void collect(Decoded record) {
            throw new AssertionError("a record without a timestamp");
        }

        @Override
        public void collect(Decoded record, long timestamp) {
            assertThat(timestamp).isEqualTo(record.timestampMs());
            emitted.add(new Emitted(record.isFlow() ? timestamp : null, false));
            if (record.isFlow()) {
                samplingRates.add(record.flow.samplingRate);
            }
        }

        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(new Emitted(watermark.getTimestamp(), true));
        }

        @Override
        public void markIdle() {
            throw new AssertionError("files are never idle");
        }

        @Override
        public void markActive() {}

        @Override
        public SourceOutput<Decoded> createOutputForSplit(String splitId) {
            throw new AssertionError("one output will do");
        }

        @Override
        public void releaseOutputForSplit(String splitId) {}
    }

    private static final class Requests implements SourceReaderContext {
        int count;

        @Override
        public SourceReaderMetricGroup metricGroup() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Configuration getConfiguration() {
            return new Configuration();
        }

        @Override
        public String getLocalHostName() {
            return "localhost";
        }

        @Override
        public int getIndexOfSubtask() {
            return 0;
        }

        @Override
        public void sendSplitRequest() {
            count++;
        }

        @Override
        public void sendSourceEventToCoordinator(SourceEvent event) {}

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            throw new UnsupportedOperationException();
        }
    }
}
