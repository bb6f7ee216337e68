package io.botwatch.local;

import io.botwatch.finding.Finding;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How many findings there are: by rule, of shadow rules, and what each exception kept back. */
final class FindingCounts {
    private final Map<Finding.Audience, Map<String, Long>> counts = new EnumMap<>(Finding.Audience.class);

    FindingCounts() {
        for (Finding.Audience audience : Finding.Audience.values()) {
            counts.put(audience, new TreeMap<>());
        }
    }

    void add(Finding finding) {
        boolean suppressed = finding.audience == Finding.Audience.SUPPRESSED;
        counts.get(finding.audience).merge(suppressed ? finding.exception : finding.ruleId, 1L, Long::sum);
    }

    void print(PrintStream out) {
        Map<String, Long> byRule = counts.get(Finding.Audience.ALL);
        out.printf("findings          %s%n", byRule.isEmpty() ? "none" : "");
        print(byRule, out);
        print("of shadow rules   (--show-shadow lists them)", counts.get(Finding.Audience.SHADOW), out);
        print("kept back by exceptions (--show-suppressed lists them)", counts.get(Finding.Audience.SUPPRESSED), out);
    }

    private static void print(String title, Map<String, Long> counts, PrintStream out) {
        if (!counts.isEmpty()) {
            out.println(title);
            print(counts, out);
        }
    }

    private static void print(Map<String, Long> counts, PrintStream out) {
        counts.forEach((of, n) -> out.printf("  %-15s %s%n", of, Progress.count(n)));
    }
}
