package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;

/**
 * One record of Zeek's connection log on its way to a flow, or of its DNS log to a lookup, for both of Zeek's notations.
 *
 * <p>Always a biflow; bytes are those of IP packets, headers included, as NetFlow counts them, and the payload only where
 * Zeek did not count packets. TCP flags are the originator's, from the history. Zeek calls ICMP of both IP versions
 * {@code icmp}: with IPv6 addresses it becomes ICMPv6.
 */
final class ZeekConnection {

    /** The fields of conn.log and dns.log that matter. */
    enum Field {
        TS,
        ORIG_H,
        ORIG_P,
        RESP_H,
        RESP_P,
        PROTO,
        DURATION,
        ORIG_BYTES,
        RESP_BYTES,
        CONN_STATE,
        HISTORY,
        ORIG_PKTS,
        ORIG_IP_BYTES,
        RESP_PKTS,
        RESP_IP_BYTES,
        IP_PROTO,
        QUERY,
        RCODE,
        ANSWERS;

        /** The field of a column or key, or null. */
        static Field named(String name) {
            return switch (name) {
                case "ts" -> TS;
                case "id.orig_h", "id_orig_h" -> ORIG_H;
                case "id.orig_p", "id_orig_p" -> ORIG_P;
                case "id.resp_h", "id_resp_h" -> RESP_H;
                case "id.resp_p", "id_resp_p" -> RESP_P;
                case "proto" -> PROTO;
                case "duration" -> DURATION;
                case "orig_bytes" -> ORIG_BYTES;
                case "resp_bytes" -> RESP_BYTES;
                case "conn_state" -> CONN_STATE;
                case "history" -> HISTORY;
                case "orig_pkts" -> ORIG_PKTS;
                case "orig_ip_bytes" -> ORIG_IP_BYTES;
                case "resp_pkts" -> RESP_PKTS;
                case "resp_ip_bytes" -> RESP_IP_BYTES;
                case "ip_proto" -> IP_PROTO;
                case "query" -> QUERY;
                case "rcode" -> RCODE;
                case "answers" -> ANSWERS;
                default -> null;
            };
        }

        /** The field of a key within a nested {@code id}, or null. */
        static Field ofEnd(String name) {
            return switch (name) {
                case "orig_h" -> ORIG_H;
                case "orig_p" -> ORIG_P;
                case "resp_h" -> RESP_H;
                case "resp_p" -> RESP_P;
                default -> null;
            };
        }
    }

    private static final long ABSENT = -1;

    private final FlowDraft draft;
    private final LookupDraft lookup = new LookupDraft();

    private long durationMs;
    private long origBytes;
    private long respBytes;
    private long origIpBytes;
    private long respIpBytes;
    private long respPackets;
    private int ipProtocol;

    /** Whether a field was seen that only the connection log has. */
    private boolean isConnection;

    /** Whether a field was seen that only the DNS log has. */
    private boolean isLookup;

    ZeekConnection(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    void begin(Flow into) {
        draft.begin(into);
        durationMs = 0;
        origBytes = respBytes = origIpBytes = respIpBytes = respPackets = ABSENT;
        ipProtocol = ProtocolNames.UNKNOWN;
        isConnection = false;
        isLookup = false;
        lookup.begin();
    }

    Lookup lookup() {
        return lookup.finish();
    }

    void set(Field field, byte[] text, int from, int to) throws UndecodableException {
        if (FlowDraft.isUnset(text, from, to)) {
            return;
        }
        switch (field) {
            case TS -> draft.startMs = draft.time("ts", text, from, to, EpochUnit.GUESS);
            case ORIG_H -> draft.source(text, from, to);
            case ORIG_P -> draft.srcPort(text, from, to);
            case RESP_H -> draft.destination(text, from, to);
            case RESP_P -> draft.dstPort(text, from, to);
            case PROTO -> draft.protocol(text, from, to);
            case DURATION -> durationMs = FlowDraft.durationMs("duration", text, from, to);
            case ORIG_BYTES -> origBytes = FlowDraft.count("orig_bytes", text, from, to);
            case RESP_BYTES -> respBytes = FlowDraft.count("resp_bytes", text, from, to);
            case CONN_STATE -> isConnection = true;
            case HISTORY -> draft.tcpFlags(TcpFlags.ofZeekHistory(text, from, to));
            case ORIG_PKTS -> draft.packets = FlowDraft.count("orig_pkts", text, from, to);
            case ORIG_IP_BYTES -> origIpBytes = FlowDraft.count("orig_ip_bytes", text, from, to);
            case RESP_PKTS -> respPackets = FlowDraft.count("resp_pkts", text, from, to);
            case RESP_IP_BYTES -> respIpBytes = FlowDraft.count("resp_ip_bytes", text, from, to);
            case IP_PROTO -> ipProtocol = ProtocolNames.number(text, from, to);
            case QUERY -> {
                isLookup = true;
                lookup.name(text, from, to);
            }
            case ANSWERS -> lookup.answers(text, from, to);
            case RCODE -> {
                isLookup = true;
                lookup.rcode(text, from, to);
            }
        }
    }

    /** @param dns whether the record is known to be of the DNS log */
    Outcome finish(boolean dns) throws UndecodableException {
        if (dns || isLookup && !isConnection) {
            return lookup.hasName() ? draft.finishLookup() : Outcome.FRAMING;
        }
        if (!isConnection && draft.packets < 0 && origIpBytes < 0 && origBytes < 0) {
            throw new UndecodableException(
                    Reason.MISSING_FIELD, "no conn_state and no counters: not a record of the connection log");
        }
        if (draft.protocol == ProtocolNames.ICMP && draft.sourceIsV6()) {
            draft.protocol = ProtocolNames.ICMP_V6;
        } else if (draft.protocol == ProtocolNames.UNKNOWN && ipProtocol >= 0) {
            draft.protocol = ipProtocol;
            draft.hasProtocol = true;
        }
        if (draft.startMs != FlowDraft.ABSENT) {
            draft.endMs = draft.startMs + durationMs;
        }
        draft.bytes = Math.max(0, origIpBytes >= 0 ? origIpBytes : origBytes);
        draft.packets = Math.max(0, draft.packets);
        draft.reverse(Math.max(0, respIpBytes >= 0 ? respIpBytes : respBytes), Math.max(0, respPackets));
        return draft.finish();
    }
}
