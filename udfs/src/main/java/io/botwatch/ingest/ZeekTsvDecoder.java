package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;

/**
 * Zeek's connection log in its own text format. The {@code #fields} line names the columns, so that added ones
 * ({@code _node_name} in front, labels behind) do no harm; until there is one, the columns of a plain conn.log are
 * expected. Lines that start with {@code #} are framing, and so are all lines of a log whose {@code #path} is neither conn nor
 * dns; of the latter those without a name, too.
 *
 * <p>See {@link ZeekConnection} for how a connection becomes a flow.
 */
public final class ZeekTsvDecoder implements FlowDecoder {
    private static final String[] CONN_COLUMNS = {
        "ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "service", "duration", "orig_bytes",
        "resp_bytes", "conn_state", "local_orig", "local_resp", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes",
        "resp_pkts", "resp_ip_bytes"
    };
    private static final int MAX_COLUMNS = 1000;

    private final DelimitedRow row = new DelimitedRow();
    private final ZeekConnection connection;

    /** By column; null where a column does not matter. Ends with the last that does. */
    private ZeekConnection.Field[] columns;

    private byte separator = '\t';
    private boolean otherLog;
    private boolean dnsLog;

    public ZeekTsvDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none; Zeek writes epoch seconds, which need none */
    public ZeekTsvDecoder(ZoneId zone) {
        connection = new ZeekConnection(zone);
        setColumns(CONN_COLUMNS);
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
        if (bytes[from] == '#') {
            directive(bytes, from, to);
            return Outcome.FRAMING;
        }
        if (otherLog) {
            return Outcome.FRAMING;
        }
        row.split(bytes, from, to, separator, columns.length);
        if (row.count() < 2) {
            throw new UndecodableException(Reason.MALFORMED, "a line with one column");
        }
        connection.begin(into);
        int count = Math.min(columns.length, row.count());
        for (int i = 0; i < count; i++) {
            if (columns[i] != null) {
                connection.set(columns[i], bytes, row.from(i), row.to(i));
            }
        }
        return connection.finish(dnsLog);
    }

    @Override
    public Lookup lookup() {
        return connection.lookup();
    }

    private void directive(byte[] bytes, int from, int to) {
        if (startsWith(bytes, from, to, "#separator ")) {
            // as an escape, "\x09", or as the character itself
            int at = from + "#separator ".length();
            long code = to - at >= 4 && bytes[at] == '\\' ? DecimalText.hex(bytes, at + 2, at + 4) : -1;
            separator = code > 0 && code < 128 ? (byte) code : at < to && bytes[at] != '\\' ? bytes[at] : (byte) '\t';
            return;
        }
        if (startsWith(bytes, from, to, "#fields")) {
            row.split(bytes, from, to, separator, MAX_COLUMNS);
            String[] names = new String[Math.max(0, row.count() - 1)];
            for (int i = 0; i < names.length; i++) {
                names[i] = row.text(i + 1);
            }
            setColumns(names);
        } else if (startsWith(bytes, from, to, "#path")) {
            row.split(bytes, from, to, separator, 2);
            dnsLog = row.has(1) && row.is(1, "dns");
            otherLog = row.has(1) && !dnsLog && !row.is(1, "conn");
        }
    }

    private void setColumns(String[] names) {
        ZeekConnection.Field[] fields = new ZeekConnection.Field[names.length];
        int used = 0;
        for (int i = 0; i < names.length; i++) {
            fields[i] = ZeekConnection.Field.named(names[i]);
            if (fields[i] != null) {
                used = i + 1;
            }
        }
        columns = Arrays.copyOf(fields, used);
    }

    private static boolean startsWith(byte[] bytes, int from, int to, String prefix) {
        byte[] expected = prefix.getBytes(StandardCharsets.US_ASCII);
        int end = from + expected.length;
        return end <= to && Arrays.equals(bytes, from, end, expected, 0, expected.length);
    }
}
