package io.botwatch.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Why a finding is what it is, from what it says itself: an OCSF record, whichever job wrote it. */
public final class Explanation {
    private static final String THRESHOLD = "threshold_";

    private final JsonNode finding;
    private final JsonNode info;
    private final JsonNode data;

    /** @param finding an OCSF Detection Finding of this product */
    public Explanation(JsonNode finding) {
        this.finding = finding;
        this.info = finding.path("finding_info");
        this.data = finding.path("evidences").path(0).path("data");
    }

    /** @param rulesVersion of the rules at hand; null when there are none to compare with */
    public void print(PrintStream out, String rulesVersion) {
        out.println(finding.path("message").asText());
        out.println();
        JsonNode analytic = info.path("analytic");
        line(out, "finding", info.path("uid").asText());
        line(out, "rule", analytic.path("uid").asText() + ", " + analytic.path("name").asText()
                + (analytic.path("state_id").asInt() == 3 ? " (shadow)" : ""));
        line(out, "state", finding.path("activity_name").asText() + ", " + finding.path("severity").asText() + ", " + finding.path("status").asText());
        line(out, "flows", time(info.path("first_seen_time")) + " to " + time(info.path("last_seen_time")));
        line(out, "created", time(info.path("created_time")));
        line(out, "rules", version(rulesVersion));
        section(out, "the numbers", numbers());
        section(out, "the thresholds, and what would have changed it", thresholds());
        section(out, "what held it down, and what is known of the data", notes());
    }

    private String version(String rulesVersion) {
        String version = finding.path("unmapped").path("config_version").asText();
        return "version " + version
                + (rulesVersion == null
                        ? ""
                        : rulesVersion.equals(version)
                                ? ", those at hand"
                                : "; those at hand are version " + rulesVersion + ", so that they may find something else");
    }

    private List<String> numbers() {
        List<String> lines = new ArrayList<>();
        each((name, value) -> {
            if (!name.startsWith(THRESHOLD)) {
                lines.add(name + " " + value.asText());
            }
        });
        return lines;
    }

    private List<String> thresholds() {
        String type = info.path("types").path(0).asText();
        List<String> lines = new ArrayList<>();
        each((name, value) -> {
            if (name.startsWith(THRESHOLD)) {
                Threshold threshold = Threshold.of(name, type, data);
                lines.add(threshold == null ? name + " " + value.asText() : threshold.explain(data));
            }
        });
        return lines;
    }

    private List<String> notes() {
        List<String> lines = new ArrayList<>();
        JsonNode exception = finding.path("unmapped").path("exception");
        if (!exception.isMissingNode()) {
            lines.add("exception " + exception.asText() + " counted for it");
        }
        finding.path("unmapped").path("notes").forEach(note -> lines.add(note.asText()));
        return lines;
    }

    /** Takes a name and its value. */
    private interface Visitor {
        void visit(String name, JsonNode value);
    }

    private void each(Visitor visitor) {
        for (Iterator<Map.Entry<String, JsonNode>> fields = data.fields(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            visitor.visit(field.getKey(), field.getValue());
        }
    }

    private static void section(PrintStream out, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.println();
            out.println(title);
            lines.forEach(line -> out.println("  " + line));
        }
    }

    private static void line(PrintStream out, String name, String value) {
        out.printf("%-8s %s%n", name, value);
    }

    private static String time(JsonNode ms) {
        return Instant.ofEpochMilli(ms.asLong()).toString();
    }
}
