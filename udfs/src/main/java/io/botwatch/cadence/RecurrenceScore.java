package io.botwatch.cadence;

/**
 * Does one time between two check-ins, whatever lies in between them, come back more often than times a little shorter or
 * longer? Connections that come between the beats of a beacon split its intervals, but not the time from beat to beat.
 *
 * <p>Counted are the times from each check-in to the next {@value #LAGS}. A window of them is held against its two neighbours of
 * the same length in ms: traffic without a cadence has as many there, whatever its rate, bursts or hours. Not for use by several
 * threads.
 */
final class RecurrenceScore {
    /** With as many random connections as beats, 98 % of beats have the next one within four. */
    private static final int LAGS = 6;

    /** Beyond what this share of check-ins sees with its last lag, times are missing, and windows would end in an edge. */
    private static final double UNSEEN = 0.1;

    private static final int[] WIDTHS = {4, 7, 12, 17, 24};

    private static final int WIDEST = 24;

    /** Below a second, times come from one check-in. */
    private static final int FIRST_BIN = 2 * IntervalHistogram.PER_OCTAVE;

    /** Windows from here on have no room for those after them. */
    private static final int LAST_BIN = IntervalHistogram.BINS - 2 * IntervalHistogram.PER_OCTAVE;

    /** Times share their ends, so their counts vary more than those of independent events, most where there are few. */
    private static final double DISPERSION = 1.5;

    private static final double DISPERSION_OF_FEW = 25;

    /** So many windows are looked at that one of them is as full as this by chance, nats. */
    private static final double SEARCHED = Math.log(10 * 5 * 60);

    private static final double EVIDENCE_SCALE = 6;

    /** As many random connections as beats leave one beat in two check-ins: that shall be as regular as two intervals in three. */
    private static final double SCALE = 1.3;

    /** Where the windows before and after one of each width begin and end, relative to its start; the same for every start. */
    private static final Place[] BEFORE = places(-1);

    private static final Place[] AFTER = places(1);

    /**
     * A point in time on the scale of bins.
     *
     * @param bins whole bins from a window's start
     * @param share of the next bin that lies before it
     */
    private record Place(int bins, double share) {}

    private final IntervalHistogram times = new IntervalHistogram();
    private final int[] sums = new int[IntervalHistogram.BINS + 1];
    private final int[] used = new int[IntervalHistogram.BINS];
    private int inUse;
    private long[] horizons = new long[64];

    private double best;
    private double bestEvidence;
    private int bestStart;
    private int bestWidth;

    /** The lower end of the window before, or the upper end of the one after, as long in ms as the one between. */
    private static Place[] places(int side) {
        Place[] places = new Place[WIDTHS.length];
        for (int w = 0; w < WIDTHS.length; w++) {
            double ratio = Math.pow(2, (double) WIDTHS[w] / IntervalHistogram.PER_OCTAVE);
            double at = side < 0 ? 2 - ratio : 2 * ratio - 1;
            double bins = IntervalHistogram.PER_OCTAVE * Math.log(at) / Math.log(2);
            int whole = (int) Math.floor(bins);
            double lower = Math.pow(2, (double) whole / IntervalHistogram.PER_OCTAVE);
            double upper = Math.pow(2, (whole + 1.0) / IntervalHistogram.PER_OCTAVE);
            places[w] = new Place(whole, (at - lower) / (upper - lower));
        }
        return places;
    }

    /**
     * @param startsMs of the check-ins, ascending, ms; only the first {@code count} matter
     * @param least a score that does not matter, nor any below it
     * @return a score of 0 where nothing comes back
     */
    Cadence evaluate(long[] startsMs, int count, double least) {
        if (count <= 2 * LAGS) {
            return Cadence.NONE;
        }
        search(startsMs, count, least, FIRST_BIN, LAST_BIN);
        double fromMs = IntervalHistogram.edgeMs(bestStart);
        double toMs = IntervalHistogram.edgeMs(bestStart + bestWidth);
        return bestWidth > 0 && lasts(startsMs, count, fromMs, toMs)
                ? new Cadence(best, fromMs, toMs, 0, count - 1, bestEvidence, 0, true)
                : Cadence.NONE;
    }

    /** Whether something comes back in the windows that a period looked for may lie in; as {@link #evaluate} otherwise. */
    boolean finds(long[] startsMs, int count, double least, Sought sought) {
        if (count <= 2 * LAGS || !mayFind(startsMs, count, least, sought)) {
            return false;
        }
        search(startsMs, count, least, Math.max(FIRST_BIN, sought.firstStart(WIDEST)), Math.min(LAST_BIN, sought.lastStart()));
        return bestWidth > 0;
    }

