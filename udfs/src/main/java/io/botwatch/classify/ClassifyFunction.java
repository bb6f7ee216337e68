package io.botwatch.classify;

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
import io.botwatch.rule.RuleSet;
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

    private final RuleSet rules;

    private transient Classifier classifier;
    private transient Tally decoded;
    private transient Tally lookups;
    private transient Tally notIp;
    private transient Tally replies;
    private transient Tally unrouted;
    private transient Map<Reason, Tally> dead;
    private transient ExporterTable<RecordQuality> exporters;
    private transient long latestMs;

    public ClassifyFunction(RuleSet rules) {
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        classifier = new Classifier(rules);
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
            if (classifier.wantsLookup(record.flow)) {
                context.output(LOOKUPS, record);
            }
        } else if (record.isNotIp()) {
            notIp.increment();
        } else {
            dead.get(record.dead.reason()).increment();
            context.output(DEAD, record.dead);
        }
    }

    private void route(Flow flow, Context context, Collector<Flow> out) {
        decoded.increment();
        exporters.of(flow.exporterHi, flow.exporterLo).add(flow, latestMs);
        latestMs = Math.max(latestMs, flow.startMs);
        boolean reply = classifier.classify(flow);
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
