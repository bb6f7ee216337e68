package io.botwatch.evaluate;

import java.util.Arrays;

/** How well scores of two classes tell them apart. */
public final class Curve {
    private final double[] positives;
    private final double[] negatives;

    public Curve(double[] positives, double[] negatives) {
        this.positives = positives.clone();
        this.negatives = negatives.clone();
        Arrays.sort(this.positives);
        Arrays.sort(this.negatives);
    }

    /** The chance that a positive scores above a negative, ties by half (the area under the ROC curve); NaN without either. */
    public double area() {
        double above = 0;
        for (double positive : positives) {
            above += (below(negatives, positive) + notAbove(negatives, positive)) / 2.0;
        }
        return above / positives.length / negatives.length;
    }

    /** The least score above which at most this share of negatives lies. */
    public double threshold(double share) {
        int allowed = (int) (share * negatives.length);
        return negatives[negatives.length - 1 - allowed];
    }

    /** Share of positives above a score. */
    public double recall(double threshold) {
        return 1 - (double) notAbove(positives, threshold) / positives.length;
    }

    private static int below(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int notAbove(double[] sorted, double value) {
        return below(sorted, Math.nextUp(value));
    }
}
