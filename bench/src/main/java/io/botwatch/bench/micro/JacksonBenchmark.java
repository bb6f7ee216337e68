package io.botwatch.bench.micro;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.botwatch.flow.AddressParser;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What Jackson takes for the goflow2 record of {@link DecodeBenchmark}, less the checks of a decoder: the usual two ways. */
@State(Scope.Thread)
public class JacksonBenchmark {
    private static final long NANOS_IN_MILLI = 1_000_000;

    private final JsonFactory factory = new JsonFactory();
    private final ObjectReader reader = new ObjectMapper().readerFor(Goflow2Record.class);
    private final AddressParser addresses = new AddressParser();
    private final Flow flow = new Flow();
    private byte[] record;

    /** The fields that a flow is made of. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Goflow2Record {
        @JsonProperty("time_received_ns")
        public long received;

        @JsonProperty("time_flow_start_ns")
        public long start;

        @JsonProperty("time_flow_end_ns")
        public long end;

        @JsonProperty("sampling_rate")
        public int samplingRate;

        @JsonProperty("sampler_address")
        public String sampler;

        @JsonProperty("src_addr")
        public String source;

        @JsonProperty("dst_addr")
        public String destination;

        @JsonProperty("src_port")
        public int sourcePort;

        @JsonProperty("dst_port")
        public int destinationPort;

        @JsonProperty("proto")
        public String protocol;

        @JsonProperty("tcp_flags")
        public int tcpFlags;

        @JsonProperty("bytes")
        public long bytes;

        @JsonProperty("packets")
        public long packets;
    }

    @Setup
    public void open() throws IOException {
        record = SampleRecords.of(FlowFormat.GOFLOW2_JSON).get(0);
        Flow expected = SampleRecords.flow();
        expected.exportedMs = expected.endMs;
        flow.clear();
        check(expected, streaming());
        flow.clear();
        check(expected, databind());
    }

    private static void check(Flow expected, Flow found) {
        if (!expected.equals(found)) {
            throw new IllegalStateException("read " + found + ", not " + expected);
        }
    }

    @Benchmark
    public Flow streaming() throws IOException {
        try (JsonParser json = factory.createParser(record)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "time_received_ns" -> flow.exportedMs = json.getLongValue() / NANOS_IN_MILLI;
                    case "time_flow_start_ns" -> flow.startMs = json.getLongValue() / NANOS_IN_MILLI;
                    case "time_flow_end_ns" -> flow.endMs = json.getLongValue() / NANOS_IN_MILLI;
                    case "sampling_rate" -> flow.samplingRate = json.getIntValue();
                    case "sampler_address" -> exporter(json.getText());
                    case "src_addr" -> source(json.getText());
                    case "dst_addr" -> destination(json.getText());
                    case "src_port" -> flow.srcPort = json.getIntValue();
                    case "dst_port" -> flow.dstPort = json.getIntValue();
                    case "proto" -> flow.protocol = protocol(json.getText());
                    case "tcp_flags" -> flow.tcpFlags = json.getIntValue();
                    case "bytes" -> flow.bytes = json.getLongValue();
                    case "packets" -> flow.packets = json.getLongValue();
                    default -> {}
                }
            }
        }
        return flow;
    }

    @Benchmark
    public Flow databind() throws IOException {
        Goflow2Record read = reader.readValue(record);
        flow.exportedMs = read.received / NANOS_IN_MILLI;
        flow.startMs = read.start / NANOS_IN_MILLI;
        flow.endMs = read.end / NANOS_IN_MILLI;
        flow.samplingRate = read.samplingRate;
        exporter(read.sampler);
        source(read.source);
        destination(read.destination);
        flow.srcPort = read.sourcePort;
        flow.dstPort = read.destinationPort;
        flow.protocol = protocol(read.protocol);
        flow.tcpFlags = read.tcpFlags;
        flow.bytes = read.bytes;
        flow.packets = read.packets;
        return flow;
    }

    private void source(String text) {
        parse(text);
        flow.srcHi = addresses.hi;
        flow.srcLo = addresses.lo;
    }

    private void destination(String text) {
        parse(text);
        flow.dstHi = addresses.hi;
        flow.dstLo = addresses.lo;
    }

    private void exporter(String text) {
        parse(text);
        flow.exporterHi = addresses.hi;
        flow.exporterLo = addresses.lo;
    }

    private void parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        addresses.parse(bytes, 0, bytes.length);
    }

    private static int protocol(String name) {
        return switch (name) {
            case "TCP" -> 6;
            case "UDP" -> 17;
            default -> 0;
        };
    }
}
