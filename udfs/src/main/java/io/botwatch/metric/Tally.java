package io.botwatch.metric;

import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.metrics.Counter;

/** A count under one name, twice: as a metric while the job runs, and as an accumulator in the job's result. */
public final class Tally {
    public static final String DECODED = "flows_decoded";
    public static final String LOOKUPS = "lookups_decoded";
    public static final String NOT_IP = "records_not_ip";
    public static final String DEAD = "records_dead";
    public static final String REPLIES = "records_replies";

    /** Records that went on with a connection which an exporter had cut. */
    public static final String PIECES = "records_pieces";

    /** Records that another exporter had reported already. */
    public static final String COPIES = "records_copies";

    public static final String CONNECTIONS = "connections_opened";
    public static final String EVICTED_CONNECTIONS = "connections_evicted";
    public static final String LATE_CONNECTIONS = "late_connections";

    /** Dead letters that were counted and not written, because there were too many of their reason. */
    public static final String SUPPRESSED = "dead_letters_suppressed";
    public static final String UNROUTED = "flows_unrouted";
    public static final String LATE_BEACON = "late_beacon";

    /** Tuples that the beacon rule let go of, to keep within the bounds of state. */
    public static final String EVICTED_BEACON = "beacon_evicted";

    /** Addresses of which nothing more is known, to keep within the bounds of state. */
    public static final String EVICTED_ADDRESSES = "addresses_evicted";

    public static final String LATE_VOLUMETRIC = "late_volumetric";
    public static final String LATE_OUTBOUND = "late_outbound";

    /** Flows that no outbound rule counted, because their host had too many ports or destinations at once. */
    public static final String REFUSED_OUTBOUND = "outbound_flows_refused";

    public static final String LATE_LOOKUPS = "late_lookups";
    public static final String LATE_RELAY = "late_relay";
    public static final String RELAY_OVERFLOW = "relay_overflow_buckets";

    /** Connections that were not held against others, because too many of their host ended at once. */
    public static final String RELAY_CROWDED = "relay_crowded_connections";

    /** Findings that an exception would have matched, had it not expired. */
    public static final String EXPIRED_EXCEPTIONS = "exceptions_expired";

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

    /** A count of a job's result or progress; 0 when there is none of that name. */
    public static long count(Map<String, Object> counters, String name) {
        return counters.get(name) instanceof Long n ? n : 0;
    }

    /** Records read, whatever they were. */
    public static long read(Map<String, Object> counters) {
        return count(counters, DECODED) + count(counters, LOOKUPS) + count(counters, NOT_IP) + dead(counters);
    }

    /** Records that could not be decoded, whatever the reason. */
    public static long dead(Map<String, Object> counters) {
        return counters.keySet().stream()
                .filter(name -> name.startsWith(DEAD))
                .mapToLong(name -> count(counters, name))
                .sum();
    }

    /** Records that came too late for a rule, over all rules. */
    public static long late(Map<String, Object> counters) {
        return count(counters, LATE_BEACON) + count(counters, LATE_VOLUMETRIC) + count(counters, LATE_RELAY)
                + count(counters, LATE_OUTBOUND) + count(counters, LATE_LOOKUPS);
    }

    public void add(long n) {
        metric.inc(n);
        accumulator.add(n);
    }

    public void increment() {
        add(1);
    }
}
