package io.botwatch.backtest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.botwatch.rule.RuleSet;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Writes a comparison: for people, or as JSON. */
public final class ComparisonReport {
    private final Comparison comparison;
    private final RuleSet oldRules;
    private final RuleSet newRules;

    public ComparisonReport(Comparison comparison, RuleSet oldRules, RuleSet newRules) {
        this.comparison = comparison;
        this.oldRules = oldRules;
        this.newRules = newRules;
    }

    /** @param listed findings of each kind that are listed, at most */
    public void text(PrintStream out, int listed) {
        out.printf("old rules %s, new rules %s%n%n", oldRules.version(), newRules.version());
        out.printf("%-24s %-10s %8s %8s %9s %9s %8s %8s%n", "rule", "day", "old", "new", "only old", "only new", "severer", "milder");
        Comparison.Counts total = new Comparison.Counts();
        comparison.counts().forEach((rule, day) -> {
            row(out, rule.rule(), rule.day().toString(), day);
            total.ofOld += day.ofOld;
            total.ofNew += day.ofNew;
            total.onlyOld += day.onlyOld;
            total.onlyNew += day.onlyNew;
            total.severer += day.severer;
            total.milder += day.milder;
        });
        row(out, "all", "", total);
        list(out, "only the new rules find", comparison.onlyNew(), listed);
        list(out, "only the old rules find", comparison.onlyOld(), listed);
        List<Comparison.Changed> changed = comparison.changed();
        if (!changed.isEmpty()) {
            out.printf("%nof another severity (%d)%n", changed.size());
            changed.stream().limit(listed).forEach(one -> out.printf(
                    "  %s -> %s  %s  %s%n", one.before().label(), one.outcome().severity().label(), one.outcome().rule(), one.outcome().message()));
            rest(out, changed.size(), listed);
        }
    }

    private static void row(PrintStream out, String rule, String day, Comparison.Counts counts) {
        out.printf(
                "%-24s %-10s %8d %8d %9d %9d %8d %8d%n",
                rule, day, counts.ofOld, counts.ofNew, counts.onlyOld, counts.onlyNew, counts.severer, counts.milder);
    }

    private static void list(PrintStream out, String title, List<Outcome> outcomes, int listed) {
        if (outcomes.isEmpty()) {
            return;
        }
        out.printf("%n%s (%d)%n", title, outcomes.size());
        outcomes.stream().limit(listed).forEach(one -> out.printf(
                "  %s  %-13s  %s  %s%n", Instant.ofEpochMilli(one.fromMs()), one.severity().label(), one.rule(), one.message()));
        rest(out, outcomes.size(), listed);
    }

    private static void rest(PrintStream out, int all, int listed) {
        if (all > listed) {
            out.printf("  and %d more (--list N lists more, --as json all)%n", all - listed);
        }
    }

    /** One object; the lists are complete. */
    public void json(OutputStream out) throws IOException {
        try (JsonGenerator json = new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("old_version", oldRules.version());
            json.writeStringField("new_version", newRules.version());
            json.writeNumberField("most_new_on_a_day", comparison.mostNewOnADay());
            json.writeArrayFieldStart("rules");
            for (Map.Entry<Comparison.RuleDay, Comparison.Counts> day : comparison.counts().entrySet()) {
                json.writeStartObject();
                json.writeStringField("rule", day.getKey().rule());
                json.writeStringField("day", day.getKey().day().toString());
                json.writeNumberField("old", day.getValue().ofOld);
                json.writeNumberField("new", day.getValue().ofNew);
                json.writeNumberField("only_old", day.getValue().onlyOld);
                json.writeNumberField("only_new", day.getValue().onlyNew);
                json.writeNumberField("severer", day.getValue().severer);
                json.writeNumberField("milder", day.getValue().milder);
                json.writeEndObject();
            }
            json.writeEndArray();
            outcomes("only_new", comparison.onlyNew(), json);
            outcomes("only_old", comparison.onlyOld(), json);
            json.writeArrayFieldStart("changed");
            for (Comparison.Changed changed : comparison.changed()) {
                json.writeStartObject();
                json.writeStringField("severity_before", changed.before().label());
                outcome(changed.outcome(), json);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.write('\n');
    }

    private static void outcomes(String field, List<Outcome> outcomes, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(field);
        for (Outcome outcome : outcomes) {
            json.writeStartObject();
            outcome(outcome, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void outcome(Outcome outcome, JsonGenerator json) throws IOException {
        json.writeStringField("uid", outcome.uid().toString());
        json.writeStringField("rule", outcome.rule());
        json.writeStringField("severity", outcome.severity().label());
        json.writeStringField("first_seen", Instant.ofEpochMilli(outcome.fromMs()).toString());
        json.writeStringField("last_seen", Instant.ofEpochMilli(outcome.toMs()).toString());
        json.writeStringField("message", outcome.message());
    }
}
