package io.botwatch.beacon;

import io.botwatch.cadence.BeaconScore;
import io.botwatch.cadence.Cadence;
import io.botwatch.cadence.CheckInCadence;
import io.botwatch.cadence.IntervalHistogram;
import io.botwatch.cadence.Period;
import io.botwatch.cadence.RitaScore;
import io.botwatch.cadence.SizeConstancy;
import io.botwatch.cadence.Sought;
import java.util.Arrays;

/** The intervals and sizes of one window's check-ins, while it is judged; one for all tuples of a subtask. */
final class Rhythm {
    private static final long NONE = Long.MIN_VALUE;

    private final IntervalHistogram intervals = new IntervalHistogram();
    private final SizeConstancy sizes = new SizeConstancy();
    private final CheckInCadence cadence = new CheckInCadence();
    private final CadenceCondition condition;

    private long[] intervalsMs = new long[64];
    private int count;
    private long[] startsMs = new long[64];
    private int[] sizeCodes = new int[64];
    private int checkIns;

    /** The check-in before, epoch ms; {@link #NONE} where it is not known. */
    private long previousMs = NONE;

    Rhythm(CadenceCondition condition) {
        this.condition = condition;
    }

    void clear() {
        intervals.clear();
        sizes.clear();
        previousMs = NONE;
        count = 0;
        checkIns = 0;
    }

    /** @param startMs not before the one added last, epoch ms */
    void add(long startMs, int sizeCode) {
        if (previousMs != NONE) {
            if (count == intervalsMs.length) {
                intervalsMs = Arrays.copyOf(intervalsMs, 2 * count);
            }
            intervalsMs[count++] = startMs - previousMs;
            intervals.add(startMs - previousMs);
        }
        previousMs = startMs;
        sizes.add(sizeCode);
        if (checkIns == startsMs.length) {
            startsMs = Arrays.copyOf(startsMs, 2 * checkIns);
            sizeCodes = Arrays.copyOf(sizeCodes, 2 * checkIns);
        }
        startsMs[checkIns] = startMs;
        sizeCodes[checkIns++] = sizeCode;
    }

    /** Says that check-ins are missing here, so that the next interval is not known. */
    void skip() {
        previousMs = NONE;
    }

    /**
     * @param spanMs from the first check-in to the last, ms
     * @return null where the condition does not hold
     */
    Regularity regularity(long spanMs) {
        double constancy = sizes.largestShare();
        double ofCadence = BeaconScore.withoutRarity(1, constancy, spanMs);
        Cadence found = cadence.evaluate(
                intervals,
                startsMs,
                checkIns,
                new Sought(condition.minScore() / ofCadence, condition.minPeriodMs(), condition.maxPeriodMs()));
        double score = BeaconScore.withoutRarity(found.score(), constancy, spanMs);
        if (score < condition.minScore()) {
            return null;
        }
        Period period = Period.of(found, intervalsMs, count);
        return condition.isFor(period)
                ? new Regularity(found, period, constancy, score, BeaconScore.rarityWeight(found.score()))
                : null;
    }

    /**
     * What RITA would give the same check-ins, 0 to 1; sizes are those of their codes, to 5 %.
     *
     * @param fromMs start of the window, epoch ms
     * @param toMs its end, epoch ms
     */
    double ritaScore(long fromMs, long toMs) {
        long[] seconds = new long[checkIns];
        long[] bytes = new long[checkIns];
        for (int i = 0; i < checkIns; i++) {
            seconds[i] = Math.floorDiv(startsMs[i], 1_000L);
            bytes[i] = Math.round(SizeConstancy.decode(sizeCodes[i]));
        }
        return RitaScore.of(seconds, bytes, fromMs / 1_000, toMs / 1_000).total();
    }
}
