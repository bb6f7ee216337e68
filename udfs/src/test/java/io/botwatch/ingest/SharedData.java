package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.botwatch.flow.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Real captures and exporter output, which lie beside the project and are not part of it. */
final class SharedData {
    private SharedData() {}

    /** The file, or the test is skipped saying so. */
    static Path file(String name) {
        String folder = System.getProperty("botwatch.shared");
        assumeTrue(folder != null, "no -Dbotwatch.shared: real captures are not available");
        Path file = Path.of(folder).resolve("data").resolve(name);
        assumeTrue(Files.isRegularFile(file), "real capture " + file + " is not available");
        return file;
    }

    /** What a file's records are. */
    static final class Tally {
        int flows;
        int notIp;
        int lookups;
        int framing;
        final List<String> undecodable = new ArrayList<>();
        long bytes;
        long reverseBytes;
        long packets;
    }

    static Tally tally(String name, FlowFormat format) throws IOException {
        Tally tally = new Tally();
        Flow flow = new Flow();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        try (RecordReader records = new RecordReader(RecordReader.open(file(name)), format)) {
            while (records.next()) {
                try {
                    switch (decoder.decode(records.bytes(), records.from(), records.to(), flow)) {
                        case FLOW -> {
                            tally.flows++;
                            tally.bytes += flow.bytes;
                            tally.reverseBytes += flow.reverseBytes;
                            tally.packets += flow.packets + flow.reversePackets;
                            assertThat(flow.endMs).isGreaterThanOrEqualTo(flow.startMs);
                        }
                        case NOT_IP -> tally.notIp++;
                        case LOOKUP -> tally.lookups++;
                        case FRAMING -> tally.framing++;
                    }
                } catch (UndecodableException e) {
                    tally.undecodable.add(records.position() + ": " + e.reason() + " " + e.getMessage());
                }
            }
        }
        return tally;
    }

    /** The first flows of a file. */
    static List<Flow> flows(String name, FlowFormat format, int limit) throws Exception {
        List<Flow> flows = new ArrayList<>();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        try (RecordReader records = new RecordReader(RecordReader.open(file(name)), format)) {
            while (flows.size() < limit && records.next()) {
                Flow flow = new Flow();
                if (decoder.decode(records.bytes(), records.from(), records.to(), flow) == FlowDecoder.Outcome.FLOW) {
                    flows.add(flow);
                }
            }
        }
        return flows;
    }
}
