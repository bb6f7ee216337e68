package io.botwatch.cadence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Is there a window of intervals too full for chance? For each window of bins, the share of intervals in it is held against
 * the largest share that any memoryless traffic, of whatever rate, can put there; windows at twice, three and four times the
 * length count missed check-ins.
 *
 * <p>docs/detectors/beacon.md has the formula and how it was measured. Not for use by several threads.
 */
public final class CadenceScore {
    private static final int MIN_INTERVALS = 4;
    private static final long[] BURST_CUTS_MS = {0, 1_000, 5_000, 15_000, 60_000};
    private static final int[] CUT_BINS = Arrays.stream(BURST_CUTS_MS)
            .mapToInt(cutMs -> cutMs == 0 ? 0 : IntervalHistogram.bin(cutMs))
            .toArray();
    private static final int[] WIDTHS = {1, 2, 4, 7, 12, 17, 24, 32, 41, 51};

    /** The largest share of exponential intervals in a window of each width, and in those at multiples of it, together. */
    private static final double[][] CHANCE = {
        {.007968, .015027, .021790, .028431},
        {.015936, .030052, .043578, .056859},
        {.031864, .060092, .087139, .113696},
        {.055727, .105101, .152410, .198861},
        {.095355, .179876, .260863, .340383},
        {.134705, .254185, .368674},
        {.189119, .357078},
        {.25},
        {.31635},
        {.38683}
    };

    /** Twice, three and four times as long, in bins. */
    private static final int[] MULTIPLES = {0, 32, 51, 64};

    /**
     * Widths with as many multiples.
     *
     * @param widest of them, bins
     * @param leastChance no more than the share that chance puts into a window of any of them
     */
    private record WidthClass(int widest, int multiples, double leastChance) {}

    private static final WidthClass[] WIDTH_CLASSES = widthClasses();

    /** By burst cut, width and start: the largest share of memoryless intervals in that window; NaN where the cut covers it. */
    private static final double[][][] LARGEST_SHARE = largestShares();

    /** What the search tries to beat from the start, so that aperiodic traffic is given up early. */
    private static final double LEAST = 0.1;

    /** So many windows are looked at that one of them is as full as this by chance, nats. */
    private static final double SEARCHED = Math.log(10 * 5 * 60);

    private static final double EVIDENCE_SCALE = 6;

    private final int[] sums = new int[IntervalHistogram.BINS + 1];
    private final int[] used = new int[IntervalHistogram.BINS];

    private double best;
    private int bestStart;
    private int bestWidth;
    private int bestMultiples;
    private int bestIntervals;
    private double bestEvidence;
    private long bestCutMs;

    /** @return a score of 0 where nothing is regular, or fewer than {@value #MIN_INTERVALS} intervals remain */
    public Cadence evaluate(IntervalHistogram histogram) {
        return evaluate(histogram, LEAST);
    }

    /** @param least a score that does not matter, nor any below it: 0 is then as good, and sooner known */
    Cadence evaluate(IntervalHistogram histogram, double least) {
        search(histogram, least, 0, IntervalHistogram.BINS);
        return bestWidth == 0 ? Cadence.NONE : found();
    }

    /**
     * The best score of the windows that a period looked for may lie in; 0 where none is above {@code least}.
     *
     * @param least a score that does not matter, nor any below it
     */
    double bestOf(IntervalHistogram histogram, double least, Sought sought) {
        search(histogram, least, sought.firstStart(WIDTHS[WIDTHS.length - 1]), sought.lastStart());
        return bestWidth == 0 ? 0 : best;
    }

    private void search(IntervalHistogram histogram, double least, int firstStart, int lastStart) {
        best = Math.max(LEAST, least);
        bestWidth = 0;
        if (histogram.total < MIN_INTERVALS) {
            return;
        }
        int inUse = histogram.sumInto(sums, used);
        int first = 0;
        while (first < inUse && used[first] < Math.max(1, firstStart)) {
            first++;
        }
        while (inUse > first && used[inUse - 1] > lastStart) {
            inUse--;
        }
        int before = -1;
        for (int cut = 0; cut < BURST_CUTS_MS.length; cut++) {
            int cutBin = CUT_BINS[cut];
            int intervals = histogram.total - sums[cutBin];
            if (intervals < MIN_INTERVALS) {
                break;
            }
            // A cut that leaves nothing out only makes chance larger.
            if (intervals != before) {
                while (first < inUse && used[first] < cutBin) {
                    first++;
                }
                search(cut, first, inUse, intervals);
            }
            before = intervals;
        }
    }

    /** From the windows that start with the bins in use from {@code first} to before {@code end}. */
    private void search(int cut, int first, int end, int intervals) {
        double[][] largestShares = LARGEST_SHARE[cut];
        long cutMs = BURST_CUTS_MS[cut];
        for (int i = first; i < end; i++) {
            int start = used[i];
            if (Double.isNaN(largestShares[0][start])) {
                continue;
            }
            if (!mayBeat(start, intervals)) {
                continue;
            }
            for (int w = 0; w < WIDTHS.length; w++) {
                int width = Math.min(WIDTHS[w], IntervalHistogram.BINS - start);
                int inside = sums[start + width] - sums[start];
                double chance = largestShares[w][start];
                weigh(start, w, 1, inside, chance, intervals, cutMs);
                int multiple = inside;
                int all = inside;
                for (int k = 2; k <= CHANCE[w].length; k++) {
                    int at = start + MULTIPLES[k - 1];
                    if (at >= IntervalHistogram.BINS) {
                        break;
                    }
                    multiple = Math.min(multiple, sums[Math.min(IntervalHistogram.BINS, at + WIDTHS[w])] - sums[at]);
                    all += multiple;
                    if (multiple == 0) {
                        break;
                    }
                    double together = Math.min(1, chance - CHANCE[w][0] + CHANCE[w][k - 1]);
                    weigh(start, w, k, all, together, intervals, cutMs);
                }
            }
        }
    }

