package io.botwatch.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Records of each format to try decoders with. */
final class SampleRecords {
    private static final int RECORDS_A_FILE = 50;

    private SampleRecords() {}

    /** Small ones that are always there, and real ones where there are any. */
    static Map<FlowFormat, List<byte[]>> ofAllFormats() {
        Map<FlowFormat, List<byte[]>> samples = new EnumMap<>(FlowFormat.class);
        for (FlowFormat format : FlowFormat.values()) {
            List<byte[]> records = new ArrayList<>();
            HostileInputTest.RECORDS.get(format).forEach(record -> records.add(record.getBytes(StandardCharsets.ISO_8859_1)));
            samples.put(format, records);
        }
        String shared = System.getProperty("botwatch.shared");
        Path real = shared == null ? Path.of("") : Path.of(shared, "data", "samples");
        if (shared == null || !Files.isDirectory(real)) {
            System.out.println("no real samples at hand: only built-in records are tried");
            return samples;
        }
        try (Stream<Path> below = Files.walk(real)) {
            for (Path file : below.filter(Files::isRegularFile).sorted().toList()) {
                add(file, samples);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return samples;
    }

    private static void add(Path file, Map<FlowFormat, List<byte[]>> samples) throws IOException {
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
                samples.get(format).add(Arrays.copyOfRange(reader.bytes(), reader.from(), reader.to()));
            }
        }
    }

    /** For the mapping files that are shipped. */
    static List<byte[]> ofVflow() {
        return Stream.of(MappedJsonDecoderTest.VFLOW_IPFIX, MappedJsonDecoderTest.VFLOW_NETFLOW9)
                .map(record -> record.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
