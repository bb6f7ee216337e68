package io.botwatch.explain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;

/**
 * A threshold that a finding names among its evidence, and the number that it was compared with.
 *
 * @param evidence name of the threshold, e.g. {@code threshold_connections}
 * @param types of findings that it is read so for; empty for all
 * @param measured name of the number
 * @param what the number is of, as text
 * @param strict whether the number had to be above it, rather than at least it
 * @param key of the rule that sets it
 */
record Threshold(String evidence, List<String> types, String measured, String what, boolean strict, String key) {
    private static final List<String> VOLUMETRIC = List.of("volumetric");
    private static final List<String> BEACON = List.of("beacon");

    /** The first that fits counts. */
    private static final List<Threshold> ALL = List.of(
            new Threshold("threshold_connections", VOLUMETRIC, "connections", "connections", true, "condition.connections.gt, or what its baseline made of it"),
            new Threshold("threshold_connections", BEACON, "connections", "connections", false, "condition.min_connections"),
            new Threshold("threshold_distinct_sources", VOLUMETRIC, "distinct_sources", "distinct sources", true, "condition.distinct_sources.gt"),
            new Threshold("threshold_score", BEACON, "cadence_score", "cadence score", false, "condition.score.gte, which is compared with cadence and size together, before the peer is weighed"),
            new Threshold("threshold_minutes", BEACON, "duration_minutes", "minutes from the first to the last connection", false, "condition.min_duration"),
            new Threshold("threshold_destinations", List.of(), "distinct_targets", "destinations", false, "destinations of a condition of 'any'"),
            new Threshold("threshold_flows", List.of(), "flows", "flows", false, "flows of a condition of 'any'"),
            new Threshold("threshold_packets", List.of(), "packets", "packets", false, "packets of a condition of 'any'"),
            new Threshold("threshold_bytes", List.of(), "bytes", "bytes", false, "bytes of a condition of 'any'"),
            new Threshold("threshold_unanswered_share", List.of(), "unanswered_share", "share of flows without an answer", false, "failed_share of a condition of 'any'"),
            new Threshold("threshold_s", List.of(), "duration_s", "seconds that the connection lasted", false, "condition.duration.low"),
            new Threshold("threshold_names", List.of(), "names", "names that look generated", false, "condition.names.gte"));

    /** Null for a threshold whose number the finding does not have. */
    static Threshold of(String evidence, String type, JsonNode data) {
        return ALL.stream()
                .filter(threshold -> threshold.evidence.equals(evidence)
                        && (threshold.types.isEmpty() || threshold.types.contains(type))
                        && data.path(threshold.measured).isNumber())
                .findFirst()
                .orElse(null);
    }

    /** One sentence: the number, the threshold, and up to where it could be moved. */
    String explain(JsonNode data) {
        double number = data.path(measured).asDouble();
        double limit = data.path(evidence).asDouble();
        String least = number(limit);
        if (number < limit) {
            // The story's fullest state is shown; the state that crossed it may have been another one.
            return String.format(Locale.ROOT, "%s %s, with %s %s asked for (%s)", number(number), what, strict ? "more than" : "at least", least, key);
        }
        return String.format(
                Locale.ROOT,
                "%s %s, %s %s asked for (%s); would not hold %s %s",
                number(number),
                what,
                strict ? "more than" : "at least",
                least,
                key,
                strict ? "at" : "above",
                number(number));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
