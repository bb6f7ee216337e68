package io.botwatch.rule;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Which rules were in force when: what a job starts with. Immutable. */
public final class RuleTimeline implements Serializable {
    /** Changes that may begin within a day of event time, by which flows can be out of order: operators keep so many. */
    public static final int MOST_CHANGES_A_DAY = 100;

    /**
     * A time in which the same rules are in force.
     *
     * @param sequence number of the change that began it; 0 for the first, which began before all flows
     * @param fromMs event time at which it began, epoch ms
     */
    public record Epoch(long sequence, long fromMs, RuleSet rules) implements Serializable {}

    private final List<Epoch> epochs;

    private RuleTimeline(List<Epoch> epochs) {
        this.epochs = List.copyOf(epochs);
    }

    /** The same rules at all times. */
    public static RuleTimeline always(RuleSet rules) {
        return new RuleTimeline(List.of(new Epoch(0, Long.MIN_VALUE, rules)));
    }

    /**
     * The same with other rules from a time on; they take the place of rules that begin at the same time.
     *
     * @throws IllegalArgumentException when they begin before those that are in force last, or with another preset, which is
     *     the job's graph
     */
    public RuleTimeline then(long sequence, long fromMs, RuleSet rules) {
        Epoch last = last();
        if (sequence < last.sequence || fromMs < last.fromMs || rules.preset() != last.rules.preset()) {
            throw new IllegalArgumentException("change " + sequence + " does not follow " + last.sequence);
        }
        List<Epoch> more = new ArrayList<>(epochs);
        if (fromMs == last.fromMs && epochs.size() > 1) {
            more.remove(last); // it was never in force
        }
        more.add(new Epoch(sequence, fromMs, rules));
        return new RuleTimeline(more);
    }

    /** The same without the first ones, if there are more than so many. */
    public RuleTimeline latest(int most) {
        return epochs.size() <= most ? this : new RuleTimeline(epochs.subList(epochs.size() - most, epochs.size()));
    }

    /** The same times with what is left of their rules. */
    public RuleTimeline of(UnaryOperator<RuleSet> part) {
        return new RuleTimeline(epochs.stream()
                .map(epoch -> new Epoch(epoch.sequence, epoch.fromMs, part.apply(epoch.rules)))
                .toList());
    }

    /** In order, at least one. */
    public List<Epoch> epochs() {
        return epochs;
    }

    public Epoch last() {
        return epochs.get(epochs.size() - 1);
    }

    public RuleSet.Preset preset() {
        return last().rules.preset();
    }

    /** Rules of one type that run at any time, each id once, as it is last. */
    public <R extends Rule> List<R> everActive(Class<R> type) {
        Map<String, R> byId = new LinkedHashMap<>();
        for (Epoch epoch : epochs) {
            epoch.rules.active(type).forEach(rule -> byId.put(rule.info().id(), rule));
        }
        return List.copyOf(byId.values());
    }
}
