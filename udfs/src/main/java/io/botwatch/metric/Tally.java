package io.botwatch.metric;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/** A count under one name, twice: as a metric while the job runs, and as an accumulator in the job's result. */
public final class Tally {
    public static final String DECODED = "flows_decoded";
    public static final String NOT_IP = "records_not_ip";
    public static final String DEAD = "records_dead";
    public static final String REPLIES = "flows_replies";
    public static final String UNROUTED = "flows_unrouted";
    public static final String LATE_BEACON = "late_beacon";
    public static final String LATE_VOLUMETRIC = "late_volumetric";
    public static final String LATE_RELAY = "late_relay";
    public static final String RELAY_OVERFLOW = "relay_overflow_buckets";
    public static final String FINDINGS = "findings";

    private final Counter metric;
    private final LongCounter accumulator;

    private Tally(Counter metric, LongCounter accumulator) {
        this.metric = metric;
        this.accumulator = accumulator;
    }

    public static Tally of(RuntimeContext context, String name) {
        return new Tally(context.getMetricGroup().counter(name), context.getLongCounter(name));
    }

    public void add(long n) {
        metric.inc(n);
        accumulator.add(n);
    }

    public void increment() {
        add(1);
    }
}
