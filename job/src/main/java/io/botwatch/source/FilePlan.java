package io.botwatch.source;

import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.FormatDetector;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.Treatment;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Which files are read, in what order, and how far event time has come at every point of them. Files are surveyed once
 * before they are read, so that the watermark is exact whatever their order: nothing in a file is ever late, and state
 * lives no longer than it must. (A Zeek log is ordered by the end of connections: hours out of order by their start.)
 */
public final class FilePlan implements Serializable {
    /** A watermark is kept for every so many records. */
    static final int CHUNK_RECORDS = 4096;

    /**
     * One file.
     *
     * @param why how its format was told, a sentence; null when it was given
     * @param records framed records in it, of any outcome
     * @param earliestFromMs per chunk, the earliest start of it and everything behind it, epoch ms
     * @param latestMs the latest start in it, epoch ms; {@link Long#MIN_VALUE} when it holds no flow
     */
    record PlannedFile(
            String path, InputFormat format, String why, long records, long[] earliestFromMs, long latestMs)
            implements Serializable {}

    private final List<PlannedFile> files;

    private FilePlan(List<PlannedFile> files) {
        this.files = files;
    }

    /** A file that cannot be read as flows; the message names it and says why. */
    public static final class UnreadableFileException extends IOException {
        UnreadableFileException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Reads all files once.
     *
     * @param format of all files; when it is to be told, each file tells its own
     * @param progress is told the number of records surveyed so far, now and then
     * @throws UnreadableFileException when a file is missing, empty, broken, or of no known format
     */
    public static FilePlan survey(List<Path> paths, InputFormat format, LongConsumer progress) throws IOException {
        List<PlannedFile> files = new ArrayList<>();
        long surveyed = 0;
        for (Path path : paths) {
            PlannedFile file = survey(path, format, surveyed, progress);
            surveyed += file.records;
            files.add(file);
        }
        long earliest = Long.MAX_VALUE;
        for (int f = files.size() - 1; f >= 0; f--) {
            long[] chunks = files.get(f).earliestFromMs;
            for (int c = chunks.length - 1; c >= 0; c--) {
                earliest = Math.min(earliest, chunks[c]);
                chunks[c] = earliest;
            }
        }
        return new FilePlan(files);
    }

    /** @throws UnreadableFileException when the file tells no known format */
    public static FormatDetector.Detection detect(Path path) throws IOException {
        byte[] head = new byte[1 << 16];
        int length;
        try (InputStream in = RecordReader.open(path)) {
            length = in.readNBytes(head, 0, head.length);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        if (length == 0) {
            throw new UnreadableFileException(path + " is empty", null);
        }
        FormatDetector.Detection detection = FormatDetector.detect(head, length);
        if (detection.format() == null) {
            throw new UnreadableFileException(
                    path + " is of no known format: " + detection.reason() + " (--format names one, --mapping maps JSON)", null);
        }
        return detection;
    }

    private static PlannedFile survey(Path path, InputFormat asked, long surveyedBefore, LongConsumer progress)
            throws IOException {
        FormatDetector.Detection told = asked.isAuto() ? detect(path) : null;
        InputFormat format = told == null ? asked : InputFormat.of(told.format(), asked.zone());
        RecordDecoding decoding = new RecordDecoding(format.newDecoder(), TimeRange.ALL, Treatment.DEFAULT);
        Starts starts = new Starts();
        long[] earliest = new long[16];
        long records = 0;
        try (RecordReader reader = new RecordReader(RecordReader.open(path), format.format())) {
            while (reader.next()) {
                decoding.decode(reader.bytes(), reader.from(), reader.to(), "", 0, decoded -> {
                    if (decoded.hasTime()) {
                        starts.add(decoded.flow.startMs);
                    }
                });
                records++;
                if (records % CHUNK_RECORDS == 0) {
                    earliest = put(earliest, (int) (records / CHUNK_RECORDS) - 1, starts.earliest);
                    starts.earliest = Long.MAX_VALUE;
                    progress.accept(surveyedBefore + records);
                }
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        int chunks = (int) (records / CHUNK_RECORDS);
        earliest = put(earliest, chunks, starts.earliest);
        return new PlannedFile(
                path.toString(), format, told == null ? null : told.reason(), records, Arrays.copyOf(earliest, chunks + 1), starts.latest);
    }

    /** The earliest start of a chunk, and the latest of a file, epoch ms. */
    private static final class Starts {
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;

        void add(long startMs) {
            earliest = Math.min(earliest, startMs);
            latest = Math.max(latest, startMs);
        }
    }

    private static UnreadableFileException unreadable(Path path, IOException cause) {
        String why = cause instanceof java.nio.file.NoSuchFileException ? "does not exist"
                : cause instanceof java.nio.file.AccessDeniedException ? "may not be read"
                : "cannot be read: " + cause.getMessage();
        return new UnreadableFileException(path + " " + why, cause);
    }

    private static long[] put(long[] values, int index, long value) {
        long[] result = index < values.length ? values : Arrays.copyOf(values, values.length * 2);
        result[index] = value;
        return result;
    }

    /** Framed records in all files, of any outcome. */
    public long records() {
        return files.stream().mapToLong(PlannedFile::records).sum();
    }

    /** The latest start in all files, epoch ms; {@link Long#MIN_VALUE} when they hold no flow. */
    long latestMs() {
        return files.stream().mapToLong(PlannedFile::latestMs).max().orElse(Long.MIN_VALUE);
    }

    List<PlannedFile> files() {
        return files;
    }

    /** One line a file: what it is read as, and why. */
    public List<String> describe() {
        return files.stream()
                .map(file -> file.path + ": " + file.format.label() + ", " + file.records + " records"
                        + (file.why == null ? "" : " (" + file.why + ")"))
                .toList();
    }

    FlowDecoder decoder(PlannedFile file) {
        return file.format.newDecoder();
    }

    RecordReader open(PlannedFile file) {
        try {
            return new RecordReader(RecordReader.open(Path.of(file.path)), file.format.format());
        } catch (IOException e) {
            throw new UncheckedIOException(file.path, e);
        }
    }
}
