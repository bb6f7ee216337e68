package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Flows as documents of the Elastic Common Schema: Filebeat's netflow input and Elastic Agent's, Packetbeat's flows,
 * ElastiFlow 4, Logstash. Keys may be nested or joined with dots.
 *
 * <p>{@code @timestamp} is the time of export. The start is {@code event.start}, or the exporter's own absolute time; where
 * neither is there (Filebeat leaves them out when the exporter's uptime is nonsense), the time of export less the duration.
 *
 * <p>Counters of the destination make the record a biflow, and so does {@code biflow_direction}. Filebeat has put the
 * initiator into the source then, which {@code client} shows; without it, direction 2 swaps the ends (RFC 5103). Packetbeat's
 * flows are biflows always; its reports of flows that go on ({@code flow.final: false}) are framing, because the final one
 * has all they had. An exporter's options count as not IP.
 */
public final class EcsJsonDecoder implements FlowDecoder {
    private enum Field {
        EXPORTED("@timestamp"),
        ACTION("event.action"),
        START("event.start"),
        END("event.end"),
        DURATION("event.duration"),
        SOURCE_IP("source.ip"),
        SOURCE_PORT("source.port"),
        SOURCE_BYTES("source.bytes"),
        SOURCE_PACKETS("source.packets"),
        DESTINATION_IP("destination.ip"),
        DESTINATION_PORT("destination.port"),
        DESTINATION_BYTES("destination.bytes"),
        DESTINATION_PACKETS("destination.packets"),
        CLIENT_IP("client.ip"),
        NUMBER("network.iana_number"),
        TRANSPORT("network.transport"),
        BYTES("network.bytes"),
        PACKETS("network.packets"),
        OBSERVER("observer.ip", "observer.ip.0", "agent.ip"),
        EXPORTER("netflow.exporter.address"),
        FINAL("flow.final"),
        BIFLOW_DIRECTION("netflow.biflow_direction"),
        TCP_FLAGS("netflow.tcp_control_bits", "netflow.tcp_flags", "flow.tcp_flags"),
        SAMPLING("netflow.sampling_interval", "flow.sampling_interval"),
        FIREWALL_EVENT("netflow.firewall_event"),
        SWITCHED_START("netflow.flow_start_milliseconds", "netflow.first_switched"),
        SWITCHED_START_S("netflow.flow_start_seconds"),
        SWITCHED_START_US("netflow.flow_start_microseconds"),
        SWITCHED_START_NS("netflow.flow_start_nanoseconds"),
        SWITCHED_END("netflow.flow_end_milliseconds", "netflow.last_switched"),
        SWITCHED_END_S("netflow.flow_end_seconds"),
        SWITCHED_END_US("netflow.flow_end_microseconds"),
        SWITCHED_END_NS("netflow.flow_end_nanoseconds");

        private final String[] paths;

        Field(String... paths) {
            this.paths = paths;
        }
    }

    private static final PathTree<Field> PATHS = paths();

    private static final long FIREWALL_DENIED = 3; // IPFIX firewallEvent, IANA information element 233

    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    private long exportedMs;
    private long switchedStartMs;
    private long switchedEndMs;
    private long durationMs;

    // Counters of both directions, of the source, of the destination; -1 when there was no such field:

    private long bytes;
    private long packets;
    private long sourceBytes;
    private long sourcePackets;
    private long destinationBytes;
    private long destinationPackets;

    private long biflowDirection;
    private boolean hasProtocolNumber;
    private boolean hasClient;
    private boolean isOptions;
    private boolean isPacketbeat;
    private boolean goesOn;

    public EcsJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none */
    public EcsJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    private static PathTree<Field> paths() {
        PathTree<Field> tree = new PathTree<>();
        for (Field field : Field.values()) {
            for (String path : field.paths) {
                tree.add(List.of(path.split("\\.")), field);
            }
        }
        return tree.withDottedNames();
    }

    @Override
    public Outcome decode(byte[] record, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(record, from, to)) {
            return Outcome.FRAMING;
        }
        begin(into);
        try {
            json.open(record, from, to);
            PATHS.walk(json, this::read);
            json.end();
        } finally {
            json.close();
        }
        if (isOptions) {
            return Outcome.NOT_IP;
        }
        return goesOn ? Outcome.FRAMING : finish();
    }

    private void begin(Flow into) {
        draft.begin(into);
        exportedMs = switchedStartMs = switchedEndMs = FlowDraft.ABSENT;
        durationMs = 0;
        bytes = packets = sourceBytes = sourcePackets = destinationBytes = destinationPackets = -1;
        biflowDirection = 0;
        hasProtocolNumber = hasClient = isOptions = isPacketbeat = goesOn = false;
    }

    private void read(Field field, byte[] text, int from, int to) throws UndecodableException {
        switch (field) {
            case EXPORTED -> exportedMs = Math.max(FlowDraft.ABSENT, draft.timeOrNone(text, from, to, EpochUnit.GUESS));
            case ACTION -> {
                isOptions = json.is("netflow_options");
                isPacketbeat = json.is("network_flow");
            }
            case START -> draft.startMs = time(field, text, from, to, EpochUnit.GUESS);
            case END -> draft.endMs = time(field, text, from, to, EpochUnit.GUESS);
            case DURATION ->
                durationMs = Math.max(0, FlowDraft.durationMs(field.paths[0], text, from, to, EpochUnit.NANOS));
            case SOURCE_IP -> draft.source(text, from, to);
            case SOURCE_PORT -> draft.srcPort(text, from, to);
            case SOURCE_BYTES -> sourceBytes = count(field, text, from, to);
            case SOURCE_PACKETS -> sourcePackets = count(field, text, from, to);
            case DESTINATION_IP -> draft.destination(text, from, to);
            case DESTINATION_PORT -> draft.dstPort(text, from, to);
            case DESTINATION_BYTES -> destinationBytes = count(field, text, from, to);
            case DESTINATION_PACKETS -> destinationPackets = count(field, text, from, to);
            case CLIENT_IP -> hasClient = true;
            case NUMBER -> {
                draft.protocol(text, from, to);
                hasProtocolNumber = true;
            }
            case TRANSPORT -> {
                if (!hasProtocolNumber) { // a name such as "unknown (47)" tells less
                    draft.protocol(text, from, to);
                }
            }
            case BYTES -> bytes = count(field, text, from, to);
            case PACKETS -> packets = count(field, text, from, to);
            case OBSERVER -> draft.exporter(text, from, to);
            case EXPORTER -> exporter(text, from, to);
            case FINAL -> goesOn = json.is("false");
            case BIFLOW_DIRECTION -> biflowDirection = DecimalText.count(text, from, to);
            case TCP_FLAGS -> tcpFlags(text, from, to);
            case SAMPLING -> draft.samplingRate(text, from, to);
            case FIREWALL_EVENT -> draft.verdict(verdict(DecimalText.count(text, from, to)));
            case SWITCHED_START -> switchedStartMs = time(field, text, from, to, EpochUnit.MILLIS);
            case SWITCHED_START_S -> switchedStartMs = time(field, text, from, to, EpochUnit.SECONDS);
            case SWITCHED_START_US -> switchedStartMs = time(field, text, from, to, EpochUnit.MICROS);
            case SWITCHED_START_NS -> switchedStartMs = time(field, text, from, to, EpochUnit.NANOS);
            case SWITCHED_END -> switchedEndMs = time(field, text, from, to, EpochUnit.MILLIS);
            case SWITCHED_END_S -> switchedEndMs = time(field, text, from, to, EpochUnit.SECONDS);
            case SWITCHED_END_US -> switchedEndMs = time(field, text, from, to, EpochUnit.MICROS);
            case SWITCHED_END_NS -> switchedEndMs = time(field, text, from, to, EpochUnit.NANOS);
        }
    }

    private long time(Field field, byte[] text, int from, int to, EpochUnit unit) throws UndecodableException {
        return draft.time(field.paths[0], text, from, to, unit);
    }

    private static long count(Field field, byte[] text, int from, int to) throws UndecodableException {
        return FlowDraft.count(field.paths[0], text, from, to);
    }

    /** Only numbers: what else is written there differs from tool to tool. */
    private void tcpFlags(byte[] text, int from, int to) {
        if (from < to && text[from] >= '0' && text[from] <= '9') {
            draft.tcpFlags(TcpFlags.parse(text, from, to));
        }
    }

    /** An address and its port: {@code 192.0.2.1:2055}, {@code [2001:db8::1]:2055}. */
    private void exporter(byte[] text, int from, int to) {
        boolean bracketed = from < to && text[from] == '[';
        int start = bracketed ? from + 1 : from;
        int end = start;
        while (end < to && text[end] != (bracketed ? ']' : ':')) {
            end++;
        }
        draft.exporter(text, start, end);
    }

    private static Verdict verdict(long firewallEvent) {
        if (firewallEvent == FIREWALL_DENIED) {
            return Verdict.DENIED;
        }
        return firewallEvent > 0 ? Verdict.ALLOWED : Verdict.UNKNOWN;
    }

    private Outcome finish() throws UndecodableException {
        draft.exported(exportedMs);
        setTimes();
        boolean biflow = destinationBytes > 0 || destinationPackets > 0 || biflowDirection > 0 || isPacketbeat;
        draft.bytes = sourceBytes >= 0 ? sourceBytes : Math.max(-1, bytes - Math.max(0, destinationBytes));
        draft.packets = sourcePackets >= 0 ? sourcePackets : Math.max(-1, packets - Math.max(0, destinationPackets));
        if (biflow) {
            draft.reverse(Math.max(0, destinationBytes), Math.max(0, destinationPackets));
        }
        if (biflowDirection == FlowDraft.REVERSE_INITIATOR && !hasClient) {
            draft.swapEnds();
        }
        return draft.finish();
    }

    private void setTimes() {
        draft.startMs = orElse(draft.startMs, switchedStartMs);
        draft.endMs = orElse(draft.endMs, switchedEndMs);
        if (draft.startMs == FlowDraft.ABSENT) {
            draft.endMs = orElse(draft.endMs, exportedMs);
            draft.startMs = draft.endMs == FlowDraft.ABSENT ? FlowDraft.ABSENT : draft.endMs - durationMs;
        } else if (draft.endMs == FlowDraft.ABSENT) {
            draft.endMs = draft.startMs + durationMs;
        }
    }

    private static long orElse(long time, long otherwise) {
        return time == FlowDraft.ABSENT ? otherwise : time;
    }
}
