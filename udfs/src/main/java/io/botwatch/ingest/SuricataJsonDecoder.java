package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Suricata's eve.json, bare or as AWS Network Firewall wraps it ({@code "event":{…}}).
 *
 * <p>A {@code flow} event is a whole connection and becomes a biflow whose source is the client; TCP flags are the
 * client's. A {@code netflow} event is one direction of a connection. An installation may write both of the same
 * connection: send one kind. Every other event (alerts, DNS, statistics) is framing.
 */
public final class SuricataJsonDecoder implements FlowDecoder {
    private enum Event {
        UNTOLD,
        FLOW,
        NETFLOW,
        OTHER
    }

    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    private Event event;
    private long reverseBytes;
    private long reversePackets;
    private int flags;

    /** Flags of the client alone; -1 when they are not told apart. */
    private int clientFlags;


    public SuricataJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none: Suricata's always do */
    public SuricataJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        draft.begin(into);
        event = Event.UNTOLD;
        reverseBytes = reversePackets = flags = 0;
        clientFlags = -1;
        try {
            json.open(bytes, from, to);
            readFields(true);
            if (event == Event.OTHER) {
                return Outcome.FRAMING;
            }
            json.end();
        } finally {
            json.close();
        }
        if (event == Event.UNTOLD) {
            throw new UndecodableException(Reason.MISSING_FIELD, "no event_type");
        }
        draft.tcpFlags(event == Event.FLOW && clientFlags >= 0 ? clientFlags : flags);
        if (event == Event.FLOW) {
            draft.reverse(reverseBytes, reversePackets);
        }
        return draft.finish();
    }

    /** Stops at the type of an event that is none of ours. */
    private void readFields(boolean outermost) throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            switch (name) {
                case "event" -> {
                    if (outermost && json.enterObject()) {
                        readFields(false);
                    }
                }
                case "flow", "netflow" -> {
                    if (json.enterObject()) {
                        readCounters();
                    }
                }
                case "tcp" -> {
                    if (json.enterObject()) {
                        readFlags();
                    }
                }
                default -> {
                    if (json.isScalar()) {
                        readField(name);
                    }
                }
            }
            if (event == Event.OTHER) {
                return;
            }
        }
    }

    private void readField(String name) throws UndecodableException {
        switch (name) {
            case "event_type" -> event = event();
            case "timestamp" -> draft.exported(draft.timeOrNone(json.text(), 0, json.length(), EpochUnit.GUESS));
            case "src_ip" -> draft.source(json.text(), 0, json.length());
            case "dest_ip" -> draft.destination(json.text(), 0, json.length());
            case "src_port" -> draft.srcPort(json.text(), 0, json.length());
            case "dest_port" -> draft.dstPort(json.text(), 0, json.length());
            case "proto" -> draft.protocol(json.text(), 0, json.length());
            default -> {}
        }
    }

    /** Of {@code flow} or of {@code netflow}: their names do not clash. */
    private void readCounters() throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            if (!json.isScalar()) {
                continue;
            }
            switch (name) {
                case "start" -> draft.startMs = time(name);
                case "end" -> draft.endMs = time(name);
                case "pkts_toserver", "pkts" -> draft.packets = FlowDraft.count(name, json.text(), 0, json.length());
                case "bytes_toserver", "bytes" -> draft.bytes = FlowDraft.count(name, json.text(), 0, json.length());
                case "pkts_toclient" -> reversePackets = FlowDraft.count(name, json.text(), 0, json.length());
                case "bytes_toclient" -> reverseBytes = FlowDraft.count(name, json.text(), 0, json.length());
                case "action" -> draft.verdict(verdict());
                default -> {}
            }
        }
    }

    private void readFlags() throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            if (!json.isScalar()) {
                continue;
            }
            switch (name) {
                case "tcp_flags" -> flags = hexFlags();
                case "tcp_flags_ts" -> clientFlags = hexFlags();
                default -> {}
            }
        }
    }

    /** Hexadecimal without a prefix; a hint, so what is none counts as no flags. */
    private int hexFlags() throws UndecodableException {
        byte[] text = json.text();
        return (int) Math.max(0, DecimalText.hex(text, 0, json.length())) & 0xFF;
    }

    private long time(String name) throws UndecodableException {
        return draft.time(name, json.text(), 0, json.length(), EpochUnit.GUESS);
    }

    private Event event() throws UndecodableException {
        if (json.is("flow")) {
            return Event.FLOW;
        }
        return json.is("netflow") ? Event.NETFLOW : Event.OTHER;
    }

    /** What an inline Suricata did with the flow. */
    private Verdict verdict() throws UndecodableException {
        if (json.is("drop")) {
            return Verdict.DENIED;
        }
        return json.is("pass") || json.is("accept") ? Verdict.ALLOWED : Verdict.UNKNOWN;
    }
}
