package io.botwatch.finding;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Writes a finding as one line of LEEF 2.0 (IBM Log Event Extended Format), attributes separated by tabs.
 *
 * <p>LEEF has no escapes: control characters become blanks, and in the header {@code |} becomes {@code /}. An attribute is
 * absent where it has no meaning. Measures are named {@code m_} and their name.
 */
public final class LeefWriter extends FindingWriter {
    private static final long serialVersionUID = 1;

    private final String tenant;
    private final String productVersion;

    public LeefWriter(String tenant, String productVersion) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.productVersion = Objects.requireNonNull(productVersion, "productVersion");
    }

    @Override
    byte[] line(Finding finding, Room room, int whole) {
        StringBuilder line = new StringBuilder(1024)
                .append("LEEF:2.0|Botwatch|Botwatch|")
                .append(header(room, productVersion))
                .append('|')
                .append(header(room, finding.ruleId))
                .append("|x09|");
        String separator = "";
        for (Map.Entry<String, Object> attribute : attributes(finding, room, whole).entrySet()) {
            String value = attribute.getValue() == null ? "" : attribute.getValue().toString();
            if (!value.isEmpty()) {
                line.append(separator).append(attribute.getKey()).append('=').append(clean(room.cut(value)));
                separator = "\t";
            }
        }
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** By name; of equal names the last. Those without a value are left out. */
    private Map<String, Object> attributes(Finding finding, Room room, int whole) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("devTime", FlatView.time(finding.timeMs));
        all.put("devTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSX");
        all.put("cat", finding.type.label());
        all.put("sev", severity(finding.severity));
        all.put("severity", finding.severity.label());
        all.put("src", finding.src);
        all.put("dst", finding.dst);
        all.put("dstPort", known(finding.dstPort));
        all.put("proto", known(finding.protocol));
        all.put("relay", finding.relay);
        all.put("findingUid", finding.uid);
        all.put("activity", finding.activity.name().toLowerCase(Locale.ROOT));
        all.put("ruleName", finding.ruleTitle);
        all.put("connCount", finding.connections);
        all.put("distinctSources", known(finding.distinctSources));
        all.put("distinctTargets", known(finding.distinctTargets));
        all.put("score", FlatView.decimals(finding.score, false));
        all.put("periodSec", FlatView.decimals(finding.periodSeconds, true));
        all.put("jitter", FlatView.decimals(finding.jitter, false));
        all.put("confidence", finding.confidence == null ? null : finding.confidence.name().toLowerCase(Locale.ROOT));
        all.put("firstSeen", finding.firstSeenMs);
        all.put("lastSeen", finding.lastSeenMs);
        all.put("attackId", Room.head(AttackTechnique.of(finding.tags, finding.type), room.techniques()).stream()
                .map(AttackTechnique::uid)
                .collect(Collectors.joining(",")));
        all.put("tenant", tenant);
        all.put("configVersion", finding.configVersion);
        for (Finding.Measure measure : Room.head(finding.measures, room.measures())) {
            all.put("m_" + clean(room.cut(String.valueOf(measure.name()))).replace('=', '_'), measure.value());
        }
        all.put("notes", Room.head(finding.notes, room.notes()).stream().map(room::cut).collect(Collectors.joining("; ")));
        all.put("truncatedFromBytes", known(whole));
        all.put("msg", finding.message);
        return all;
    }

    private static Object known(long number) {
        return number < 0 ? null : number;
    }

    /** 1 to 10. */
    private static int severity(Severity severity) {
        return switch (severity) {
            case INFORMATIONAL -> 1;
            case LOW -> 3;
            case MEDIUM -> 5;
            case HIGH -> 8;
            case CRITICAL -> 10;
        };
    }

    private static String header(Room room, String value) {
        return clean(room.cut(value)).replace('|', '/');
    }

    /** Without control characters, which would end an attribute or the line. */
    private static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                clean = clean == null ? new StringBuilder(text) : clean;
                clean.setCharAt(i, ' ');
            }
        }
        return clean == null ? text : clean.toString();
    }
}
