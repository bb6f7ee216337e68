package io.botwatch.bench.micro;

import io.botwatch.sketch.DistinctCount;
import java.util.SplittableRandom;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Counts of distinct values of steady sizes, ours beside DataSketches alone. */
@State(Scope.Thread)
public class SketchBenchmark {
    private static final int LG_K = 12;

    /** Held one by one, as coupons, and as registers. */
    @Param({"4", "300", "100000"})
    public int values;

    private long[] hashes;
    private DistinctCount count;
    private DistinctCount other;
    private HllSketch sketch;
    private HllSketch otherSketch;
    private int at;

    @Setup
    public void open() {
        hashes = new SplittableRandom(1).longs(values).toArray();
        count = new DistinctCount();
        other = new DistinctCount();
        sketch = new HllSketch(LG_K, TgtHllType.HLL_8);
        otherSketch = new HllSketch(LG_K, TgtHllType.HLL_8);
        for (long hash : hashes) {
            count.add(hash);
            other.add(hash);
            sketch.update(hash);
            otherSketch.update(hash);
        }
        if (values > 4 && count.estimate() != Math.round(sketch.getCompositeEstimate())) {
            throw new IllegalStateException(count.estimate() + " differs from " + sketch.getCompositeEstimate());
        }
    }

    private long next() {
        at = at + 1 == hashes.length ? 0 : at + 1;
        return hashes[at];
    }

    @Benchmark
    public DistinctCount add() {
        count.add(next());
        return count;
    }

    @Benchmark
    public HllSketch addToSketch() {
        sketch.update(next());
        return sketch;
    }

    @Benchmark
    public DistinctCount merge() {
        count.merge(other);
        return count;
    }

    @Benchmark
    public HllSketch mergeSketches() {
        Union union = new Union(LG_K);
        union.update(sketch);
        union.update(otherSketch);
        return union.getResult(TgtHllType.HLL_8);
    }
}
