package io.botwatch.evaluate;

import io.botwatch.cadence.CheckInCadence;
import io.botwatch.cadence.IntervalHistogram;
import io.botwatch.cadence.RitaScore;
import io.botwatch.generate.CadenceSet;
import io.botwatch.generate.CheckIns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * How well the cadence score, and RITA's beside it, tell beacons from traffic without a cadence, on a seeded set.
 *
 * @param seed of the set
 * @param beacons how many there are
 * @param others how many without a cadence
 * @param cadence of the cadence score
 * @param rita of RITA's score
 * @param aperiodic of a larger set without a cadence: how many
 * @param alerts how many of those are at {@link #ALERT} or above
 * @param highest what the highest of those has
 * @param minutesToDetect by the period, s: the median time from the first check-in until the score is at {@link #ALERT}, min
 */
public record CadenceEvaluation(
        long seed,
        int beacons,
        int others,
        Figures cadence,
        Figures rita,
        int aperiodic,
        int alerts,
        double highest,
        Map<Long, Double> minutesToDetect) {

    /** From here on the score says that there is a cadence. */
    public static final double ALERT = 0.5;

    private static final double FALSE_POSITIVES = 0.01;
    private static final long SLIDE_MS = 300_000;
    private static final int MIN_CHECK_INS = 6;

    /**
     * What one score comes to.
     *
     * @param area under the ROC curve
     * @param recall share of all beacons that are found at 1 % false positives
     * @param byCondition the same by condition
     */
    public record Figures(double area, double recall, Map<String, Double> byCondition) {}

    /** @param scale 1 for some 3 600 beacons and 1 000 others, of which 4 650 more make the larger set; less for less */
    public static CadenceEvaluation of(long seed, double scale) {
        int each = (int) Math.max(1, 48 * scale);
        List<CheckIns> beacons = CadenceSet.beacons(seed, each);
        List<CheckIns> others = CadenceSet.others(seed, (int) Math.max(10, 200 * scale));
        List<CheckIns> aperiodic = CadenceSet.others(seed + 1_000_000, (int) Math.max(10, 930 * scale));
        double[] chance = scores(aperiodic, CadenceEvaluation::score);
        return new CadenceEvaluation(
                seed,
                beacons.size(),
                others.size(),
                figures(beacons, others, CadenceEvaluation::score),
                figures(beacons, others, CadenceEvaluation::rita),
                aperiodic.size(),
                (int) Arrays.stream(chance).filter(score -> score >= ALERT).count(),
                Arrays.stream(chance).max().orElse(0),
                minutesToDetect(beacons));
    }

    private static Figures figures(List<CheckIns> beacons, List<CheckIns> others, ToDoubleFunction<CheckIns> score) {
        double[] negatives = scores(others, score);
        Curve all = new Curve(scores(beacons, score), negatives);
        double threshold = all.threshold(FALSE_POSITIVES);
        Map<String, List<CheckIns>> groups = new LinkedHashMap<>();
        beacons.forEach(beacon -> groups.computeIfAbsent(beacon.condition(), c -> new ArrayList<>()).add(beacon));
        Map<String, Double> byCondition = new LinkedHashMap<>();
        groups.forEach((condition, group) ->
                byCondition.put(condition, new Curve(scores(group, score), negatives).recall(threshold)));
        return new Figures(all.area(), all.recall(threshold), byCondition);
    }

    private static double[] scores(List<CheckIns> set, ToDoubleFunction<CheckIns> score) {
        return set.stream().mapToDouble(score).toArray();
    }

    private static double score(CheckIns checkIns) {
        return score(checkIns.startsMs(), checkIns.startsMs().length);
    }

    private static double score(long[] startsMs, int count) {
        IntervalHistogram histogram = new IntervalHistogram();
        for (int i = 1; i < count; i++) {
            histogram.add(startsMs[i] - startsMs[i - 1]);
        }
        return new CheckInCadence().evaluate(histogram, startsMs, count).score();
    }

    private static double rita(CheckIns checkIns) {
        long[] seconds = Arrays.stream(checkIns.startsMs()).map(ms -> ms / 1_000).toArray();
        return RitaScore.of(seconds, checkIns.bytes(), 0, CheckIns.DAY_MS / 1_000).total();
    }

    private static Map<Long, Double> minutesToDetect(List<CheckIns> beacons) {
        Map<Long, List<Double>> minutes = new TreeMap<>();
        for (CheckIns beacon : beacons) {
            if (beacon.condition().equals(CadenceSet.EXACT)) {
                minutes.computeIfAbsent(beacon.periodMs() / 1_000, period -> new ArrayList<>()).add(minutesToDetect(beacon));
            }
        }
        Map<Long, Double> medians = new TreeMap<>();
        minutes.forEach((period, all) -> medians.put(period, all.stream().sorted().toList().get(all.size() / 2)));
        return medians;
    }

    /** Judged at the end of each slide, as the rule does. */
    private static double minutesToDetect(CheckIns beacon) {
        long[] starts = beacon.startsMs();
        int count = 0;
        for (long end = SLIDE_MS; end <= CheckIns.DAY_MS; end += SLIDE_MS) {
            while (count < starts.length && starts[count] < end) {
                count++;
            }
            if (count >= MIN_CHECK_INS && score(starts, count) >= ALERT) {
                return (end - starts[0]) / 60_000.0;
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
