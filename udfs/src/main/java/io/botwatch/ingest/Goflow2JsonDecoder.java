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
        long startSeconds = FlowDraft.ABSENT;
        long endSeconds = FlowDraft.ABSENT;
        try {
            json.open(bytes, from, to);
            for (String name = json.next(); name != null; name = json.next()) {
                if (!json.isScalar()) {
                    continue;
                }
                switch (name) {
                    case "time_flow_start_ns" -> draft.startMs = time(name, EpochUnit.NANOS, draft.startMs);
                    case "time_flow_end_ns" -> draft.endMs = time(name, EpochUnit.NANOS, draft.endMs);
                    case "time_received_ns" -> received = time(name, EpochUnit.NANOS, received);
                    case "TimeFlowStartMs" -> draft.startMs = time(name, EpochUnit.MILLIS, draft.startMs);
                    case "TimeFlowEndMs" -> draft.endMs = time(name, EpochUnit.MILLIS, draft.endMs);
                    case "TimeFlowStart" -> startSeconds = time(name, EpochUnit.SECONDS, FlowDraft.ABSENT);
                    case "TimeFlowEnd" -> endSeconds = time(name, EpochUnit.SECONDS, FlowDraft.ABSENT);
                    case "TimeReceived" -> received = time(name, EpochUnit.SECONDS, received);
                    case "src_addr", "SrcAddr" -> draft.source(json.text(), json.from(), json.to());
                    case "dst_addr", "DstAddr" -> draft.destination(json.text(), json.from(), json.to());
                    case "src_port", "SrcPort" -> draft.srcPort(json.text(), json.from(), json.to());
                    case "dst_port", "DstPort" -> draft.dstPort(json.text(), json.from(), json.to());
                    case "proto", "Proto" -> draft.protocol(json.text(), json.from(), json.to());
                    case "etype", "Etype" -> {
                        if (!isIp(json.text(), json.from(), json.to())) {
                            draft.notIp();
                        }
                    }
                    case "bytes", "Bytes" -> draft.bytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "packets", "Packets" -> draft.packets = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "sampling_rate", "SamplingRate" -> draft.samplingRate(json.text(), json.from(), json.to());
                    case "sampler_address", "SamplerAddress" -> draft.exporter(json.text(), json.from(), json.to());
                    case "tcp_flags", "TcpFlags", "TCPFlags" ->
                        draft.tcpFlags(TcpFlags.parse(json.text(), json.from(), json.to()));
                    case "forwarding_status", "ForwardingStatus" ->
                        draft.verdict(ForwardingStatus.verdict(json.text(), json.from(), json.to()));
                    default -> {}
                }
            }
            json.end();
        } finally {
            json.close();
        }
        draft.startMs = orElse(draft.startMs, orElse(startSeconds, received));
        draft.endMs = orElse(draft.endMs, endSeconds);
        draft.exported(received);
        return draft.finish();
    }

    /** The value's time; {@code otherwise} when it is absent or 0, which is how protobuf leaves a field unset. */
    private long time(String name, EpochUnit unit, long otherwise) throws UndecodableException {
        long time = draft.time(name, json.text(), json.from(), json.to(), unit);
        return time == 0 || time == FlowDraft.ABSENT ? otherwise : time;
    }

    private static long orElse(long time, long otherwise) {
        return time == FlowDraft.ABSENT ? otherwise : time;
    }

    /** Whether the EtherType, a name or a number, is one of IP's, or not given. */
    static boolean isIp(byte[] text, int from, int to) {
        if (from == to) {
            return true;
        }
        if (to - from == 4 && (text[from] | 0x20) == 'i' && (text[from + 3] == '4' || text[from + 3] == '6')) {
            return true; // IPv4, IPv6
        }
        return EtherType.isIpOrUnset(DecimalText.unsigned16(text, from, to));
    }
}