    /**
     * Whether any window from here on may be better than the best: of those with as many multiples the widest holds most, and no
     * share of chance is smaller than the narrowest's.
     */
    private boolean mayBeat(int start, int intervals) {
        for (WidthClass of : WIDTH_CLASSES) {
            int inside = sums[Math.min(IntervalHistogram.BINS, start + of.widest)] - sums[start];
            int all = inside;
            for (int k = 2; k <= of.multiples && start + MULTIPLES[k - 1] < IntervalHistogram.BINS; k++) {
                int at = start + MULTIPLES[k - 1];
                inside = Math.min(inside, sums[Math.min(IntervalHistogram.BINS, at + of.widest)] - sums[at]);
                all += inside;
            }
            if (all > intervals * (best + of.leastChance * (1 - best))) {
                return true;
            }
        }
        return false;
    }

    private static WidthClass[] widthClasses() {
        List<WidthClass> classes = new ArrayList<>();
        int narrowest = 0;
        for (int w = 0; w < WIDTHS.length; w++) {
            if (w == WIDTHS.length - 1 || CHANCE[w].length > CHANCE[w + 1].length) {
                // The table is rounded to six decimals.
                classes.add(new WidthClass(WIDTHS[w], CHANCE[w].length, CHANCE[narrowest][0] - 1e-6));
                narrowest = w + 1;
            }
        }
        return classes.toArray(WidthClass[]::new);
    }

    private static double[][][] largestShares() {
        double[][][] shares = new double[BURST_CUTS_MS.length][WIDTHS.length][IntervalHistogram.BINS];
        for (int cut = 0; cut < BURST_CUTS_MS.length; cut++) {
            for (int w = 0; w < WIDTHS.length; w++) {
                for (int start = 0; start < IntervalHistogram.BINS; start++) {
                    double lower = IntervalHistogram.edgeMs(start) - BURST_CUTS_MS[cut];
                    int end = Math.min(IntervalHistogram.BINS, start + WIDTHS[w]);
                    double upper = IntervalHistogram.edgeMs(end) - BURST_CUTS_MS[cut];
                    shares[cut][w][start] = lower <= 0 ? Double.NaN : largestShare(upper / lower);
                }
            }
        }
        return shares;
    }

    /** Of exponential intervals with any mean, at most this share lies between two bounds of this ratio. */
    static double largestShare(double ratio) {
        return Math.pow(ratio, -1 / (ratio - 1)) * (1 - 1 / ratio);
    }

    private void weigh(int start, int w, int multiples, int inside, double chance, int intervals, long cutMs) {
        double share = (double) inside / intervals;
        double excess = (share - chance) / (1 - chance);
        if (excess <= best) {
            return;
        }
        double evidence = intervals * divergence(share, chance) - SEARCHED;
        double score = excess * (1 - Math.exp(-Math.max(evidence, 0) / EVIDENCE_SCALE));
        if (score > best) {
            best = score;
            bestStart = start;
            bestWidth = WIDTHS[w];
            bestMultiples = multiples;
            bestIntervals = intervals;
            bestEvidence = evidence;
            bestCutMs = cutMs;
        }
    }

    /** Kullback-Leibler divergence of two coins, nats. */
    private static double divergence(double p, double q) {
        return (p <= 0 ? 0 : p * Math.log(p / q)) + (p >= 1 ? 0 : (1 - p) * Math.log((1 - p) / (1 - q)));
    }

    private Cadence found() {
        int end = Math.min(IntervalHistogram.BINS, bestStart + bestWidth);
        double fromMs = IntervalHistogram.edgeMs(bestStart);
        double toMs = IntervalHistogram.edgeMs(end);
        // A window of an octave or more overlaps the one at twice its length.
        double missed = bestMultiples > 1 ? missed(fromMs, toMs, sums[end] - sums[bestStart]) : 0;
        return new Cadence(
                best,
                fromMs,
                toMs,
                missed,
                bestIntervals,
                bestEvidence,
                bestCutMs,
                false);
    }

    /**
     * Of the beats within the intervals of the winning window, and within those twice to four times as long, the share without
     * a check-in. Wider by a bin than the windows of the search: an exact period's multiples lie on edges.
     */
    private double missed(double fromMs, double toMs, int inside) {
        int beats = inside;
        int checkIns = inside;
        int multiple = inside;
        for (int k = 2; k <= MULTIPLES.length; k++) {
            int from = IntervalHistogram.bin((long) (k * fromMs));
            int to = Math.min(IntervalHistogram.BINS, IntervalHistogram.bin((long) (k * toMs)) + 1);
            multiple = Math.min(multiple, sums[to] - sums[from]);
            beats += k * multiple;
            checkIns += multiple;
        }
        return 1 - (double) checkIns / beats;
    }
}
