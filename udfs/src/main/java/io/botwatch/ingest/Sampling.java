package io.botwatch.ingest;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * At what rate a flow's exporter sampled, and its counters scaled up by it. Of what is known the first counts: the override
 * of its exporter, the rate that the record reports, the rate of its exporter, the rate by default. A record that reports
 * no rate or 1 may be unsampled, or scaled by its collector already: without a configured rate it stays as it is. Immutable.
 */
public final class Sampling implements Serializable {
    /** Above it a rate is a mistake: no exporter samples less than 1 in a million packets. */
    public static final int MAX_RATE = 1_000_000;

    /** Nothing is configured: what the records report counts. */
    public static final Sampling AS_REPORTED = new Sampling(1, Map.of(), Map.of());

    private final int byDefault;
    private final Rates exporters;
    private final Rates overrides;

    /**
     * Rates are 1 in N packets, 1 to {@link #MAX_RATE}.
     *
     * @param byDefault of flows that report no rate, or 1
     * @param exporters likewise, for the flows of one exporter
     * @param overrides of all flows of one exporter, whatever they report
     * @throws IllegalArgumentException when a rate is out of range
     */
    public Sampling(int byDefault, Map<Address, Integer> exporters, Map<Address, Integer> overrides) {
        this.byDefault = inRange(byDefault);
        this.exporters = new Rates(exporters);
        this.overrides = new Rates(overrides);
    }

    private static int inRange(int rate) {
        if (rate < 1 || rate > MAX_RATE) {
            throw new IllegalArgumentException("sampling rate " + rate + " is not 1 to " + MAX_RATE);
        }
        return rate;
    }

    /**
     * Sets the flow's rate and multiplies its counters by it, up to {@link Long#MAX_VALUE}. For a flow as it was decoded:
     * a second call would scale it twice.
     */
    public void apply(Flow flow) {
        flow.samplingRate = rate(flow);
        if (flow.samplingRate > 1) {
            flow.bytes = times(flow.bytes, flow.samplingRate);
            flow.packets = times(flow.packets, flow.samplingRate);
            flow.reverseBytes = times(flow.reverseBytes, flow.samplingRate);
            flow.reversePackets = times(flow.reversePackets, flow.samplingRate);
        }
    }

    private int rate(Flow flow) {
        int override = overrides.of(flow.exporterHi, flow.exporterLo);
        if (override != Rates.NONE) {
            return override;
        }
        if (flow.samplingRate > 1) {
            return flow.samplingRate;
        }
        int exporter = exporters.of(flow.exporterHi, flow.exporterLo);
        return exporter != Rates.NONE ? exporter : byDefault;
    }

    private static long times(long count, int rate) {
        return count > Long.MAX_VALUE / rate ? Long.MAX_VALUE : count * rate;
    }

    /** Rates by exporter, in arrays: it is asked for every flow, and makes no object of its address. */
    private static final class Rates implements Serializable {
        static final int NONE = 0;

        private final long[] his;
        private final long[] los;
        private final int[] rates;

        Rates(Map<Address, Integer> byExporter) {
            his = new long[byExporter.size()];
            los = new long[his.length];
            rates = new int[his.length];
            int at = 0;
            for (Map.Entry<Address, Integer> entry : new TreeMap<>(byExporter).entrySet()) {
                his[at] = entry.getKey().hi;
                los[at] = entry.getKey().lo;
                rates[at++] = inRange(entry.getValue());
            }
        }

        int of(long hi, long lo) {
            int from = 0;
            int to = rates.length;
            while (from < to) {
                int middle = (from + to) >>> 1;
                int order = Address.compare(his[middle], los[middle], hi, lo);
                if (order == 0) {
                    return rates[middle];
                }
                if (order < 0) {
                    from = middle + 1;
                } else {
                    to = middle;
                }
            }
            return NONE;
        }
    }
}
