package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * goflow2's JSON: one object a record, times in nanoseconds, counters not scaled by {@code sampling_rate}. Reads the
 * snake_case names of version 1.1 and later and the CamelCase ones before (times in seconds or {@code …Ms}).
 *
 * <p>A start of 0 means that the exporter sent none; the time that the collector received the record stands in.
 */
public final class Goflow2JsonDecoder implements FlowDecoder {
    private static final int ETHERTYPE_V4 = 0x0800;
    private static final int ETHERTYPE_V6 = 0x86DD;

    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    public Goflow2JsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none, which a mapping file may produce */
    public Goflow2JsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        draft.begin(into);
        long received = FlowDraft.ABSENT;
        try {
            json.open(bytes, from, to);
            for (String name = json.next(); name != null; name = json.next()) {
                switch (name) {
                    case "time_flow_start_ns", "TimeFlowStartNs" -> draft.startMs = time(name, EpochUnit.NANOS, draft.startMs);
                    case "TimeFlowStartMs" -> draft.startMs = time(name, EpochUnit.MILLIS, draft.startMs);
                    case "TimeFlowStart" -> draft.startMs = orElse(draft.startMs, time(name, EpochUnit.SECONDS, FlowDraft.ABSENT));
                    case "time_flow_end_ns", "TimeFlowEndNs" -> draft.endMs = time(name, EpochUnit.NANOS, draft.endMs);
                    case "TimeFlowEndMs" -> draft.endMs = time(name, EpochUnit.MILLIS, draft.endMs);
                    case "TimeFlowEnd" -> draft.endMs = orElse(draft.endMs, time(name, EpochUnit.SECONDS, FlowDraft.ABSENT));
                    case "time_received_ns", "TimeReceivedNs" -> received = time(name, EpochUnit.NANOS, received);
                    case "TimeReceived" -> received = orElse(received, time(name, EpochUnit.SECONDS, FlowDraft.ABSENT));
                    case "src_addr", "SrcAddr" -> {
                        if (json.scalar()) {
                            draft.source(json.text, 0, json.length);
                        }
                    }
                    case "dst_addr", "DstAddr" -> {
                        if (json.scalar()) {
                            draft.destination(json.text, 0, json.length);
                        }
                    }
                    case "src_port", "SrcPort" -> {
                        if (json.scalar()) {
                            draft.srcPort(json.text, 0, json.length);
                        }
                    }
                    case "dst_port", "DstPort" -> {
                        if (json.scalar()) {
                            draft.dstPort(json.text, 0, json.length);
                        }
                    }
                    case "proto", "Proto" -> {
                        if (json.scalar()) {
                            draft.protocol(json.text, 0, json.length);
                        }
                    }
                    case "etype", "Etype" -> {
                        if (json.scalar() && !isIp()) {
                            draft.notIp();
                        }
                    }
                    case "bytes", "Bytes" -> {
                        if (json.scalar()) {
                            draft.bytes = FlowDraft.count(name, json.text, 0, json.length);
                        }
                    }
                    case "packets", "Packets" -> {
                        if (json.scalar()) {
                            draft.packets = FlowDraft.count(name, json.text, 0, json.length);
                        }
                    }
                    case "sampling_rate", "SamplingRate" -> {
                        if (json.scalar()) {
                            draft.samplingRate(json.text, 0, json.length);
                        }
                    }
                    case "sampler_address", "SamplerAddress" -> {
                        if (json.scalar()) {
                            draft.exporter(json.text, 0, json.length);
                        }
                    }
                    case "tcp_flags", "TcpFlags", "TCPFlags" -> {
                        if (json.scalar()) {
                            draft.tcpFlags(TcpFlags.parse(json.text, 0, json.length));
                        }
                    }
                    default -> {}
                }
            }
            json.end();
        } finally {
            json.close();
        }
        draft.startMs = orElse(draft.startMs, received);
        return draft.finish();
    }

    /** The value's time; {@code otherwise} when it is absent or 0, which is how protobuf leaves a field unset. */
    private long time(String name, EpochUnit unit, long otherwise) throws UndecodableException {
        if (!json.scalar()) {
            return otherwise;
        }
        long time = draft.time(name, json.text, 0, json.length, unit);
        return time == 0 || time == FlowDraft.ABSENT ? otherwise : time;
    }

    private static long orElse(long time, long otherwise) {
        return time == FlowDraft.ABSENT ? otherwise : time;
    }

    /** Whether the EtherType, a name or a number, is one of IP, or not given. */
    private boolean isIp() {
        if (json.length == 0 || json.textIs("IPv4") || json.textIs("IPv6")) {
            return true;
        }
        long number = json.length > 2 && json.text[0] == '0' && (json.text[1] | 0x20) == 'x'
                ? DecimalText.hex(json.text, 2, json.length)
                : DecimalText.count(json.text, 0, json.length);
        return number == 0 || number == ETHERTYPE_V4 || number == ETHERTYPE_V6;
    }
}