    /** By far the most have too few intervals as short as the periods looked for, or see too short a time. */
    private static boolean mayFind(long[] startsMs, int count, double least, Sought sought) {
        double longestMs = IntervalHistogram.edgeMs(Math.min(IntervalHistogram.BINS, sought.lastStart() + WIDEST));
        int shortEnough = 0;
        int unseen = 0;
        int whole = count - LAGS;
        for (int i = 0; i < count - 1; i++) {
            shortEnough += startsMs[i + 1] - startsMs[i] <= longestMs ? 1 : 0;
            unseen += i < whole && startsMs[i + LAGS] - startsMs[i] <= sought.fromMs() ? 1 : 0;
        }
        return SCALE * LAGS * shortEnough > least * count && unseen <= (int) (UNSEEN * whole);
    }

    private void search(long[] startsMs, int count, double least, int first, int last) {
        fill(startsMs, count, last);
        double horizonMs = Double.NaN;
        double dispersion = DISPERSION + DISPERSION_OF_FEW / count;
        best = least;
        bestWidth = 0;
        for (int i = 0; i < inUse && used[i] <= last; i++) {
            int start = used[i];
            if (start < first) {
                continue;
            }
            int widest = sums[start + WIDEST] - sums[start];
            if (SCALE * widest <= best * count) {
                continue;
            }
            if (Double.isNaN(horizonMs)) {
                horizonMs = horizon(startsMs, count);
            }
            double fromMs = IntervalHistogram.edgeMs(start);
            if (fromMs > horizonMs) {
                break;
            }
            for (int w = 0; w < WIDTHS.length; w++) {
                int width = WIDTHS[w];
                double toMs = IntervalHistogram.edgeMs(start + width);
                double lengthMs = toMs - fromMs;
                if (toMs + lengthMs > horizonMs) {
                    break;
                }
                int inside = sums[start + width] - sums[start];
                double before = sums[start] - upTo(start, BEFORE[w]);
                double after = upTo(start, AFTER[w]) - sums[start + width];
                double beside = (before + after) / 2;
                double excess = Math.min(1, SCALE * (inside - beside) / count);
                if (excess <= best) {
                    continue;
                }
                double expected = Math.max(beside, 0.5);
                double evidence = (inside * Math.log(inside / expected) - (inside - expected)) / dispersion - SEARCHED;
                double score = excess * (1 - Math.exp(-Math.max(evidence, 0) / EVIDENCE_SCALE));
                if (score > best) {
                    best = score;
                    bestEvidence = evidence;
                    bestStart = start;
                    bestWidth = width;
                }
            }
        }
    }

    /** Whether each half of the time has a fourth of what comes back: pages and downloads repeat themselves for a while. */
    private static boolean lasts(long[] startsMs, int count, double fromMs, double toMs) {
        long middleMs = startsMs[0] + (startsMs[count - 1] - startsMs[0]) / 2;
        int early = 0;
        int all = 0;
        for (int i = 0; i < count; i++) {
            for (int k = i + 1; k <= i + LAGS && k < count; k++) {
                long apartMs = startsMs[k] - startsMs[i];
                if (apartMs >= fromMs && apartMs < toMs) {
                    all++;
                    early += startsMs[i] < middleMs ? 1 : 0;
                }
            }
        }
        return 4 * early >= all && 4 * (all - early) >= all;
    }

    /** @param last start of the last window that matters; times longer than those beside it do not */
    private void fill(long[] startsMs, int count, int last) {
        times.clear();
        Place furthest = AFTER[WIDTHS.length - 1];
        double longestMs = IntervalHistogram.edgeMs(Math.min(IntervalHistogram.BINS, last + furthest.bins + 1));
        for (int i = 0; i < count; i++) {
            for (int k = i + 1; k <= i + LAGS && k < count; k++) {
                long apartMs = startsMs[k] - startsMs[i];
                if (apartMs > longestMs) {
                    break;
                }
                times.add(apartMs);
            }
        }
        inUse = times.sumInto(sums, used);
    }

    private double horizon(long[] startsMs, int count) {
        int whole = count - LAGS;
        if (horizons.length < whole) {
            horizons = new long[Math.max(whole, 2 * horizons.length)];
        }
        for (int i = 0; i < whole; i++) {
            horizons[i] = startsMs[i + LAGS] - startsMs[i];
        }
        return smallest((int) (UNSEEN * whole), whole);
    }

    /** The value of this rank, from 0, of the first {@code count} horizons: Hoare's selection (1961). */
    private long smallest(int rank, int count) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            long pivot = horizons[low + high >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (horizons[i] < pivot) {
                    i++;
                }
                while (horizons[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long swapped = horizons[i];
                    horizons[i++] = horizons[j];
                    horizons[j--] = swapped;
                }
            }
            if (rank <= j) {
                high = j;
            } else if (rank >= i) {
                low = i;
            } else {
                break;
            }
        }
        return horizons[rank];
    }

    /** How many times are shorter, as if those of a bin lay evenly in it. */
    private double upTo(int start, Place place) {
        int bin = start + place.bins;
        return sums[bin] + place.share * (sums[bin + 1] - sums[bin]);
    }
}
