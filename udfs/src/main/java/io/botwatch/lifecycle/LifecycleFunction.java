package io.botwatch.lifecycle;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.FindingUid;
import io.botwatch.finding.Severity;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * One story, one finding: Create when it begins, Update when it matters (a severity step, a score change of 0.05, twice
 * the connections, a day), Close after a quiet period. A finding still open when a bounded input ends gets its final state as an
 * Update, not a Close: that the input ended says nothing about the host.
 *
 * <p>Decides on event time only, so the final state of each uid does not depend on how the input arrived.
 */
public final class LifecycleFunction extends KeyedBroadcastProcessFunction<String, Candidate, Candidate, Finding> {
    /** Of the stream of changes; they are not kept by it, see {@link LiveRules}. */
    public static final MapStateDescriptor<Long, Long> CHANGES =
            new MapStateDescriptor<>("changes", Types.LONG, Types.LONG);

    private static final ListStateDescriptor<Candidate> WAITING =
            new ListStateDescriptor<>("waiting", CandidateSerializer.TYPE);

    private static final ValueStateDescriptor<Story> STORY =
            new ValueStateDescriptor<>("story", RecordType.of(Story.class, Story.Serializer.INSTANCE));
    private static final double SCORE_STEP = 0.05;
    private static final long HEARTBEAT_MS = TimeUnit.DAYS.toMillis(1);

    /**
     * Fires only when a bounded input ends: the last watermark there is. What is told then has this timestamp, so that others
     * can tell it from what happened.
     */
    public static final long END_OF_INPUT = Long.MAX_VALUE;

    /** Findings that are not for all: of shadow rules, and those that an exception keeps back. */
    public static final OutputTag<Finding> QUIET = new OutputTag<>("quiet", FindingSerializer.TYPE);

    private final RuleTimeline start;
    private final String tenant;
    private final boolean mayChange;

    private transient LiveRules<Addressing> rules;
    private transient ValueState<Story> stories;
    private transient ListState<Candidate> waiting;
    private transient Tally findings;
    private transient Tally expired;
    private transient RaisedFindings raised;

    /**
     * @param mayChange whether changes of the rules may come: a candidate then waits until event time has reached it, because a
     *     change comes by another way than candidates do
     */
    public LifecycleFunction(RuleTimeline start, String tenant, boolean mayChange) {
        this.start = start;
        this.tenant = tenant;
        this.mayChange = mayChange;
    }

