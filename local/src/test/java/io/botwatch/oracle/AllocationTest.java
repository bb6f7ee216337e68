package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.botwatch.classify.Classifier;
import io.botwatch.flow.Flow;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.RecordDecoding;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a record leaves to the garbage collector before any shuffle: decoded and classified, as the first task of a job does. A
 * bound on bytes, which no machine changes, guards what a measured time cannot.
 */
class AllocationTest {
    private static final int RECORDS = 20_000;
    private static final int ROUNDS = 20;

    /** Less than any object, of every record: what a compiler may or may not remove is not there to begin with. */
    private static final int MOST_BYTES = 4;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"goflow2, goflow2-json", "binetflow, binetflow"})
    void aRecordThatIsDecodedAndClassifiedAllocatesNothing(String written, String format) throws Exception {
        List<byte[]> records = records(written);
        Classifier classifier = new Classifier(RulesDocument.preset("enterprise"));
        RecordDecoding decoding = new RecordDecoding(
                InputFormat.of(FlowFormat.named(format), ZoneOffset.UTC).newDecoder(), TimeRange.ALL, Treatment.DEFAULT);
        long[] routes = new long[1];
        Consumer<Decoded> classified = decoded -> {
            classifier.classify(decoded.flow);
            routes[0] += decoded.flow.routes;
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (byte[] record : records) {
                decoding.decode(record, 0, record.length, "file", 0, classified);
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before);
        }
        double bytes = (double) least / records.size();
        System.out.printf("%s: %.1f bytes a record, decoded and classified%n", format, bytes);
        assertThat(routes[0]).isPositive();
        assertThat(bytes).isLessThanOrEqualTo(MOST_BYTES);
    }

    private List<byte[]> records(String format) throws IOException {
        List<Flow> flows = new ArrayList<>();
        FlowCursor cursor = Scenario.enterprise(1, 6, 0.05).cursor();
        for (Flow flow = new Flow(); flows.size() < RECORDS && cursor.next(flow); flow = new Flow()) {
            flows.add(flow);
        }
        return Files.readAllLines(FlowFiles.write(folder.resolve("flows"), flows, format)).stream()
                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
