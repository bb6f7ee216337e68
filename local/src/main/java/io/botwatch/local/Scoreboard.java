package io.botwatch.local;

import io.botwatch.generate.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Findings held against labels: which labelled attack was found, and which finding has no label. */
final class Scoreboard {
    private static final Set<String> MINOR = Set.of("Informational", "Low");

    /** @param findings that match the label, empty when it was missed */
    record Row(Label label, List<TopicFindings.Entry> findings) {
        boolean expected() {
            return isAttack(label);
        }

        String outcome() {
            if (!expected()) {
                return findings.isEmpty() ? label.expectation() : "raised";
            }
            return findings.isEmpty() ? "MISSED" : "found";
        }
    }

    final List<Row> rows = new ArrayList<>();

    /**
     * Findings of medium severity or above that have nothing to do with a labelled attack: false, or of something benign that
     * is labelled as such.
     */
    final List<TopicFindings.Entry> unlabelled = new ArrayList<>();

    /** As those, of lower severity. */
    final List<TopicFindings.Entry> minor = new ArrayList<>();

    Scoreboard(List<Label> labels, List<TopicFindings.Entry> findings) {
        labels.forEach(label -> rows.add(new Row(
                label,
                findings.stream()
                        .filter(finding -> concerns(label, finding)
                                && (!isAttack(label) || label.expectation().equals(finding.type())))
                        .toList())));
        for (TopicFindings.Entry finding : findings) {
            if (labels.stream().noneMatch(label -> isAttack(label) && concerns(label, finding))) {
                (MINOR.contains(finding.severity()) ? minor : unlabelled).add(finding);
            }
        }
    }

    long found() {
        return rows.stream().filter(row -> row.expected() && !row.findings.isEmpty()).count();
    }

    long missed() {
        return rows.stream().filter(row -> row.expected() && row.findings.isEmpty()).count();
    }

    private static boolean isAttack(Label label) {
        return !label.expectation().equals(Label.NONE);
    }

    private static boolean concerns(Label label, TopicFindings.Entry finding) {
        boolean sameTime = finding.firstSeen().isBefore(label.to()) && !finding.lastSeen().isBefore(label.from());
        boolean named = label.src() != null || label.relay() != null || label.dst() != null;
        return named
                && sameTime
                && (label.src() == null || label.src().toString().equals(finding.src()))
                && (label.relay() == null || label.relay().toString().equals(finding.relay()))
                && (label.dst() == null || label.dst().toString().equals(finding.dst()))
                && (label.dstPort() == 0 || label.dstPort() == finding.dstPort());
    }
}