    @Override
    public void open(OpenContext context) {
        rules = new LiveRules<>(start, Addressing::new);
        stories = getRuntimeContext().getState(STORY);
        waiting = getRuntimeContext().getListState(WAITING);
        findings = Tally.of(getRuntimeContext(), Tally.FINDINGS);
        expired = Tally.of(getRuntimeContext(), Tally.EXPIRED_EXCEPTIONS);
        raised = new RaisedFindings(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(Candidate candidate, ReadOnlyContext context, Collector<Finding> out) throws Exception {
        if (mayChange && candidate.rulesAtMs() > context.timerService().currentWatermark()) {
            waiting.add(candidate);
            context.timerService().registerEventTimeTimer(candidate.rulesAtMs());
        } else {
            hear(candidate, context, out);
        }
    }

    @Override
    public void processBroadcastElement(Candidate carrier, Context context, Collector<Finding> out) {
        rules.take(carrier.change());
    }

    private void hear(Candidate candidate, ReadOnlyContext context, Collector<Finding> out) throws Exception {
        Addressing addressing = rules.at(candidate.rulesAtMs());
        if (addressing.isStopped(candidate.finding.ruleId)) {
            Story story = stories.value();
            if (story != null) {
                close(story, candidate.finding.timeMs, context, out);
            }
            return;
        }
        if (addressing.address(candidate.finding)) {
            expired.increment();
        }
        if (candidate.signal == Candidate.Signal.ONCE) {
            begin(candidate);
            raised.add(candidate.finding);
            emit(candidate.finding, Finding.Activity.CREATE, context, out);
            return;
        }
        Story story = stories.value();
        if (story != null && story.closeAtMs < candidate.finding.timeMs) {
            // One watermark may release candidates on both sides of the quiet period, ahead of the timer between them.
            close(story, story.closeAtMs, context, out);
            story = null;
        }
        if (story != null && candidate.signal != Candidate.Signal.ENDED && !isForTheSame(story.now, candidate.finding)) {
            // An exception began or ceased to count: what was told under the other is over.
            close(story, candidate.finding.timeMs, context, out);
            story = null;
        }
        if (candidate.signal == Candidate.Signal.ENDED) {
            if (story != null) {
                end(story, candidate, context, out);
            }
            return;
        }
        if (story == null) {
            story = new Story();
            story.now = candidate.finding;
            begin(candidate);
            tell(story, Finding.Activity.CREATE, context, out);
            if (candidate.signal == Candidate.Signal.SETTLED) {
                // As after an early report, so that both ways end in the same record.
                tell(story, Finding.Activity.UPDATE, context, out);
            }
            context.timerService().registerEventTimeTimer(END_OF_INPUT);
        } else {
            // What was told early of this window was provisional.
            boolean settles = candidate.signal == Candidate.Signal.SETTLED && story.toldTimeMs == candidate.finding.timeMs;
            merge(story, candidate.finding);
            if (settles || matters(story)) {
                tell(story, Finding.Activity.UPDATE, context, out);
            }
        }
        closeAt(
                story,
                candidate.signal == Candidate.Signal.HOLDS
                        ? Story.OPEN_ENDED
                        : candidate.finding.timeMs + candidate.suppressionMs,
                context);
        stories.update(story);
    }

    private static boolean isForTheSame(Finding one, Finding other) {
        return one.audience == other.audience && one.exception.equals(other.exception);
    }

    private void begin(Candidate candidate) {
        Finding finding = candidate.finding;
        finding.uid = FindingUid.of(finding.ruleId, tenant, candidate.storyKey, finding.episodeMs);
        if (finding.audience == Finding.Audience.ALL) {
            findings.increment();
        }
    }

    private void end(Story story, Candidate candidate, ReadOnlyContext context, Collector<Finding> out) throws Exception {
        if (candidate.suppressionMs == 0) {
            close(story, candidate.finding.timeMs, context, out);
        } else {
            closeAt(story, candidate.finding.timeMs + candidate.suppressionMs, context);
            stories.update(story);
        }
    }

    /** The severest state speaks for the story, of equal ones the fullest; span and count grow with everything seen. */
    private static void merge(Story story, Finding next) {
        Finding now = story.now;
        int severer = next.severity.compareTo(now.severity);
        Finding kept = severer > 0 || severer == 0 && next.connections >= now.connections ? next : now;
        kept.connections = Math.max(now.connections, next.connections);
        long first = Math.min(now.firstSeenMs, next.firstSeenMs);
        long last = Math.max(now.lastSeenMs, next.lastSeenMs);
        Severity severity = now.severity.compareTo(next.severity) >= 0 ? now.severity : next.severity;
        kept.uid = now.uid;
        kept.episodeMs = now.episodeMs;
        kept.firstSeenMs = first;
        kept.lastSeenMs = last;
        kept.severity = severity;
        kept.timeMs = Math.max(now.timeMs, next.timeMs);
        story.now = kept;
        story.changed = true;
    }

    private static boolean matters(Story story) {
        Finding now = story.now;
        boolean severer = now.severity != story.toldSeverity;
        boolean doubled = now.connections >= 2 * story.toldConnections;
        boolean rescored = Math.abs(now.score - story.toldScore) >= SCORE_STEP;
        boolean due = now.timeMs - story.toldTimeMs >= HEARTBEAT_MS;
        return severer || doubled || rescored || due;
    }

    private void tell(Story story, Finding.Activity activity, ReadOnlyContext context, Collector<Finding> out) {
        if (activity == Finding.Activity.CREATE || story.now.severity != story.toldSeverity) {
            raised.add(story.now);
        }
        emit(story.now, activity, context, out);
        story.changed = false;
        story.toldSeverity = story.now.severity;
        story.toldScore = story.now.score;
        story.toldConnections = story.now.connections;
        story.toldTimeMs = story.now.timeMs;
    }

    private static void emit(Finding finding, Finding.Activity activity, ReadOnlyContext context, Collector<Finding> out) {
        Finding emitted = finding.copy(); // state must not change under a reader that was handed it
        emitted.activity = activity;
        if (emitted.audience == Finding.Audience.ALL) {
            out.collect(emitted);
        } else {
            context.output(QUIET, emitted);
        }
    }

    /** Moves the one timer that closes the story: a story told of every few seconds must not gather timers for a day. */
    private static void closeAt(Story story, long timeMs, ReadOnlyContext context) {
        if (story.closeAtMs == timeMs) {
            return;
        }
        if (story.closeAtMs != Story.OPEN_ENDED) {
            context.timerService().deleteEventTimeTimer(story.closeAtMs);
        }
        if (timeMs != Story.OPEN_ENDED) {
            context.timerService().registerEventTimeTimer(timeMs);
        }
        story.closeAtMs = timeMs;
    }

    private void close(Story story, long timeMs, ReadOnlyContext context, Collector<Finding> out) {
        story.now.timeMs = timeMs;
        tell(story, Finding.Activity.CLOSE, context, out);
        context.timerService().deleteEventTimeTimer(END_OF_INPUT);
        if (story.closeAtMs != Story.OPEN_ENDED) {
            context.timerService().deleteEventTimeTimer(story.closeAtMs);
        }
        stories.clear();
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Finding> out) throws Exception {
        if (mayChange) {
            hearWaiting(timestamp, context, out);
        }
        Story story = stories.value();
        if (story == null) {
            return;
        }
        boolean inputEnds = context.timerService().currentWatermark() == END_OF_INPUT;
        if (timestamp == END_OF_INPUT) {
            if (story.changed) {
                tell(story, Finding.Activity.UPDATE, context, out);
                stories.update(story);
            }
        } else if (!inputEnds && timestamp >= story.closeAtMs) {
            close(story, story.closeAtMs, context, out);
        }
    }

    private void hearWaiting(long untilMs, OnTimerContext context, Collector<Finding> out) throws Exception {
        List<Candidate> later = new ArrayList<>();
        List<Candidate> due = new ArrayList<>();
        for (Candidate candidate : waiting.get()) {
            (candidate.rulesAtMs() <= untilMs ? due : later).add(candidate);
        }
        if (!due.isEmpty()) {
            waiting.update(later);
            for (Candidate candidate : due) {
                hear(candidate, context, out);
            }
        }
    }
}
