package io.botwatch.dga;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.sketch.DistinctCount;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The second of two phases: unites what a host looked up in each bucket, and judges the window that ends with it. Buckets
 * without a name that looks generated are not kept.
 */
public final class DgaFunction extends KeyedProcessFunction<RuleSubject, LookupSums, Candidate> {
    private static final MapStateDescriptor<Long, LookupSums> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, LookupSums.Serializer.TYPE);

    private final RuleTimeline start;

    private transient LiveRules<Epoch> rules;
    private transient MapState<Long, LookupSums> buckets;
    private transient Tally late;

    private record Epoch(Map<Long, DgaRule> byKey, String configVersion) {
        Epoch(RuleSet rules) {
            this(rules.activeByKey(DgaRule.class), rules.version());
        }
    }

    public DgaFunction(RuleTimeline start) {
        this.start = start;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, Epoch::new);
        buckets = getRuntimeContext().getMapState(BUCKETS);
        late = Tally.of(getRuntimeContext(), Tally.LATE_LOOKUPS);
    }

    @Override
    public void processElement(LookupSums sums, Context context, Collector<Candidate> out) throws Exception {
        if (sums.change() != null) {
            rules.take(sums.change());
            return;
        }
        if (sums.endMs() - 1 <= context.timerService().currentWatermark()) {
            late.add(sums.lookups);
            return;
        }
        LookupSums bucket = buckets.get(sums.bucketMs);
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
        Epoch epoch = rules.at(endMs);
        DgaRule rule = epoch.byKey.get(context.getCurrentKey().rule());
        if (rule == null) {
            forgetUpTo(endMs);
            return;
        }
        buckets.remove(endMs - DgaRule.BUCKET_MS - rule.windowMs());
        LookupSums latest = buckets.get(endMs - DgaRule.BUCKET_MS);
        if (latest == null) {
            return;
        }
        if (latest.names.estimate() == 0) {
            buckets.remove(latest.bucketMs);
            return;
        }
        context.timerService().registerEventTimeTimer(timestamp + rule.windowMs());
        LookupSums window = latest.copy();
        for (LookupSums bucket : earlier(endMs, rule.windowMs())) {
            window.merge(bucket);
        }
        long names = window.names.estimate();
        if (names >= rule.minNames() && window.noSuch.estimate() >= rule.noSuchShare() * names) {
            out.collect(candidate(rule, epoch.configVersion, window, endMs));
        }
    }

    /** The rule does not run at that time. What comes after may be of one that runs again. */
    private void forgetUpTo(long endMs) throws Exception {
        for (Iterator<LookupSums> each = buckets.values().iterator(); each.hasNext(); ) {
            if (each.next().endMs() <= endMs) {
                each.remove();
            }
        }
    }

    private List<LookupSums> earlier(long endMs, long windowMs) throws Exception {
        List<LookupSums> earlier = new ArrayList<>();
        for (LookupSums bucket : buckets.values()) {
            if (bucket.bucketMs >= endMs - windowMs && bucket.endMs() < endMs) {
                earlier.add(bucket);
            }
        }
        return earlier;
    }

    private static Candidate candidate(DgaRule rule, String configVersion, LookupSums window, long endMs) {
        Finding finding = rule.info().finding(Finding.Type.DGA, configVersion);
        finding.severity = Severity.HIGH.atMost(rule.info().level());
        finding.firstSeenMs = window.firstMs;
        finding.lastSeenMs = window.lastMs;
        finding.episodeMs = endMs;
        finding.timeMs = endMs;
        finding.src = window.host();
        finding.connections = window.lookups;
        finding.distinctTargets = window.names.estimate();
        finding.message = String.format(
                Locale.ROOT,
                "%s looked up %d names that look generated within %d min, of which %d do not exist, for instance %s.",
                finding.src,
                finding.distinctTargets,
                rule.windowMs() / 60_000,
                window.noSuch.estimate(),
                String.join(", ", window.sample.values().stream().limit(3).toList()));
        finding.measure("window_minutes", rule.windowMs() / 60_000)
                .measure("names", window.names.estimate())
                .measure("names_that_do_not_exist", window.noSuch.estimate())
                .measure("name_samples", String.join(" ", window.sample.values()))
                .measure("threshold_names", rule.minNames())
                .measure("threshold_name_score", rule.minScore())
                .measure("threshold_nxdomain_share", rule.noSuchShare());
        finding.confidence = Finding.Confidence.HIGH;
        if (!window.names.exact()) {
            finding.notes.add("Distinct counts above " + DistinctCount.EXACT_LIMIT
                    + " are a sketch's estimates, standard error 1.6 %.");
        }
        return new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + '|' + finding.src,
                finding.src,
                rule.info().suppressionMs(),
                finding);
    }
}
