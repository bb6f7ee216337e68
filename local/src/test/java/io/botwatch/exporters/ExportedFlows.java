package io.botwatch.exporters;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.ServicePorts;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.UndecodableException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The flows of an exporter, in the order in which they came, and the connections that they make. */
final class ExportedFlows {
    private ExportedFlows() {}

    /** @throws UndecodableException for the first record that is no flow: there is none that may not be one */
    static List<Flow> read(Path records, FlowFormat format) throws IOException, UndecodableException {
        List<Flow> flows = new ArrayList<>();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        try (RecordReader reader = new RecordReader(RecordReader.open(records), format)) {
            while (reader.next()) {
                Flow flow = new Flow();
                if (decoder.decode(reader.bytes(), reader.from(), reader.to(), flow) == FlowDecoder.Outcome.FLOW) {
                    flows.add(flow);
                }
            }
        }
        return flows;
    }

    /**
     * The two directions of a flow, which softflowd gives the same times, made one: the end that the ports call the service
     * responds, and where they do not tell, the record's destination that came first.
     */
    static List<Connection> pair(List<Flow> flows) {
        ServicePorts services = new ServicePorts();
        Map<String, Connection> unanswered = new HashMap<>();
        List<Connection> connections = new ArrayList<>();
        for (Flow flow : flows) {
            Connection connection = connection(flow, services.likely(flow.srcPort, flow.dstPort) == ServicePorts.Side.SOURCE);
            String key = connection.tuple() + " " + connection.startMs() + " " + connection.endMs();
            Connection other = unanswered.remove(key);
            if (other == null) {
                unanswered.put(key, connection);
            } else {
                connections.add(united(other, connection));
            }
        }
        connections.addAll(unanswered.values());
        return connections;
    }

    /** Each record by itself: its source as the initiator. */
    static List<Connection> asRecorded(List<Flow> flows) {
        return flows.stream().map(flow -> connection(flow, false)).toList();
    }

    private static Connection connection(Flow flow, boolean reply) {
        String src = Address.format(flow.srcHi, flow.srcLo);
        String dst = Address.format(flow.dstHi, flow.dstLo);
        return new Connection(
                reply ? dst : src,
                reply ? flow.dstPort : flow.srcPort,
                reply ? src : dst,
                reply ? flow.srcPort : flow.dstPort,
                flow.protocol,
                flow.startMs,
                flow.endMs,
                flow.bytes,
                flow.packets);
    }

    private static Connection united(Connection first, Connection second) {
        return new Connection(
                first.initiator(),
                first.initiatorPort(),
                first.responder(),
                first.responderPort(),
                first.protocol(),
                first.startMs(),
                first.endMs(),
                first.bytes() + second.bytes(),
                first.packets() + second.packets());
    }
}
