package io.botwatch.probe;

import io.botwatch.flow.Direction;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.quality.ConnectionQuality;
import io.botwatch.quality.LogHistogram;
import io.botwatch.quality.RecordQuality;
import io.botwatch.rule.RuleSet;
import java.util.List;
import java.util.Map;

/**
 * What a sample of a feed is like.
 *
 * @param records of all exporters
 * @param connections likewise
 * @param exporters by their records, most first
 * @param directions of connections that have begun
 * @param notIp records of something that is not IP
 * @param lookups records of names that were looked up
 * @param ahead flows that start later than is possible
 * @param dead records that could not be decoded, by reason
 * @param rules that it is to support
 */
public record Feed(
        RecordQuality records,
        ConnectionQuality connections,
        List<Exporter> exporters,
        Map<Direction, Long> directions,
        long notIp,
        long lookups,
        long ahead,
        Map<Reason, Long> dead,
        RuleSet rules) {

    private static final long STEP_MS = 10_000;

    /** The longest that the job can be configured to. */
    private static final long LONGEST_MS = 86_400_000;

    /** One exporter's part. */
    public record Exporter(String name, RecordQuality records, ConnectionQuality connections) {}

    /** A part of a whole, 0 to 1, in steps of a thousandth; 0 of nothing. */
    public static double share(long part, long whole) {
        return whole == 0 ? 0 : Math.round(1_000.0 * part / whole) / 1_000.0;
    }

    public long deadRecords() {
        return dead.values().stream().mapToLong(Long::longValue).sum();
    }

    public long connections(Direction direction) {
        return directions.getOrDefault(direction, 0L);
    }

    /**
     * The {@code max_out_of_orderness} that the sample calls for, ms: what its latest record needs, or where few are much
     * later than all others, what all but a thousandth need. In steps of 10 s, up to a day.
     */
    public long maxOutOfOrdernessMs() {
        LogHistogram lateness = records.latenessMs();
        long nearlyAll = lateness.quantile(0.999);
        long needed = lateness.max() <= 2 * nearlyAll + STEP_MS ? lateness.max() : nearlyAll;
        return Math.min(LONGEST_MS, (needed / STEP_MS + 1) * STEP_MS);
    }

    /** How many records of the sample would be late by {@link #maxOutOfOrdernessMs}. */
    public long wouldBeLate() {
        return records.latenessMs().above(maxOutOfOrdernessMs());
    }

    /** What the feed is to each active rule. */
    public List<RuleFit> ruleFits() {
        return RuleFit.of(this);
    }
}
