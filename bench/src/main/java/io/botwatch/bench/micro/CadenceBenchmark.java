package io.botwatch.bench.micro;

import io.botwatch.cadence.Cadence;
import io.botwatch.cadence.CheckInCadence;
import io.botwatch.cadence.IntervalHistogram;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How regular {@value #CHECK_INS} check-ins are. */
@State(Scope.Thread)
public class CadenceBenchmark {
    private static final int CHECK_INS = 288;
    private static final int MEAN_MS = 300_000;

    /** What the check-ins are like. */
    public enum Rhythm {
        EXACT,
        /** Each a fifth of the period early or late. */
        JITTERED,
        /** Intervals as of chance. */
        MEMORYLESS
    }

    @Param
    public Rhythm rhythm;

    private final CheckInCadence cadence = new CheckInCadence();
    private final IntervalHistogram intervals = new IntervalHistogram();
    private final long[] startsMs = new long[CHECK_INS];

    @Setup
    public void open() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 1; i < CHECK_INS; i++) {
            long intervalMs = switch (rhythm) {
                case EXACT -> MEAN_MS;
                case JITTERED -> (long) (MEAN_MS * random.nextDouble(0.8, 1.2));
                case MEMORYLESS -> (long) (-Math.log(1 - random.nextDouble()) * MEAN_MS);
            };
            startsMs[i] = startsMs[i - 1] + intervalMs;
            intervals.add(intervalMs);
        }
    }

    @Benchmark
    public Cadence score() {
        return cadence.evaluate(intervals, startsMs, CHECK_INS);
    }
}
