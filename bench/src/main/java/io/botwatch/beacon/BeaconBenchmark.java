package io.botwatch.beacon;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.rule.OutboundFilter;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one rule of a cadence does for a check-in of one tuple, once its window is full. */
@State(Scope.Thread)
public class BeaconBenchmark implements BeaconDetector.Listener {
    private static final int SEED = 1;

    /** What the check-ins are like. */
    public enum Rhythm {
        /** One a slide. */
        REGULAR,
        /** One in four slides, in intervals as of chance, but for the first slide. */
        RANDOM
    }

    @Param
    public Rhythm rhythm;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final Flow flow = new Flow();
    private BeaconRule rule;
    private BeaconDetector detector;
    private long startMs;
    private long found;

    @Setup
    public void open() {
        RuleSet rules = RulesDocument.preset("enterprise");
        rule = rules.active(BeaconRule.class).stream().filter(each -> each.cadence() != null).findFirst().orElseThrow();
        OutboundFilter filter = new OutboundFilter(
                rule.excludedPorts(),
                rule.excludedDestinations(),
                rule.excludedSourceRoles(),
                rule.excludedDestinationRoles(),
                rules.roles());
        BeaconJudge judge = new BeaconJudge(rule, filter, "bench", false);
        detector = new BeaconDetector(judge, toMs -> judge, false, 1, 1_000, 1_000_000, SEED, Long.MIN_VALUE, this);
        flow.srcLo = Address.parse("10.0.0.7").lo;
        flow.dstLo = Address.parse("192.0.2.80").lo;
        flow.dstPort = 8_443;
        flow.protocol = 6;
        flow.packets = 10;
        flow.bytes = 1_000;
        startMs = rule.slideMs() * 1_000_000;
        for (long slides = 2 * rule.windowMs() / rule.slideMs(); slides > 0; slides--) {
            slide();
        }
        if ((found > 0) != (rhythm == Rhythm.REGULAR)) {
            throw new IllegalStateException(rhythm + " was found " + found + " times");
        }
        startMs += rule.slideMs();
    }

    /** A check-in in a slice that is there. */
    @Benchmark
    public void update() {
        flow.startMs = startMs;
        detector.add(0, flow);
    }

    /** A check-in that opens a slice, the windows that end up to there, and what leaves them let go of. */
    @Benchmark
    public long slide() {
        startMs += rule.slideMs();
        if (rhythm == Rhythm.RANDOM) {
            startMs += (long) (-3 * Math.log(1 - random.nextDouble()) * rule.slideMs());
        }
        flow.startMs = startMs;
        detector.add(0, flow);
        detector.advance((Math.floorDiv(startMs, rule.slideMs()) + 1) * rule.slideMs() - 1);
        return found;
    }

    @Override
    public void found(Candidate candidate, long toMs) {
        found++;
    }

    @Override
    public void evicted() {
        throw new IllegalStateException("there is but one tuple");
    }
}
