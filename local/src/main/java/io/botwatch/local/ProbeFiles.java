package io.botwatch.local;

import io.botwatch.ingest.FormatDetector;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.Treatment;
import io.botwatch.probe.FeedProbe;
import io.botwatch.source.FilePlan;
import io.botwatch.source.RecordDecoding;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** The first records of files, for a probe. */
final class ProbeFiles {
    private static final int HEAD = 1 << 16;

    private final InputFormat format;
    private final Treatment treatment;

    /** @param format of all files; when it is to be told, each file tells its own */
    ProbeFiles(InputFormat format, Treatment treatment) {
        this.format = format;
        this.treatment = treatment;
    }

    /**
     * Reads so many records in all, of each file its share.
     *
     * @throws FilePlan.UnreadableFileException when a file is missing, empty, or of no known format
     */
    List<ProbedInput> read(List<Path> paths, long most, FeedProbe probe, LongConsumer progress) throws IOException {
        List<ProbedInput> inputs = new ArrayList<>();
        long read = 0;
        for (int i = 0; i < paths.size(); i++) {
            // What one file has too little of is left for those behind it.
            long share = Math.max(1, (most - read) / (paths.size() - i));
            ProbedInput input = read(paths.get(i), share, probe, read, progress);
            read += input.records();
            inputs.add(input);
        }
        return inputs;
    }

    private ProbedInput read(Path path, long most, FeedProbe probe, long before, LongConsumer progress) throws IOException {
        InputFormat told = format;
        String reason = format.isAuto() ? null : "as asked";
        if (format.isAuto()) {
            FilePlan.detect(path); // says what is wrong with a file that tells none
            FormatDetector.Detection detection = detect(path);
            told = InputFormat.of(detection.format(), format.zone());
            reason = detection.reason();
        }
        RecordDecoding decoding = new RecordDecoding(told.newDecoder(), TimeRange.ALL, treatment);
        FeedProbe.Source source = probe.source();
        long records = 0;
        boolean more = false;
        try (RecordReader reader = new RecordReader(RecordReader.open(path), told.format())) {
            while (!more && reader.next()) {
                if (records == most) {
                    more = true;
                } else {
                    long taken = probe.taken();
                    decoding.decode(reader.bytes(), reader.from(), reader.to(), "", 0, source::take);
                    records += probe.taken() > taken ? 1 : 0; // a header or a blank line is none
                    progress.accept(before + records);
                }
            }
        } catch (NoSuchFileException e) {
            throw new UsageException(path + " does not exist");
        } catch (IOException e) {
            throw new UsageException(path + " cannot be read beyond record " + records + ": " + e.getMessage()
                    + (records > 0 ? "; --records " + records + " stops before that" : ""));
        }
        return new ProbedInput(path.toString(), told.label(), reason, records, !more);
    }

    private static FormatDetector.Detection detect(Path path) throws IOException {
        byte[] head = new byte[HEAD];
        try (InputStream in = RecordReader.open(path)) {
            return FormatDetector.detect(head, in.readNBytes(head, 0, head.length));
        }
    }
}
