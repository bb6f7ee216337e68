package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * pmacct's JSON ({@code nfacctd}, {@code sfacctd}, {@code pmacctd}), as printed and as sent to Kafka: one object a
 * record, fields as the operator's {@code aggregate} has them.
 *
 * <p>Without flow times the start is {@code stamp_inserted}, the start of the time bin, because nothing better is there.
 * An end of all zeros ({@code pmacctd} has one record a packet) is the start.
 */
public final class PmacctJsonDecoder implements FlowDecoder {
    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    public PmacctJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none: the collector's, unless it runs with {@code timestamps_utc} */
    public PmacctJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        draft.begin(into);
        long bin = FlowDraft.ABSENT;
        boolean marker = false;
        try {
            json.open(bytes, from, to);
            for (String name = json.next(); name != null; name = json.next()) {
                switch (name) {
                    case "event_type" -> marker = json.scalar() && isMarker();
                    case "ip_src" -> {
                        if (json.scalar()) {
                            draft.source(json.text, 0, json.length);
                        }
                    }
                    case "ip_dst" -> {
                        if (json.scalar()) {
                            draft.destination(json.text, 0, json.length);
                        }
                    }
                    case "port_src" -> {
                        if (json.scalar()) {
                            draft.srcPort(json.text, 0, json.length);
                        }
                    }
                    case "port_dst" -> {
                        if (json.scalar()) {
                            draft.dstPort(json.text, 0, json.length);
                        }
                    }
                    case "ip_proto" -> {
                        if (json.scalar()) {
                            draft.protocol(json.text, 0, json.length);
                        }
                    }
                    case "tcp_flags" -> tcpFlags();
                    case "timestamp_start" -> draft.startMs = time(name);
                    case "timestamp_end" -> draft.endMs = time(name);
                    case "stamp_inserted" -> bin = time(name);
                    case "packets" -> {
                        if (json.scalar()) {
                            draft.packets = FlowDraft.count(name, json.text, 0, json.length);
                        }
                    }
                    case "bytes" -> {
                        if (json.scalar()) {
                            draft.bytes = FlowDraft.count(name, json.text, 0, json.length);
                        }
                    }
                    case "sampling_rate" -> {
                        if (json.scalar()) {
                            draft.samplingRate(json.text, 0, json.length);
                        }
                    }
                    case "peer_ip_src" -> {
                        if (json.scalar()) {
                            draft.exporter(json.text, 0, json.length);
                        }
                    }
                    default -> {}
                }
            }
            json.end();
        } finally {
            json.close();
        }
        if (marker) {
            return Outcome.FRAMING;
        }
        if (draft.startMs == FlowDraft.ABSENT) {
            draft.startMs = draft.endMs == FlowDraft.ABSENT ? bin : draft.endMs;
        }
        return draft.finish();
    }

    /** The daemon's own records around a batch: {@code purge_init}, {@code purge_close}, {@code log_init} and so on. */
    private boolean isMarker() {
        return json.textEndsWith("_init") || json.textEndsWith("_close");
    }

    private long time(String name) throws UndecodableException {
        // seconds since 1970 when "timestamps_since_epoch" is set, otherwise dates
        return json.scalar() ? draft.time(name, json.text, 0, json.length, EpochUnit.SECONDS) : FlowDraft.ABSENT;
    }

    /** A decimal number in a string, or with {@code tcpflags_encode_as_array} the flags' names. */
    private void tcpFlags() throws UndecodableException {
        if (json.enterArray()) {
            while (json.nextElement()) {
                if (json.scalar() && json.length > 0) {
                    draft.tcpFlags(TcpFlags.letter(json.text[0]));
                }
            }
        } else if (json.scalar()) {
            draft.tcpFlags(TcpFlags.parse(json.text, 0, json.length));
        }
    }
}
