package io.botwatch.finding;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * A finding as one line of CSV (RFC 4180), for a report or a spreadsheet; independent of the locale.
 *
 * <p>Cells that a spreadsheet would take for a formula get a leading apostrophe. A cell is empty where it has no meaning.
 */
public final class FlatView {
    /** The first line, without line end. */
    public static final String HEADER = "uid,rule,type,severity,first_seen,last_seen,src_ip,relay_ip,dst_ip,dst_port,"
            + "proto,connections,distinct_sources,distinct_targets,score,period_s,jitter,message";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private FlatView() {}

    /** The line of one finding, without line end; a quoted cell may hold line ends. */
    public static String row(Finding finding) {
        StringBuilder row = new StringBuilder(256);
        cell(row, finding.uid);
        cell(row, finding.ruleId);
        cell(row, finding.type == null ? null : finding.type.label());
        cell(row, finding.severity == null ? null : finding.severity.label());
        cell(row, time(finding.firstSeenMs));
        cell(row, time(finding.lastSeenMs));
        cell(row, finding.src);
        cell(row, finding.relay);
        cell(row, finding.dst);
        cell(row, count(finding.dstPort));
        cell(row, protocol(finding.protocol));
        cell(row, count(finding.connections));
        cell(row, count(finding.distinctSources));
        cell(row, count(finding.distinctTargets));
        cell(row, decimals(finding.score, false));
        cell(row, decimals(finding.periodSeconds, true));
        cell(row, decimals(finding.jitter, false));
        cell(row, finding.message);
        row.setLength(row.length() - 1);
        return row.toString();
    }

    /** ISO-8601 in UTC with milliseconds, e.g. {@code 2011-08-16T08:01:46.972Z}. */
    public static String time(long epochMs) {
        return TIME.format(Instant.ofEpochMilli(epochMs));
    }

    /** {@code tcp}, {@code udp} or {@code icmp}, else the IANA number; null where there is none (-1). */
    public static String protocol(int number) {
        return switch (number) {
            case 1 -> "icmp";
            case 6 -> "tcp";
            case 17 -> "udp";
            default -> count(number);
        };
    }

    private static String count(long count) {
        return count < 0 ? null : Long.toString(count);
    }

    /** Three decimals; null for NaN and infinities. */
    static String decimals(double value, boolean stripped) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return null;
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
        return (stripped ? rounded.stripTrailingZeros() : rounded).toPlainString();
    }

    private static void cell(StringBuilder row, Object value) {
        String text = value == null ? "" : value.toString();
        if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        boolean quoted = text.indexOf(',') >= 0
                || text.indexOf('"') >= 0
                || text.indexOf('\n') >= 0
                || text.indexOf('\r') >= 0;
        if (quoted) {
            row.append('"').append(text.replace("\"", "\"\"")).append('"');
        } else {
            row.append(text);
        }
        row.append(',');
    }
}
