package io.botwatch.cadence;

import java.util.TreeMap;

/** What RITA v5 makes of when, in the whole span of a data set, connections were: an even spread, or two levels of bars. */
final class RitaHistogram {
    /** Counts that differ by less than this share of the highest bar are one level. */
    static final double LEVEL_WIDTH = 0.05;

    private static final double HOURS_OF_IDEAL_RUN = 12;

    private final int[] bars;
    private int barsInUse;
    private int longestRun;

    private RitaHistogram(int[] bars) {
        this.bars = bars;
        countRuns();
    }

    /**
     * @param sortedTimes ascending; those outside of the span count to its first and last bar
     * @param edges of the bars, one more than there are bars
     */
    static RitaHistogram of(long[] sortedTimes, double[] edges) {
        if (sortedTimes.length == 0) {
            throw new IllegalArgumentException("histogram of no times");
        }
        int[] bars = new int[edges.length - 1];
        int bar = 0;
        for (long time : sortedTimes) {
            while (bar < bars.length - 1 && time >= edges[bar + 1]) {
                bar++;
            }
            bars[bar]++;
        }
        return new RitaHistogram(bars);
    }

    static RitaHistogram ofBars(int... bars) {
        if (bars.length == 0) {
            throw new IllegalArgumentException("no bars");
        }
        return new RitaHistogram(bars.clone());
    }

    static double[] edges(long from, long to, int bars) {
        if (to <= from) {
            throw new IllegalArgumentException("span from " + from + " to " + to);
        }
        double[] edges = new double[bars + 1];
        for (int i = 0; i <= bars; i++) {
            edges[i] = from + (double) (to - from) * i / bars;
        }
        return edges;
    }

    /** A run may go on from the last bar to the first: the span is taken for a day. */
    private void countRuns() {
        int run = 0;
        for (int i = 0; i < 2 * bars.length; i++) {
            boolean inUse = bars[i % bars.length] > 0;
            barsInUse += inUse && i < bars.length ? 1 : 0;
            run = inUse ? run + 1 : 0;
            longestRun = Math.max(longestRun, Math.min(run, bars.length));
        }
    }

    int[] bars() {
        return bars.clone();
    }

    /** Bars that are not empty. */
    int barsInUse() {
        return barsInUse;
    }

    int longestRun() {
        return longestRun;
    }

    double score(int minBarsForTwoLevels) {
        return Math.max(evenness(), twoLevels(levels(LEVEL_WIDTH), barsInUse, minBarsForTwoLevels));
    }

    /** 1 less the coefficient of variation of all bars, at least 0. */
    double evenness() {
        double sum = 0;
        double squares = 0;
        for (int bar : bars) {
            sum += bar;
        }
        if (sum == 0) {
            throw new IllegalArgumentException("all bars are empty");
        }
        double mean = sum / bars.length;
        for (int bar : bars) {
            squares += (bar - mean) * (bar - mean);
        }
        return Math.max(0, RitaStatistics.rounded(1 - Math.sqrt(squares / bars.length) / mean));
    }

    /** How many bars are of each height, heights in steps of a share of the highest. */
    TreeMap<Integer, Integer> levels(double width) {
        int highest = 0;
        for (int bar : bars) {
            highest = Math.max(highest, bar);
        }
        int step = Math.max(1, (int) Math.ceil(highest * width));
        TreeMap<Integer, Integer> levels = new TreeMap<>();
        for (int bar : bars) {
            if (bar > 0) {
                levels.merge(bar / step * step, 1, Integer::sum);
            }
        }
        return levels;
    }

    /** Share of bars that are of the two commonest levels, one bar being let off; 0 with fewer bars than asked for. */
    static double twoLevels(TreeMap<Integer, Integer> levels, int barsInUse, int minBars) {
        if (barsInUse <= 0) {
            throw new IllegalArgumentException("no bars in use");
        }
        if (barsInUse < minBars) {
            return 0;
        }
        int first = 0;
        int second = 0;
        for (int count : levels.values()) {
            second = Math.max(second, Math.min(first, count));
            first = Math.max(first, count);
        }
        return RitaStatistics.rounded(Math.min(1, (double) (first + second) / Math.max(1, barsInUse - 1)));
    }

    /** Share of the data set's span from the first time to the last, at most 1. */
    static double coverage(long firstTime, long lastTime, long from, long to) {
        if (to <= from || lastTime < firstTime) {
            throw new IllegalArgumentException("times " + firstTime + " to " + lastTime + " in " + from + " to " + to);
        }
        return Math.min(1, RitaStatistics.roundedUp((double) (lastTime - firstTime) / (to - from)));
    }

    /** The longest run against twelve hours, at most 1. */
    static double consistency(int longestRun) {
        return Math.min(1, RitaStatistics.roundedUp(longestRun / HOURS_OF_IDEAL_RUN));
    }

    /** Coverage or consistency, whichever is larger; 0 with fewer bars in use than asked for. */
    static double durationScore(double coverage, double consistency, int barsInUse, int minBars) {
        if (minBars < 1) {
            throw new IllegalArgumentException("at least " + minBars + " bars");
        }
        return barsInUse < minBars ? 0 : Math.max(coverage, consistency);
    }
}
