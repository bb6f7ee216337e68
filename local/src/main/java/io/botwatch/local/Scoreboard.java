package io.botwatch.local;

import io.botwatch.generate.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Findings held against labels: which labelled attack was found, and which finding has no label. */
final class Scoreboard {
    private static final Set<String> EXPECTED = Set.of(Label.BEACON, Label.VOLUMETRIC, Label.RELAY);

    /** @param findings that match the label, empty when it was missed */
    record Row(Label label, List<TopicFindings.Entry> findings) {
        boolean expected() {
            return EXPECTED.contains(label.expectation());
        }

        String outcome() {
            if (!expected()) {
                return findings.isEmpty() ? label.expectation() : "raised";
            }
            return findings.isEmpty() ? "MISSED" : "found";
        }
    }

    final List<Row> rows = new ArrayList<>();

    /** Findings that match no label of an attack: false, or of something benign that is labelled as such. */
    final List<TopicFindings.Entry> unlabelled = new ArrayList<>();

    Scoreboard(List<Label> labels, List<TopicFindings.Entry> findings) {
        labels.forEach(label -> rows.add(new Row(label, findings.stream().filter(f -> matches(label, f)).toList())));
        for (TopicFindings.Entry finding : findings) {
            if (rows.stream().noneMatch(row -> row.expected() && row.findings.contains(finding))) {
                unlabelled.add(finding);
            }
        }
    }

    long found() {
        return rows.stream().filter(row -> row.expected() && !row.findings.isEmpty()).count();
    }

    long missed() {
        return rows.stream().filter(row -> row.expected() && row.findings.isEmpty()).count();
    }

    private static boolean matches(Label label, TopicFindings.Entry finding) {
        boolean sameTime = finding.firstSeen().isBefore(label.to()) && !finding.lastSeen().isBefore(label.from());
        boolean sameType = !EXPECTED.contains(label.expectation()) || label.expectation().equals(finding.type());
        boolean named = label.src() != null || label.relay() != null || label.dst() != null;
        return named
                && sameTime
                && sameType
                && (label.src() == null || label.src().toString().equals(finding.src()))
                && (label.relay() == null || label.relay().toString().equals(finding.relay()))
                && (label.dst() == null || label.dst().toString().equals(finding.dst()))
                && (label.dstPort() == 0 || label.dstPort() == finding.dstPort());
    }
}
