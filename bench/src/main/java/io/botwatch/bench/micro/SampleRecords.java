package io.botwatch.bench.micro;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.BinetflowWriter;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.LineBuffer;
import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A record of each format, all about the same connection of TCP over IPv4. */
final class SampleRecords {
    private SampleRecords() {}

    /** What opens a file, if the format has it, and one record as the last. */
    static List<byte[]> of(FlowFormat format) throws IOException {
        return switch (format) {
            case GOFLOW2_JSON -> written(new Goflow2JsonWriter());
            case GOFLOW2_PROTOBUF -> written(new Goflow2ProtobufWriter());
            case BINETFLOW -> written(new BinetflowWriter());
            default -> kept(format.label());
        };
    }

    static Flow flow() {
        Flow flow = new Flow();
        flow.startMs = Instant.parse("2024-08-16T18:07:07.678Z").toEpochMilli();
        flow.endMs = flow.startMs + 1_219;
        flow.srcLo = Address.parse("10.0.0.7").lo;
        flow.dstLo = Address.parse("192.0.2.80").lo;
        flow.exporterLo = Address.parse("192.0.2.1").lo;
        flow.srcPort = 49_737;
        flow.dstPort = 443;
        flow.protocol = 6;
        flow.packets = 23;
        flow.bytes = 16_826;
        flow.tcpFlags = 26;
        return flow;
    }

    private static List<byte[]> written(FlowWriter writer) {
        List<byte[]> records = new ArrayList<>();
        LineBuffer line = new LineBuffer();
        writer.header(line);
        if (line.length() > 0) {
            records.add(line.copy());
        }
        line.clear();
        Flow flow = flow();
        writer.write(flow, flow.endMs, line);
        records.add(line.copy());
        return records;
    }

    private static List<byte[]> kept(String resource) throws IOException {
        try (InputStream in = SampleRecords.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.getBytes(StandardCharsets.UTF_8))
                    .toList();
        }
    }
}
