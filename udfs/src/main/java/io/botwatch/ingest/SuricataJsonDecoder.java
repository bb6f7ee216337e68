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
 * connection: send one kind. The answer of a {@code dns} event becomes a lookup. Every other event (alerts, queries, statistics)
 * is framing.
 */
public final class SuricataJsonDecoder implements FlowDecoder {
    private static final int DNS_PORT = 53;

    private enum Event {
        UNTOLD,
        FLOW,
        NETFLOW,
        DNS,
        OTHER
    }

    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;
    private final LookupDraft lookup = new LookupDraft();

    private Event event;
    private long reverseBytes;
    private long reversePackets;
    private int flags;

    /** Flags of the client alone; -1 when they are not told apart. */
    private int clientFlags;

    /** Epoch ms; {@link FlowDraft#ABSENT} when it was not seen. */
    private long loggedMs;

    /** Whether a {@code dns} event is the answer. */
    private boolean answer;

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
        loggedMs = FlowDraft.ABSENT;
        answer = false;
        lookup.begin();
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
        if (event == Event.DNS) {
            return finishLookup();
        }
        draft.tcpFlags(event == Event.FLOW && clientFlags >= 0 ? clientFlags : flags);
        if (event == Event.FLOW) {
            draft.reverse(reverseBytes, reversePackets);
        }
        return draft.finish();
    }

    /** Who asked is whoever does not hold the name server's port. */
    private Outcome finishLookup() throws UndecodableException {
        if (!answer || !lookup.hasName()) {
            return Outcome.FRAMING;
        }
        draft.startMs = loggedMs;
        if (draft.comesFrom(DNS_PORT)) {
            draft.swapEnds();
        }
        return draft.finishLookup();
    }

    @Override
    public Lookup lookup() {
        return lookup.finish();
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
                case "dns" -> {
                    if (json.enterObject()) {
                        readLookup();
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
            case "timestamp" -> {
                loggedMs = draft.timeOrNone(json.text(), json.from(), json.to(), EpochUnit.GUESS);
                draft.exported(loggedMs);
            }
            case "src_ip" -> draft.source(json.text(), json.from(), json.to());
            case "dest_ip" -> draft.destination(json.text(), json.from(), json.to());
            case "src_port" -> draft.srcPort(json.text(), json.from(), json.to());
            case "dest_port" -> draft.dstPort(json.text(), json.from(), json.to());
            case "proto" -> draft.protocol(json.text(), json.from(), json.to());
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
                case "pkts_toserver", "pkts" -> draft.packets = FlowDraft.count(name, json.text(), json.from(), json.to());
                case "bytes_toserver", "bytes" -> draft.bytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                case "pkts_toclient" -> reversePackets = FlowDraft.count(name, json.text(), json.from(), json.to());
                case "bytes_toclient" -> reverseBytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                case "action" -> draft.verdict(verdict());
                default -> {}
            }
        }
    }

    /** Up to version 7 the name is the event's, from 8 on it is in a list of questions. */
    private void readLookup() throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            switch (name) {
                case "type" -> answer = json.isScalar() && (json.is("answer") || json.is("response"));
                case "rrname" -> {
                    if (json.isScalar()) {
                        lookup.name(json.text(), json.from(), json.to());
                    }
                }
                case "rcode" -> {
                    if (json.isScalar()) {
                        lookup.rcode(json.text(), json.from(), json.to());
                    }
                }
                case "rdata" -> {
                    if (json.isScalar()) {
                        lookup.answers(json.text(), json.from(), json.to());
                    }
                }
                case "answers" -> {
                    if (json.enterArray()) {
                        readAnswers();
                    }
                }
                case "queries" -> {
                    if (json.enterArray()) {
                        readQuestions();
                    }
                }
                default -> {}
            }
        }
    }

    /** Of one record each. */
    private void readAnswers() throws UndecodableException {
        while (json.nextElement()) {
            if (json.enterObject()) {
                for (String name = json.next(); name != null; name = json.next()) {
                    if (name.equals("rdata") && json.isScalar()) {
                        lookup.answers(json.text(), json.from(), json.to());
                    }
                }
            }
        }
    }

    private void readQuestions() throws UndecodableException {
        while (json.nextElement()) {
            if (json.enterObject()) {
                for (String name = json.next(); name != null; name = json.next()) {
                    if (name.equals("rrname") && json.isScalar() && !lookup.hasName()) {
                        lookup.name(json.text(), json.from(), json.to());
                    }
                }
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
        return (int) Math.max(0, DecimalText.hex(json.text(), json.from(), json.to())) & 0xFF;
    }

    private long time(String name) throws UndecodableException {
        return draft.time(name, json.text(), json.from(), json.to(), EpochUnit.GUESS);
    }

    private Event event() throws UndecodableException {
        if (json.is("flow")) {
            return Event.FLOW;
        }
        return json.is("netflow") ? Event.NETFLOW : json.is("dns") ? Event.DNS : Event.OTHER;
    }

    /** What an inline Suricata did with the flow. */
    private Verdict verdict() throws UndecodableException {
        if (json.is("drop")) {
            return Verdict.DENIED;
        }
        return json.is("pass") || json.is("accept") ? Verdict.ALLOWED : Verdict.UNKNOWN;
    }
}
