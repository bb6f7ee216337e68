package io.botwatch.exporters;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.connection.Tracked;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.UndecodableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** The flows of an exporter, in the order in which they came, and the connections that they make. */
final class ExportedFlows {
    /** Later than any capture ends, ms: totals are wanted at a connection's end only. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    private ExportedFlows() {}

    /** @throws UndecodableException for the first record that is no flow: there is none that may not be one */
    static List<Flow> read(Path records, FlowFormat format) throws IOException, UndecodableException {
        List<Flow> flows = new ArrayList<>();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        try (RecordReader reader = new RecordReader(RecordReader.open(records), format)) {
            while (reader.next()) {
                Flow flow = new Flow();
                if (decoder.decode(reader.bytes(), reader.from(), reader.to(), flow) == FlowDecoder.Outcome.FLOW) {
                    flow.mayBePiece = flow.mayBeCopy = true;
                    flows.add(flow);
                }
            }
        }
        return flows;
    }

    /** What the product makes of them. */
    static Tracked track(List<Flow> flows) {
        return new Tracked(ConnectionSettings.DEFAULT.withReportEvery(NEVER)).addAll(flows).end();
    }

    /** Their connections with all that they came to. */
    static List<Connection> connections(List<Flow> flows) {
        return connections(track(flows));
    }

    static List<Connection> connections(Tracked tracked) {
        return tracked.totals.stream().map(ExportedFlows::connection).toList();
    }

    /** Each record by itself: its source as the initiator. */
    static List<Connection> asRecorded(List<Flow> flows) {
        return flows.stream().map(ExportedFlows::connection).toList();
    }

    private static Connection connection(Flow flow) {
        return new Connection(
                Address.format(flow.srcHi, flow.srcLo),
                flow.srcPort,
                Address.format(flow.dstHi, flow.dstLo),
                flow.dstPort,
                flow.protocol,
                flow.startMs,
                flow.endMs,
                flow.bytes + flow.reverseBytes,
                flow.packets + flow.reversePackets,
                (flow.traits & Trait.REPLY_ONLY) != 0);
    }
}
