package io.botwatch.local;

import io.botwatch.metric.Tally;
import java.util.Map;

/** A job's counters in one line. */
final class KafkaSummary {
    private KafkaSummary() {}

    private static String suppressed(Map<String, Object> counters) {
        long suppressed = Tally.count(counters, Tally.SUPPRESSED);
        return suppressed == 0 ? "" : " (" + Progress.count(suppressed) + " not written)";
    }

    static String line(Map<String, Object> counters) {
        return Progress.count(Tally.read(counters)) + " records read, "
                + Progress.count(Tally.dead(counters)) + " dead letters" + suppressed(counters) + ", "
                + Progress.count(Tally.late(counters)) + " late, "
                + Progress.count(Tally.count(counters, Tally.FINDINGS)) + " findings";
    }
}
