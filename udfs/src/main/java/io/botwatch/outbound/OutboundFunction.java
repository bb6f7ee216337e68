package io.botwatch.outbound;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.metric.Tally;
import io.botwatch.network.Roles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites what a host did in each bucket, and judges the windows that end with it. Buckets lie in
 * state until the longest window has passed.
 */
public final class OutboundFunction extends KeyedProcessFunction<ConnectionKey, OutboundSums, Candidate> {
    private static final MapStateDescriptor<Long, OutboundSums> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, OutboundSums.Serializer.TYPE);

    private final OutboundRule rule;
    private final String configVersion;
    private final OutboundTraffic traffic;

    /** Of the longest condition. */
    private final long windowMs;

    /** Indexes of the conditions, the shortest window first. */
    private final int[] byWindow;

    private transient MapState<Long, OutboundSums> buckets;
    private transient Tally late;

    public OutboundFunction(OutboundRule rule, Roles roles, String configVersion) {
        this.rule = rule;
        this.configVersion = configVersion;
        this.traffic = new OutboundTraffic(rule, roles);
        this.windowMs = rule.windowMs();
        this.byWindow = IntStream.range(0, rule.conditions().size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> rule.conditions().get(i).windowMs()))
                .mapToInt(i -> i)
                .toArray();
    }

    @Override
    public void open(OpenContext context) {
        buckets = getRuntimeContext().getMapState(BUCKETS);
        late = Tally.of(getRuntimeContext(), Tally.LATE_OUTBOUND);
    }

    @Override
    public void processElement(OutboundSums sums, Context context, Collector<Candidate> out) throws Exception {
        if (sums.endMs() - 1 <= context.timerService().currentWatermark()) {
            late.add(sums.flows);
            return;
        }
        OutboundSums bucket = buckets.get(sums.bucketMs);
        if (bucket == null) {
            bucket = sums.copy();
            context.timerService().registerEventTimeTimer(sums.endMs() - 1);
        } else {
            bucket.merge(sums);
        }
        buckets.put(sums.bucketMs, bucket);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        long endMs = timestamp + 1;
        // Of most windows nothing more than this needs to be known.
        if (mayHold(endMs, context.timerService())) {
            judge(recent(endMs), endMs, out);
        }
    }

    /**
     * Whether a bucket ends here, and any condition may hold of all buckets up to it together; what does not cannot hold of
     * fewer. Forgets buckets that no window reaches any more, and sees to it that this one will be.
     */
    private boolean mayHold(long endMs, TimerService timers) throws Exception {
        long flows = 0;
        long packets = 0;
        long bytes = 0;
        boolean ends = false;
        List<Long> gone = null;
        for (OutboundSums bucket : buckets.values()) {
            if (bucket.bucketMs < endMs - windowMs) {
                gone = gone == null ? new ArrayList<>() : gone;
                gone.add(bucket.bucketMs);
            } else if (bucket.endMs() <= endMs) {
                flows += bucket.flows;
                packets += bucket.packets;
                bytes += bucket.bytes;
                ends |= bucket.endMs() == endMs;
            }
        }
        if (gone != null) {
            for (Long bucket : gone) {
                buckets.remove(bucket);
            }
        }
        if (!ends) {
            return false;
        }
        timers.registerEventTimeTimer(endMs - 1 + windowMs);
        for (OutboundCondition condition : rule.conditions()) {
            if (condition.mayHold(flows, packets, bytes)) {
                return true;
            }
        }
        return false;
    }

    /** Up to this end, the latest first. */
    private List<OutboundSums> recent(long endMs) throws Exception {
        List<OutboundSums> recent = new ArrayList<>();
        for (OutboundSums bucket : buckets.values()) {
            if (bucket.endMs() <= endMs) {
                recent.add(bucket);
            }
        }
        recent.sort(Comparator.comparingLong((OutboundSums bucket) -> bucket.bucketMs).reversed());
        return recent;
    }

    private void judge(List<OutboundSums> recent, long endMs, Collector<Candidate> out) {
        OutboundCondition met = null;
        OutboundSums of = null;
        OutboundSums window = null;
        int united = 0;
        for (int index : byWindow) {
            OutboundCondition condition = rule.conditions().get(index);
            while (united < recent.size() && recent.get(united).bucketMs >= endMs - condition.windowMs()) {
                if (window == null) {
                    window = recent.get(united).copy();
                } else {
                    window.merge(recent.get(united));
                }
                united++;
            }
            if (rule.scope() != OutboundRule.Scope.PORT && window.destinations.estimate() > OutboundRule.Scope.FEW) {
                continue;
            }
            boolean severer = met == null || condition.level().compareTo(met.level()) > 0;
            if (severer && traffic.isFor(index, window.key.port, window.key.protocol) && condition.holds(window)) {
                met = condition;
                of = window.copy();
            }
        }
        if (met != null) {
            out.collect(candidate(met, of, endMs));
        }
    }

    private Candidate candidate(OutboundCondition condition, OutboundSums window, long endMs) {
        Finding finding = OutboundEvidence.finding(rule, configVersion, condition, window, endMs);
        Candidate candidate = new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + '|' + window.key,
                finding.dst == null ? finding.src : finding.dst,
                rule.info().suppressionMs(),
                finding);
        // What goes to a named port is of that service; what goes to any other may be peer-to-peer.
        return condition.ports().isEmpty() ? candidate.weighed(0, rule.info().level()) : candidate;
    }
}
