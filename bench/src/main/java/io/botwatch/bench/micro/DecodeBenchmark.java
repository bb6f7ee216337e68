package io.botwatch.bench.micro;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.UndecodableException;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record from bytes to a flow. */
@State(Scope.Thread)
public class DecodeBenchmark {
    @Param
    public FlowFormat format;

    private FlowDecoder decoder;
    private byte[] record;
    private final Flow flow = new Flow();

    @Setup
    public void open() throws IOException, UndecodableException {
        decoder = format.newDecoder(ZoneOffset.UTC);
        List<byte[]> records = SampleRecords.of(format);
        record = records.get(records.size() - 1);
        for (byte[] each : records) {
            FlowDecoder.Outcome outcome = decoder.decode(each, 0, each.length, flow);
            if ((each == record) != (outcome == FlowDecoder.Outcome.FLOW)) {
                throw new IllegalStateException(format + " took a record for " + outcome);
            }
        }
        Flow expected = SampleRecords.flow();
        if (flow.dstLo != expected.dstLo || flow.dstPort != expected.dstPort || flow.packets != expected.packets) {
            throw new IllegalStateException(format + " decodes otherwise: " + flow);
        }
    }

    @Benchmark
    public Flow decode() throws UndecodableException {
        decoder.decode(record, 0, record.length, flow);
        return flow;
    }
}
