package io.botwatch.volumetric;

import io.botwatch.document.Section;
import io.botwatch.rule.RuleReader;
import java.io.Serializable;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * What is usual for a target: the connections that its busiest windows had, of which only a hundredth may be busier. A target
 * whose windows are mostly quiet has no baseline, so that its first flood is judged by the rule's own threshold.
 *
 * @param historyMs how far back, ms
 * @param factor how many times as much as usual is an attack
 */
public record VolumetricBaseline(long historyMs, double factor) implements Serializable {
    private static final long MAX_HISTORY_MS = TimeUnit.DAYS.toMillis(7);
    private static final int MAX_FACTOR = 1_000;
    private static final double QUIET_SHARE = 0.01;

    static VolumetricBaseline read(Section section) {
        section.allow("history", "factor");
        return new VolumetricBaseline(
                section.durationMs("history", TimeUnit.HOURS.toMillis(1), MAX_HISTORY_MS),
                section.decimal("factor", 1, MAX_FACTOR));
    }

    /** Windows with fewer connections cannot raise the threshold, and need not be kept. */
    long worthKeeping(VolumetricRule rule) {
        return (long) (rule.condition().minConnections() / factor);
    }

    /**
     * The threshold for a window.
     *
     * @param kept connections of earlier windows by their start, epoch ms; those that are missing were quiet
     */
    long threshold(VolumetricRule rule, Iterable<Map.Entry<Long, Long>> kept, long windowStartMs) {
        int busier = (int) (QUIET_SHARE * historyMs / rule.windowMs());
        PriorityQueue<Long> busiest = new PriorityQueue<>();
        for (Map.Entry<Long, Long> window : kept) {
            if (window.getKey() < windowStartMs && window.getKey() >= windowStartMs - historyMs) {
                busiest.add(window.getValue());
                if (busiest.size() > busier + 1) {
                    busiest.remove();
                }
            }
        }
        long usual = busiest.size() > busier ? busiest.peek() : 0;
        return Math.max(rule.condition().minConnections(), (long) (factor * usual));
    }
}
