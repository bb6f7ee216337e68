package io.botwatch.quality;

import io.botwatch.flow.Flow;

/**
 * What an exporter's records are like, whatever they say about traffic: how they are timed, cut, sampled and ordered. Sums
 * and histograms of bounded size. Not thread-safe; a metric that is read meanwhile may be a record behind.
 */
public final class RecordQuality {
    /** Times are of a grain when at least this share of them are. */
    private static final double NEARLY_ALL = 0.99;

    /** Shorter than any active timeout in use, ms. */
    private static final long SHORTEST_TIMEOUT_MS = 10_000;

    private static final int SECOND = 1_000;
    private static final int MINUTE = 60_000;
    private static final int FIVE_MINUTES = 300_000;
    private static final int TCP = 6;

    private final LogHistogram durationsMs = new LogHistogram();
    private final LogHistogram latenessMs = new LogHistogram();
    private final Skew skew = new Skew();
    private long records;
    private long firstMs = Long.MAX_VALUE;
    private long lastMs = Long.MIN_VALUE;
    private long sampled;
    private int minRate = Integer.MAX_VALUE;
    private int maxRate = 1;
    private long startsAtSecond;
    private long startsAtMinute;
    private long startsAtFiveMinutes;
    private long endsAtSecond;
    private long tcp;
    private long withoutFlags;
    private long future;
    private long zeroDuration;
    private long bothDirections;

    /**
     * @param flow as its source gives it, rates set
     * @param latestMs the latest start among the records that arrived before it, from whatever exporter, epoch ms; {@link
     *     Long#MIN_VALUE} for the first
     */
    public void add(Flow flow, long latestMs) {
        records++;
        firstMs = Math.min(firstMs, flow.startMs);
        lastMs = Math.max(lastMs, flow.endMs);
        if (flow.samplingRate > 1) {
            sampled++;
            minRate = Math.min(minRate, flow.samplingRate);
            maxRate = Math.max(maxRate, flow.samplingRate);
        }
        if (flow.startMs % SECOND == 0) {
            startsAtSecond++;
            startsAtMinute += flow.startMs % MINUTE == 0 ? 1 : 0;
            startsAtFiveMinutes += flow.startMs % FIVE_MINUTES == 0 ? 1 : 0;
        }
        endsAtSecond += flow.endMs % SECOND == 0 ? 1 : 0;
        long durationMs = flow.endMs - flow.startMs;
        zeroDuration += durationMs == 0 ? 1 : 0;
        durationsMs.add(durationMs);
        if (flow.protocol == TCP) {
            tcp++;
            withoutFlags += flow.tcpFlags == 0 ? 1 : 0;
        }
        bothDirections += flow.biflow ? 1 : 0;
        if (flow.exportedMs != 0) {
            future += flow.startMs > flow.exportedMs ? 1 : 0;
            skew.add(flow.exportedMs - flow.endMs);
        }
        latenessMs.add(latestMs > flow.startMs ? latestMs - flow.startMs : 0);
    }

    public long records() {
        return records;
    }

    /** The earliest start, epoch ms; meaningless without records. */
    public long firstMs() {
        return firstMs;
    }

    /** The latest end, epoch ms; meaningless without records. */
    public long lastMs() {
        return lastMs;
    }

    /** Records of a sampling rate above 1. */
    public long sampled() {
        return sampled;
    }

    /** The lowest rate above 1, 1 in N; 1 when nothing is sampled. */
    public int minRate() {
        return sampled == 0 ? 1 : minRate;
    }

    /** The highest rate, 1 in N; 1 when nothing is sampled. */
    public int maxRate() {
        return maxRate;
    }

    /** Records that start at a whole second. */
    public long startsAtSecond() {
        return startsAtSecond;
    }

    /** Records that end at a whole second. */
    public long endsAtSecond() {
        return endsAtSecond;
    }

    /** The grain of nearly all starts: 300 000, 60 000 or 1 000 ms, or 1 where they are finer. */
    public int grainMs() {
        return nearlyAll(startsAtFiveMinutes)
                ? FIVE_MINUTES
                : nearlyAll(startsAtMinute) ? MINUTE : nearlyAll(startsAtSecond) ? SECOND : 1;
    }

    private boolean nearlyAll(long count) {
        return records > 0 && count >= NEARLY_ALL * records;
    }

    public long tcp() {
        return tcp;
    }

    /** TCP records that report no flags. */
    public long withoutFlags() {
        return withoutFlags;
    }

    /** Records that say when they were exported. */
    public long exportTimed() {
        return skew.count();
    }

    /** Records that start after they were exported. */
    public long future() {
        return future;
    }

    /** From a record's end to its export. */
    public Skew skew() {
        return skew;
    }

    public long zeroDuration() {
        return zeroDuration;
    }

    /** Records that cover both directions. */
    public long bothDirections() {
        return bothDirections;
    }

    /** From first to last packet, ms. */
    public LogHistogram durationsMs() {
        return durationsMs;
    }

    /** How far records start behind the latest start that arrived before them, ms. */
    public LogHistogram latenessMs() {
        return latenessMs;
    }

    /**
     * The active timeout that the durations show by piling up below it, ms; they end with the last packet before it, so it
     * may be a little longer. 0 when they do not.
     */
    public long activeTimeoutMs() {
        return durationsMs.pile(SHORTEST_TIMEOUT_MS);
    }
}
