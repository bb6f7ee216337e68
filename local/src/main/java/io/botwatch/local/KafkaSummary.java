package io.botwatch.local;

import io.botwatch.metric.Tally;
import java.util.Map;

/** A job's counters in one line. */
final class KafkaSummary {
    private KafkaSummary() {}

    static String line(Map<String, Object> counters) {
        return Progress.count(Tally.read(counters)) + " records read, "
                + Progress.count(Tally.dead(counters)) + " dead letters, "
                + Progress.count(Tally.late(counters)) + " late, "
                + Progress.count(Tally.count(counters, Tally.FINDINGS)) + " findings";
    }
}
