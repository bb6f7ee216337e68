package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

/**
 * Zeek's connection log as JSON: one object a record, keys with dots ({@code id.orig_h}), with underscores
 * ({@code id_orig_h}) or nested ({@code "id":{"orig_h":…}}), bare or wrapped ({@code "conn":{…}}).
 *
 * <p>Records of its DNS log become lookups, or framing where they have no name. Records of Zeek's other logs, which share a
 * stream in many installations, are framing. See {@link ZeekConnection}
 * for how a connection becomes a flow.
 */
public final class ZeekJsonDecoder implements FlowDecoder {
    /** Logs that wrap their records as {@code {"dns":{…}}} in a stream of several. */
    private static final Set<String> OTHER_LOGS = Set.of(
            "capture_loss", "conn_long", "dce_rpc", "dhcp", "dpd", "files", "ftp", "http", "irc", "kerberos",
            "known_certs", "known_hosts", "known_services", "notice", "ntlm", "ntp", "open_conn", "pe", "rdp", "sip",
            "smb_files", "smb_mapping", "smtp", "snmp", "software", "ssh", "ssl", "stats", "tunnel", "weird", "x509");

    private final JsonFields json = new JsonFields();
    private final ZeekConnection connection;

    /** Whether the record says that it is of another log. */
    private boolean otherLog;

    /** Whether it says that it is of the DNS log. */
    private boolean dnsLog;

    public ZeekJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none */
    public ZeekJsonDecoder(ZoneId zone) {
        connection = new ZeekConnection(zone);
    }

    @Override
    public boolean hasConnections() {
        return true;
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        connection.begin(into);
        otherLog = false;
        dnsLog = false;
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
        return connection.finish(dnsLog);
    }

    @Override
    public Lookup lookup() {
        return connection.lookup();
    }

    private void readFields(boolean outermost) throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            switch (name) {
                case "_path", "@stream" -> {
                    if (json.isScalar()) {
                        dnsLog = json.is("dns");
                        if (!dnsLog && !json.is("conn")) {
                            otherLog = true;
                            return;
                        }
                    }
                }
                case "conn", "dns" -> {
                    if (outermost && json.enterObject()) {
                        dnsLog |= name.equals("dns");
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
        if (field != null && json.isScalar()) {
            connection.set(field, json.text(), json.from(), json.to());
        } else if (field == ZeekConnection.Field.ANSWERS && json.enterArray()) {
            while (json.nextElement()) {
                readField(field);
            }
        }
    }
}
