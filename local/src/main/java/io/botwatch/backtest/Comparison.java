package io.botwatch.backtest;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The findings of two rule sets beside each other: which both make, which only one, and whose severity differs. All
 * are held in memory.
 */
public final class Comparison {
    /** Findings of one rule on one day, UTC. */
    static final class Counts {
        long ofOld;
        long ofNew;
        long onlyOld;
        long onlyNew;

        /** Of the new rules' findings, those that the old rules make with another severity. */
        long severer;

        long milder;
    }

    /** @param rule of the new rules where they make it, else of the old ones */
    record RuleDay(String rule, LocalDate day) implements Comparable<RuleDay> {
        @Override
        public int compareTo(RuleDay other) {
            return Comparator.comparing(RuleDay::rule).thenComparing(RuleDay::day).compare(this, other);
        }
    }

    /** @param before severity that the old rules gave, the highest of all that tell of the same */
    record Changed(Outcome outcome, Severity before) {}

    private final Map<RuleDay, Counts> counts = new TreeMap<>();
    private final List<Outcome> onlyOld = new ArrayList<>();
    private final List<Outcome> onlyNew = new ArrayList<>();
    private final List<Changed> changed = new ArrayList<>();

    private Comparison() {}

    /** Of final states; the order does not matter. */
    static Comparison of(List<Outcome> ofOld, List<Outcome> ofNew) {
        Comparison comparison = new Comparison();
        OutcomeIndex olds = new OutcomeIndex(ofOld);
        OutcomeIndex news = new OutcomeIndex(ofNew);
        for (Outcome outcome : ofNew) {
            Counts day = comparison.counts(outcome);
            day.ofNew++;
            Severity before = severest(olds, outcome);
            if (before == null) {
                day.onlyNew++;
                comparison.onlyNew.add(outcome);
            } else if (before != outcome.severity()) {
                day.severer += outcome.severity().compareTo(before) > 0 ? 1 : 0;
                day.milder += outcome.severity().compareTo(before) < 0 ? 1 : 0;
                comparison.changed.add(new Changed(outcome, before));
            }
        }
        for (Outcome outcome : ofOld) {
            Counts day = comparison.counts(outcome);
            day.ofOld++;
            if (!isTold(news, outcome)) {
                day.onlyOld++;
                comparison.onlyOld.add(outcome);
            }
        }
        Comparator<Outcome> worstFirst = Comparator.comparing(Outcome::severity)
                .reversed()
                .thenComparing(Outcome::atMs)
                .thenComparing(outcome -> outcome.uid().toString());
        comparison.onlyOld.sort(worstFirst);
        comparison.onlyNew.sort(worstFirst);
        comparison.changed.sort(Comparator.comparing(Changed::outcome, worstFirst));
        return comparison;
    }

    /** Of all that tell of the same; null when none does. */
    private static Severity severest(OutcomeIndex outcomes, Outcome of) {
        return outcomes.near(of).stream()
                .filter(of::isOfTheSameAs)
                .map(Outcome::severity)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private static boolean isTold(OutcomeIndex outcomes, Outcome of) {
        return outcomes.near(of).stream().anyMatch(of::isOfTheSameAs);
    }

    private Counts counts(Outcome outcome) {
        LocalDate day = Instant.ofEpochMilli(outcome.atMs()).atOffset(ZoneOffset.UTC).toLocalDate();
        return counts.computeIfAbsent(new RuleDay(outcome.rule(), day), rule -> new Counts());
    }

    /** By rule, then by day. */
    Map<RuleDay, Counts> counts() {
        return counts;
    }

    /** The most severe first. */
    List<Outcome> onlyOld() {
        return onlyOld;
    }

    /** The most severe first. */
    List<Outcome> onlyNew() {
        return onlyNew;
    }

    /** The most severe first, as the new rules have it. */
    List<Changed> changed() {
        return changed;
    }

    /** On the day that has most of them; 0 without any. */
    public long mostNewOnADay() {
        Map<LocalDate, Long> byDay = new HashMap<>();
        counts.forEach((rule, day) -> byDay.merge(rule.day(), day.onlyNew, Long::sum));
        return byDay.values().stream().mapToLong(n -> n).max().orElse(0);
    }

    /** Collects final states; findings that are not for all are left out. */
    public static final class Collected implements Consumer<Finding> {
        private final List<Outcome> ofOld = new ArrayList<>();
        private final List<Outcome> ofNew = new ArrayList<>();
        private final Severity least;
        private boolean old = true;

        /** @param least below it findings are left out */
        public Collected(Severity least) {
            this.least = least;
        }

        /** What comes from here on is the new rules'. */
        public void ofNew() {
            old = false;
        }

        @Override
        public void accept(Finding finding) {
            if (finding.audience == Finding.Audience.ALL && finding.severity.compareTo(least) >= 0) {
                (old ? ofOld : ofNew).add(Outcome.of(finding));
            }
        }

        public Comparison compared() {
            return Comparison.of(ofOld, ofNew);
        }
    }
}
