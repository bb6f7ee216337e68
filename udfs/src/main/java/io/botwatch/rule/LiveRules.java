package io.botwatch.rule;

import io.botwatch.wire.RuleChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What one operator makes of the rules, by event time: of those it was started with, and of the changes that come with its
 * records. It has no place in checkpoints: whoever sends changes sends them anew after a restore, before any record.
 *
 * @param <T> what is made of a rule set
 */
public final class LiveRules<T> {
    /** Epochs kept: more than may begin within the time by which flows can be out of order. */
    static final int MOST = RuleTimeline.MOST_CHANGES_A_DAY + 1;

    private record Epoch<T>(long fromMs, T made) {}

    private final Function<RuleSet, T> make;
    private final List<Epoch<T>> epochs = new ArrayList<>();
    private List<T> all = List.of();
    private long sequence;

    /** The last one, at hand. */
    private long lastFromMs;

    private T last;

    public LiveRules(RuleTimeline start, Function<RuleSet, T> make) {
        this.make = make;
        for (RuleTimeline.Epoch epoch : start.epochs()) {
            begin(epoch.sequence(), epoch.fromMs(), make.apply(epoch.rules()));
        }
    }

    /** What is in force at an event time, epoch ms. */
    public T at(long ms) {
        return ms >= lastFromMs ? last : earlier(ms);
    }

    private T earlier(long ms) {
        for (int i = epochs.size() - 2; i > 0; i--) {
            if (epochs.get(i).fromMs <= ms) {
                return epochs.get(i).made;
            }
        }
        return epochs.get(0).made;
    }

    /** In the order in which they are in force; at least one. */
    public List<T> all() {
        return all;
    }

    /**
     * Takes a change, unless it was taken before.
     *
     * @return whether it is new
     */
    public boolean take(RuleChange change) {
        if (change.sequence() <= sequence) {
            return false;
        }
        begin(change.sequence(), change.effectiveFromMs(), make.apply(RuleBytes.rules(change)));
        return true;
    }

    private void begin(long number, long fromMs, T made) {
        if (epochs.size() > 1 && fromMs == lastFromMs) {
            epochs.remove(epochs.size() - 1); // it was never in force
        }
        if (epochs.size() == MOST) {
            epochs.remove(0);
        }
        epochs.add(new Epoch<>(fromMs, made));
        all = epochs.stream().map(Epoch::made).toList();
        sequence = number;
        lastFromMs = fromMs;
        last = made;
    }
}
