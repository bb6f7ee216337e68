package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * Zeek's connection log as JSON: one object a record, keys with dots ({@code id.orig_h}), with underscores
 * ({@code id_orig_h}) or nested ({@code "id":{"orig_h":…}}), bare or wrapped ({@code "conn":{…}}).
 *
 * <p>Records of Zeek's other logs, which share a stream in many installations, are framing. See {@link ZeekConnection}
 * for how a connection becomes a flow.
 */
public final class ZeekJsonDecoder implements FlowDecoder {
    /** Logs that wrap their records as {@code {"dns":{…}}} in a stream of several. */
    private static final Set<String> OTHER_LOGS = Set.of(
            "dns", "http", "ssl", "files", "x509", "weird", "notice", "dhcp", "ntp", "smtp", "ssh", "smb_files",
            "smb_mapping", "dce_rpc", "kerberos", "ntlm", "rdp", "ftp", "irc", "sip", "snmp", "dpd", "pe", "tunnel",
            "capture_loss", "stats", "software", "known_hosts", "known_services", "known_certs", "conn_long", "open_conn");

    private final JsonFields json = new JsonFields();
    private final ZeekConnection connection;

    /** Whether the record says that it is of another log. */
    private boolean otherLog;

    public ZeekJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none */
    public ZeekJsonDecoder(ZoneId zone) {
        connection = new ZeekConnection(zone);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        connection.begin(into);
        otherLog = false;
        try {
            json.open(bytes, from, to);
            readFields(true);
            if (otherLog) {
                return Outcome.FRAMING;
            }
            json.end();
        } finally {
            json.close();
        }
        return connection.finish();
    }

    private void readFields(boolean outermost) throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            switch (name) {
                case "_path", "@stream" -> {
                    if (json.scalar() && !json.textIs("conn")) {
                        otherLog = true;
                        return;
                    }
                }
                case "conn" -> {
                    if (outermost && json.enterObject()) {
                        readFields(false);
                        if (otherLog) {
                            return;
                        }
                    }
                }
                case "id" -> {
                    if (json.enterObject()) {
                        for (String end = json.next(); end != null; end = json.next()) {
                            readField(ZeekConnection.Field.ofEnd(end));
                        }
                    }
                }
                default -> {
                    ZeekConnection.Field field = ZeekConnection.Field.named(name);
                    if (field != null) {
                        readField(field);
                    } else if (outermost && OTHER_LOGS.contains(name) && json.enterObject()) {
                        otherLog = true;
                        return;
                    }
                }
            }
        }
    }

    private void readField(ZeekConnection.Field field) throws UndecodableException {
        if (field != null && json.scalar()) {
            connection.set(field, json.text, 0, json.length);
        }
    }
}
