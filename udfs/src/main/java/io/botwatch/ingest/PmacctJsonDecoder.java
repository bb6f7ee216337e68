package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * pmacct's JSON ({@code nfacctd}, {@code sfacctd}, {@code pmacctd}), as printed and as sent to Kafka: one object a
 * record, or with {@code kafka_multi_values} several, each on a line; fields as the operator's {@code aggregate} has them.
 *
 * <p>Without flow times the start is {@code stamp_inserted}, the start of the time bin, because nothing better is there.
 * An end of all zeros ({@code pmacctd} has one record a packet) is the start. {@code stamp_updated} is no time of export: it
 * tells when the collector's bin was last touched.
 */
public final class PmacctJsonDecoder implements FlowDecoder {
    private final JsonObjects objects = new JsonObjects();
    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    /** The message whose objects are being read; null before the first. */
    private byte[] message;

    public PmacctJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none: the collector's, unless it runs with {@code timestamps_utc} */
    public PmacctJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        message = null;
        FlowDraft.checkSize(from, to);
        objects.open(bytes, from, to);
        message = bytes;
        return objects.hasNext() ? next(into) : Outcome.FRAMING;
    }

    @Override
    public boolean hasNext() {
        return message != null && objects.hasNext();
    }

    @Override
    public Outcome next(Flow into) throws UndecodableException {
        objects.next();
        draft.begin(into);
        long bin = FlowDraft.ABSENT;
        long exported = FlowDraft.ABSENT;
        long arrived = FlowDraft.ABSENT;
        boolean marker = false;
        try {
            json.open(message, objects.from(), objects.to());
            for (String name = json.next(); name != null; name = json.next()) {
                if (!json.isScalar()) {
                    if (name.equals("tcp_flags")) {
                        flagNames();
                    }
                    continue;
                }
                switch (name) {
                    case "event_type" -> marker = isMarker(json.text(), json.from(), json.to());
                    case "ip_src" -> draft.source(json.text(), json.from(), json.to());
                    case "ip_dst" -> draft.destination(json.text(), json.from(), json.to());
                    case "port_src" -> draft.srcPort(json.text(), json.from(), json.to());
                    case "port_dst" -> draft.dstPort(json.text(), json.from(), json.to());
                    case "ip_proto" -> draft.protocol(json.text(), json.from(), json.to());
                    case "tcp_flags" -> draft.tcpFlags(TcpFlags.parse(json.text(), json.from(), json.to()));
                    case "timestamp_start" -> draft.startMs = time(name);
                    case "timestamp_end" -> draft.endMs = time(name);
                    case "timestamp_export" -> exported = timeOrNone();
                    case "timestamp_arrival" -> arrived = timeOrNone();
                    case "stamp_inserted" -> bin = time(name);
                    case "packets" -> draft.packets = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "bytes" -> draft.bytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "sampling_rate" -> draft.samplingRate(json.text(), json.from(), json.to());
                    case "peer_ip_src" -> draft.exporter(json.text(), json.from(), json.to());
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
        draft.exported(exported > 0 ? exported : arrived);
        return draft.finish();
    }

    /** The daemon's own records around a batch: {@code purge_init}, {@code purge_close}, {@code log_init} and so on. */
    private static boolean isMarker(byte[] text, int from, int to) {
        return endsWith(text, from, to, "_init") || endsWith(text, from, to, "_close");
    }

    private static boolean endsWith(byte[] text, int from, int to, String suffix) {
        int at = to - suffix.length();
        for (int i = 0; i < suffix.length(); i++) {
            if (at < from || text[at + i] != suffix.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long time(String name) throws UndecodableException {
        // seconds since 1970 when "timestamps_since_epoch" is set, otherwise dates
        return draft.time(name, json.text(), json.from(), json.to(), EpochUnit.SECONDS);
    }

    private long timeOrNone() throws UndecodableException {
        return draft.timeOrNone(json.text(), json.from(), json.to(), EpochUnit.SECONDS);
    }

    /** With {@code tcpflags_encode_as_array} the flags are names in an array. */
    private void flagNames() throws UndecodableException {
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            if (json.isScalar()) {
                byte[] text = json.text();
                draft.tcpFlags(json.to() > json.from() ? TcpFlags.letter(text[json.from()]) : 0);
            }
        }
    }
}
