package io.botwatch.ruletest;

import io.botwatch.document.Section;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** One finding that a case is to give. What it does not name does not matter. */
record Expectation(String rule, Severity severity, String src, String relay, String dst, int dstPort, String text) {

    static Expectation read(Section section, List<String> ruleIds) {
        section.allow("rule", "severity", "src", "relay", "dst", "dst_port");
        String rule = section.text("rule", 64);
        if (!rule.isEmpty() && !ruleIds.contains(rule)) {
            section.problem("rule", Section.notOneOf(rule, ruleIds));
        }
        List<String> severities = Arrays.stream(Severity.values()).map(Severity::label).toList();
        String severity = section.has("severity") ? section.choice("severity", true, severities) : null;
        int port = section.has("dst_port") ? section.count("dst_port", 0, 65_535) : -1;
        String src = address(section, "src");
        String relay = address(section, "relay");
        String dst = address(section, "dst");
        return new Expectation(
                rule,
                severity == null ? null : Severity.valueOf(severity.toUpperCase(Locale.ROOT)),
                src,
                relay,
                dst,
                port,
                rule
                        + (severity == null ? "" : " " + severity)
                        + (src == null ? "" : " from " + src)
                        + (relay == null ? "" : " through " + relay)
                        + (dst == null ? "" : " to " + dst)
                        + (port < 0 ? "" : " port " + port));
    }

    private static String address(Section section, String key) {
        if (!section.has(key)) {
            return null;
        }
        try {
            return Address.parse(section.text(key, 60)).toString();
        } catch (IllegalArgumentException e) {
            section.problem(key, e.getMessage());
            return null;
        }
    }

    boolean isMetBy(Finding finding) {
        return rule.equals(finding.ruleId)
                && (severity == null || severity == finding.severity)
                && (src == null || src.equals(String.valueOf(finding.src)))
                && (relay == null || relay.equals(String.valueOf(finding.relay)))
                && (dst == null || dst.equals(String.valueOf(finding.dst)))
                && (dstPort < 0 || dstPort == finding.dstPort);
    }
}
