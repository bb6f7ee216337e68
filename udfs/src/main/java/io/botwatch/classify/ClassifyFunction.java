package io.botwatch.classify;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.flow.Route;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.metric.Tally;
import io.botwatch.quality.ExporterTable;
import io.botwatch.quality.QualityMetrics;
import io.botwatch.quality.RecordQuality;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.RuleChange;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The first stage after decoding: direction and routing. Its main output is what the shuffle by connection carries; what
 * counts before that shuffle, and what could not be decoded, leave by the side.
 */
public final class ClassifyFunction extends ProcessFunction<Decoded, Flow> {
    /** Flows that are counted before the shuffle by connection. */
    public static final OutputTag<Flow> COUNTED = new OutputTag<>("counted", FlowSerializer.TYPE);

    /** Lookups by internal hosts, where they matter. */
    public static final OutputTag<Decoded> LOOKUPS = new OutputTag<>("lookups", DecodedSerializer.TYPE);

    public static final OutputTag<DeadLetter> DEAD = new OutputTag<>("dead", DeadLetterSerializer.TYPE);

    /** Changes of the rules, for those that no record of classify's reaches. */
    public static final OutputTag<Candidate> CHANGES = new OutputTag<>("changes", CandidateSerializer.TYPE);

    private final RuleTimeline start;

    private transient LiveRules<Classifier> rules;
    private transient Tally decoded;
    private transient Tally lookups;
    private transient Tally notIp;
    private transient Tally replies;
    private transient Tally unrouted;
    private transient Map<Reason, Tally> dead;
    private transient ExporterTable<RecordQuality> exporters;
    private transient long latestMs;

    public ClassifyFunction(RuleTimeline start) {
        this.start = start;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, Classifier::new);
        decoded = Tally.of(getRuntimeContext(), Tally.DECODED);
        lookups = Tally.of(getRuntimeContext(), Tally.LOOKUPS);
        notIp = Tally.of(getRuntimeContext(), Tally.NOT_IP);
        replies = Tally.of(getRuntimeContext(), Tally.REPLIES);
        unrouted = Tally.of(getRuntimeContext(), Tally.UNROUTED);
        exporters = QualityMetrics.ofRecords(getRuntimeContext().getMetricGroup());
        latestMs = Long.MIN_VALUE;
        dead = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            dead.put(reason, Tally.of(getRuntimeContext(), Tally.DEAD + "_" + reason.name().toLowerCase(Locale.ROOT)));
        }
    }

    @Override
    public void processElement(Decoded record, Context context, Collector<Flow> out) {
        if (record.isFlow()) {
            route(record.flow, context, out);
        } else if (record.isLookup()) {
            lookups.increment();
            if (rules.at(record.flow.startMs).wantsLookup(record.flow)) {
                context.output(LOOKUPS, record);
            }
        } else if (record.change() != null) {
            passOn(record, context, out);
        } else if (record.isNotIp()) {
            notIp.increment();
        } else {
            dead.get(record.dead.reason()).increment();
            context.output(DEAD, record.dead);
        }
    }

    /** By every way, so that it overtakes nothing, and nothing it. Exceptions are the lifecycle's alone. */
    private void passOn(Decoded record, Context context, Collector<Flow> out) {
        RuleChange change = record.change();
        if (!rules.take(change)) {
            return;
        }
        context.output(CHANGES, CandidateSerializer.INSTANCE.carrier(change));
        RuleChange lean = change.withoutExceptions();
        context.output(COUNTED, FlowSerializer.INSTANCE.carrier(lean));
        context.output(LOOKUPS, DecodedSerializer.INSTANCE.carrier(lean));
        out.collect(FlowSerializer.INSTANCE.carrier(lean));
    }

    private void route(Flow flow, Context context, Collector<Flow> out) {
        decoded.increment();
        exporters.of(flow.exporterHi, flow.exporterLo).add(flow, latestMs);
        latestMs = Math.max(latestMs, flow.startMs);
        boolean reply = rules.at(flow.startMs).classify(flow);
        if (reply) {
            replies.increment();
        }
        if (flow.routes == 0) {
            if (!reply) {
                unrouted.increment();
            }
            return;
        }
        if ((flow.routes & Route.COUNTED) != 0) {
            context.output(COUNTED, flow);
        }
        if ((flow.routes & Route.BY_CONNECTION) != 0) {
            out.collect(flow);
        }
    }
}
