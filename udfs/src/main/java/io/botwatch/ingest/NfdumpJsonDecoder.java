package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The objects of {@code nfdump -o json}, which prints them as the elements of one array; lines that hold only the array's
 * brackets or commas are framing.
 *
 * <p>When first is after last the two are swapped: nfdump 1.7.1 mixes them up when it reads some exporters' IPFIX. The
 * sampling rate stays 1, because the collector has scaled the counters already; {@code sampled} only says that it did.
 * Counters of the way back ({@code out_packets}, {@code out_bytes}) make the record a biflow.
 */
public final class NfdumpJsonDecoder implements FlowDecoder {
    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    public NfdumpJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of the times, none of which names one: that of the nfdump process */
    public NfdumpJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, true);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (isArrayFraming(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        draft.begin(into);
        long reverseBytes = 0;
        long reversePackets = 0;
        try {
            json.open(bytes, from, to);
            for (String name = json.next(); name != null; name = json.next()) {
                if (!json.isScalar()) {
                    continue;
                }
                switch (name) {
                    case "first" -> draft.startMs = time(name);
                    case "last" -> draft.endMs = time(name);
                    case "src4_addr", "src6_addr" -> draft.source(json.text(), json.from(), json.to());
                    case "dst4_addr", "dst6_addr" -> draft.destination(json.text(), json.from(), json.to());
                    case "src_port" -> draft.srcPort(json.text(), json.from(), json.to());
                    case "dst_port" -> draft.dstPort(json.text(), json.from(), json.to());
                    case "proto" -> draft.protocol(json.text(), json.from(), json.to());
                    case "tcp_flags" -> draft.tcpFlags(TcpFlags.parse(json.text(), json.from(), json.to()));
                    case "in_packets" -> draft.packets = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "in_bytes" -> draft.bytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "out_packets" -> reversePackets = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "out_bytes" -> reverseBytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "ip4_router", "ip6_router" -> draft.exporter(json.text(), json.from(), json.to());
                    case "received" -> draft.exported(draft.timeOrNone(json.text(), json.from(), json.to(), EpochUnit.GUESS));
                    case "fwd_status" -> draft.verdict(ForwardingStatus.verdict(json.text(), json.from(), json.to()));
                    default -> {}
                }
            }
            json.end();
        } finally {
            json.close();
        }
        if (reverseBytes > 0 || reversePackets > 0) {
            draft.reverse(reverseBytes, reversePackets);
        }
        return draft.finish();
    }

    private long time(String name) throws UndecodableException {
        return draft.time(name, json.text(), json.from(), json.to(), EpochUnit.GUESS);
    }

    private static boolean isArrayFraming(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            byte c = bytes[i];
            if (c != '[' && c != ']' && c != ',' && !FlowDraft.isWhiteSpace(c)) {
                return false;
            }
        }
        return true;
    }
}
