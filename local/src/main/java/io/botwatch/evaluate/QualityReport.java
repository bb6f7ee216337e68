package io.botwatch.evaluate;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables of an evaluation, as Markdown. */
public final class QualityReport {
    private final PrintStream out;

    public QualityReport(PrintStream out) {
        this.out = out;
    }

    public void begin(String version, String rules) {
        out.println("# Quality");
        out.println();
        out.println("Made by `botwatch evaluate`, version " + version + ", rules " + rules + ".");
    }

    public void captures(List<CaptureQuality> captures, List<Dataset> missing) {
        out.println();
        out.println("## Captures");
        out.println();
        out.println("Findings of medium severity and above. *Malicious hosts* are infected or under attack, by the capture's label; a finding is "
                + "false where neither its host nor one of its ends is malicious, also where nobody labelled them. *First after*: median "
                + "event time from a malicious host's first flow to its first finding. *Top 10, 50*: share of true findings among the first "
                + "by severity, score and connections, those of low severity too.");
        out.println();
        out.println("| capture | flows | hosts | hours | malicious hosts found | first after, min | true | false | false, high | false a host-day | top 10 | top 50 |");
        out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (CaptureQuality capture : captures) {
            CaptureQuality.Row all = capture.all();
            out.println(String.join(
                    " | ",
                    "| " + capture.dataset().name(),
                    grouped(capture.flows()),
                    grouped(capture.hosts()),
                    number("%.1f", capture.hours()),
                    capture.malicious() == 0 ? "none there" : all.found() + " of " + capture.malicious(),
                    number("%.0f", all.firstMinutes()),
                    Integer.toString(all.trueFindings()),
                    Integer.toString(all.falseFindings()),
                    Integer.toString(all.falseHigh()),
                    number("%.3f", capture.perHostDay(all)),
                    number("%.2f", capture.precision(10)),
                    number("%.2f", capture.precision(50)) + " |"));
        }
        out.println();
        captures.forEach(capture -> out.println("- " + capture.dataset().name() + ": " + capture.dataset().note() + "."));
        missing.forEach(dataset -> out.println("- " + dataset.name() + ": not there, not measured."));
        byRule(captures);
    }

    private void byRule(List<CaptureQuality> captures) {
        out.println();
        out.println("## Captures by rule");
        out.println();
        out.println("| capture | rule | malicious hosts found | first after, min | true | false | false, high |");
        out.println("|---|---|---|---|---|---|---|");
        for (CaptureQuality capture : captures) {
            for (Map.Entry<String, CaptureQuality.Row> rule : capture.byRule().entrySet()) {
                CaptureQuality.Row row = rule.getValue();
                out.println(String.join(
                        " | ",
                        "| " + capture.dataset().name(),
                        rule.getKey(),
                        capture.malicious() == 0 ? "none there" : row.found() + " of " + capture.malicious(),
                        number("%.0f", row.firstMinutes()),
                        Integer.toString(row.trueFindings()),
                        Integer.toString(row.falseFindings()),
                        row.falseHigh() + " |"));
            }
        }
    }

    public void cadence(List<CadenceEvaluation> evaluations) {
        out.println();
        out.println("## Cadence score, synthetic");
        out.println();
        out.println("One day of check-ins a tuple, seeded; constants were chosen on seeds 7, 8 and 9. Beside it RITA v5's score of the same "
                + "check-ins. Recall is at 1 % false positives of the same seed. Aperiodic tuples are of another draw.");
        out.println();
        out.println("| seed | beacons | others | AUC | RITA | recall | RITA | aperiodic | of these at 0.5 and above | highest |");
        out.println("|---|---|---|---|---|---|---|---|---|---|");
        for (CadenceEvaluation of : evaluations) {
            out.println(String.format(
                    Locale.ROOT,
                    "| %d | %d | %d | %.3f | %.3f | %.3f | %.3f | %d | %d | %.3f |",
                    of.seed(), of.beacons(), of.others(), of.cadence().area(), of.rita().area(), of.cadence().recall(),
                    of.rita().recall(), of.aperiodic(), of.alerts(), of.highest()));
        }
        out.println();
        out.println("Recall by condition, the least of these seeds:");
        out.println();
        out.println("| condition | recall | RITA |");
        out.println("|---|---|---|");
        for (String condition : evaluations.get(0).cadence().byCondition().keySet()) {
            out.println(String.format(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f |",
                    condition,
                    evaluations.stream().mapToDouble(of -> of.cadence().byCondition().get(condition)).min().orElse(0),
                    evaluations.stream().mapToDouble(of -> of.rita().byCondition().get(condition)).min().orElse(0)));
        }
        out.println();
        out.println("Median event time from the first check-in until the score is at 0.5 (judged every 5 min, from 6 check-ins on), the "
                + "longest of these seeds:");
        out.println();
        out.println("| period | min |");
        out.println("|---|---|");
        for (Long period : evaluations.get(0).minutesToDetect().keySet()) {
            out.println(String.format(
                    Locale.ROOT,
                    "| %d s | %.0f |",
                    period,
                    evaluations.stream().mapToDouble(of -> of.minutesToDetect().get(period)).max().orElse(0)));
        }
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
    }
}
