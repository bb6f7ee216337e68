package io.botwatch.ruletest;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.finding.Finding;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What rules are to find in some traffic, and nothing else: written beside them, as flows or as a simulated day.
 *
 * @param series of flows; empty where there is a file or a day
 * @param file of flows, in any format that {@code detect} reads; null where there is none
 * @param day that the generator simulates; null where there is none
 * @param others whether findings that are not expected do not matter
 */
public record RuleCase(
        String name, List<FlowSeries> series, Path file, Day day, List<Expectation> expected, boolean others) {
    private static final int MAX_SCALE = 10;

    /**
     * @param scale of the background, as a multiple of 300 hosts
     */
    record Day(int hours, double scale, int seed) {}

    /**
     * Reads a file of cases.
     *
     * @param rules that the cases are for
     * @throws DocumentException with every fault
     */
    public static List<RuleCase> load(Path file, RuleSet rules) {
        YamlDocument document = YamlDocument.load(file);
        document.root().allow("rules", "cases");
        List<String> ids = rules.rules().stream().map(Rule::info).map(info -> info.id()).toList();
        List<RuleCase> cases = new ArrayList<>();
        for (Section section : document.root().sections("cases", "case")) {
            cases.add(read(section, document.problems(), file.toAbsolutePath().getParent(), ids));
        }
        document.problems().throwIfAny();
        return cases;
    }

    /** What the file says its rules are: a preset, or a file beside it; the preset {@code enterprise} when it does not say. */
    public static String rulesOf(Path file) {
        YamlDocument document = YamlDocument.load(file);
        String named = document.root().has("rules") ? document.root().text("rules", 4_000) : "enterprise";
        document.problems().throwIfAny();
        return RulesDocument.presets().contains(named)
                ? named
                : file.toAbsolutePath().getParent().resolve(named).toString();
    }

    private static RuleCase read(Section section, Problems problems, Path folder, List<String> ids) {
        section.allow("name", "flows", "file", "scenario", "expect", "others");
        long sources = List.of("flows", "file", "scenario").stream().filter(section::has).count();
        if (sources != 1) {
            section.problem("name", "the case needs flows, a file or a scenario, and one of them only");
        }
        List<FlowSeries> series = new ArrayList<>();
        if (section.has("flows")) {
            section.sections("flows", "series of flows").forEach(flows -> series.add(FlowSeries.read(flows, problems)));
        }
        if (!section.has("expect")) {
            section.problem("expect", "missing; [] where nothing is to be found");
        }
        List<Expectation> expected = new ArrayList<>();
        section.optionalSections("expect").forEach(one -> expected.add(Expectation.read(one, ids)));
        return new RuleCase(
                section.text("name", 200),
                series,
                section.has("file") ? folder.resolve(section.text("file", 4_000)) : null,
                section.has("scenario") ? day(section.section("scenario")) : null,
                expected,
                section.flag("others"));
    }

    private static Day day(Section section) {
        section.allow("hours", "scale", "seed");
        return new Day(
                section.count("hours", 4, 168),
                section.has("scale") ? section.decimal("scale", 0, MAX_SCALE) : 1,
                section.has("seed") ? section.count("seed", 0, Integer.MAX_VALUE) : 1);
    }

    /**
     * What is wrong with the findings, a line each; empty when they are those expected. One finding meets one expectation.
     *
     * @param findings final states
     */
    public List<String> faults(List<Finding> findings) {
        List<Finding> left = new ArrayList<>(findings);
        List<String> faults = new ArrayList<>();
        for (Expectation expectation : expected) {
            Finding met = left.stream().filter(expectation::isMetBy).findFirst().orElse(null);
            if (met == null) {
                faults.add("not found: " + expectation.text());
            } else {
                left.remove(met);
            }
        }
        if (!others) {
            left.forEach(finding ->
                    faults.add("not expected: " + finding.ruleId + " " + finding.severity.label() + ": " + finding.message));
        }
        return faults;
    }
}
