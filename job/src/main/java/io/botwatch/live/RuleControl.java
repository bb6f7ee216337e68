package io.botwatch.live;

import io.botwatch.control.Answer;
import io.botwatch.control.Ledger;
import io.botwatch.control.Message;
import io.botwatch.document.DocumentException;
import io.botwatch.rule.RuleBytes;
import io.botwatch.rule.RuleTimeline;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds for each change of the rules the event time from which it is in force: behind everything that any reader has read. For
 * that the readers stand still, until the answer is written; only then do they send the change and go on. What was answered is all
 * that is remembered, so that a restart finds the same times.
 *
 * <p>Everything but {@link #tick} runs in the thread of the enumerator; that one waits for the desk, in a thread of its own.
 */
final class RuleControl {
    private static final Logger LOG = LoggerFactory.getLogger(RuleControl.class);
    private static final long TICK_MS = 250;
    private static final long WARN_EVERY_MS = 60_000;

    private final SplitEnumeratorContext<?> context;
    private final LiveRulesStart start;
    private final Counter accepted;
    private final Counter refused;
    private final Counter failures;

    private final Queue<Message> commands = new ArrayDeque<>();

    /** How far the readers have come that stand still, by subtask. */
    private final Map<Integer, Long> reports = new HashMap<>();

    /** Null until the history is read. */
    private Ledger ledger;

    /** What has been answered. */
    private RuleTimeline told;

    private long question;

    /** Whether readers have been asked and have not all answered. */
    private boolean asking;

    /** Whether readers stand still, also until what they answered for is written. */
    private boolean holding;

    private boolean answering;
    private boolean stopped;
    private long warnedMs;

    /** Written by the enumerator's thread, and taken by the desk's. */
    private volatile List<Answer> unanswered;

    private volatile RuleDesk desk;
    private volatile boolean opened;

    /** What a visit to the desk came to: one of these. */
    private record Visit(Ledger opened, List<Answer> answered, List<Message> commands) {}

    RuleControl(SplitEnumeratorContext<?> context, LiveRulesStart start) {
        this.context = context;
        this.start = start;
        accepted = context.metricGroup().counter("rule_changes_accepted");
        refused = context.metricGroup().counter("rule_changes_refused");
        failures = context.metricGroup().counter("rule_desk_failures");
    }

    void start() {
        context.callAsync(this::tick, this::ticked, 0, TICK_MS);
    }

    private Visit tick() throws Exception {
        if (desk == null) {
            desk = start.desk().open();
        }
        if (!opened) {
            Ledger read = open();
            opened = true;
            return new Visit(read, null, List.of());
        }
        List<Answer> answers = unanswered;
        if (answers != null) {
            desk.answer(answers);
            unanswered = null;
            return new Visit(null, answers, List.of());
        }
        return new Visit(null, null, desk.poll());
    }

    private Ledger open() throws Exception {
        List<Answer> history = desk.history();
        if (!history.isEmpty()) {
            return Ledger.replay(start.text(), history, start.shadowTopic(), Ledger.Keep.RECENT);
        }
        Ledger begun = Ledger.begin(start.text(), start.shadowTopic());
        desk.answer(List.of(begun.beginning()));
        return begun;
    }

    private void ticked(Visit visit, Throwable failure) {
        if (failure != null) {
            failed(failure);
        } else if (visit.opened != null) {
            ledger = visit.opened;
            told = ledger.timeline();
            LOG.info("rules {} are in force, after {} answers", told.last().rules().version(), ledger.sequence());
            context.registeredReaders().keySet().forEach(this::addReader);
        } else if (visit.answered != null) {
            answered(visit.answered);
        } else if (!stopped) {
            commands.addAll(visit.commands);
            proceed();
        }
    }

    private void failed(Throwable failure) {
        if (failure instanceof DocumentException fault) {
            throw fault;
        }
        failures.inc();
        if (failure instanceof RuleDesk.AnsweredElsewhere && !stopped) {
            LOG.error("no more changes of the rules are taken", failure);
            stopped = true;
            unanswered = null;
            asking = false;
            holding = false;
            if (ledger != null) {
                tellAll(RulesToReader.only(false, question));
            }
        }
        long nowMs = System.currentTimeMillis();
        if (!stopped && nowMs - warnedMs > WARN_EVERY_MS) {
            warnedMs = nowMs;
            LOG.warn("changes of the rules cannot be {} now; it is tried again", answering ? "answered" : "read", failure);
        }
    }

    /** One that has just begun hears all changes that its operators may not know of. */
    void addReader(int subtask) {
        if (ledger == null) {
            return;
        }
        reports.remove(subtask);
        for (RuleTimeline.Epoch epoch : told.epochs()) {
            if (epoch.sequence() > start.known()) {
                RulesToReader.of(RuleBytes.change(epoch.sequence(), epoch.fromMs(), epoch.rules()))
                        .forEach(piece -> context.sendEventToSourceReader(subtask, piece));
            }
        }
        context.sendEventToSourceReader(subtask, RulesToReader.only(holding, question));
    }

    private void proceed() {
        if (stopped || asking || answering || commands.isEmpty()) {
            return;
        }
        asking = ledger.take(commands, System.currentTimeMillis());
        if (asking) {
            holding = true;
            question++;
            reports.clear();
            tellAll(RulesToReader.only(true, question));
        } else {
            answer(ledger.settle(Long.MIN_VALUE));
        }
    }

    void readerAt(int subtask, ReaderAt at) {
        if (!asking || at.question() != question) {
            return;
        }
        reports.put(subtask, at.latestMs());
        if (reports.size() == context.currentParallelism()) {
            asking = false;
            answer(ledger.settle(reports.values().stream().mapToLong(Long::longValue).max().orElseThrow()));
        }
    }

    private void answer(List<Answer> answers) {
        answering = true;
        unanswered = answers;
        context.callAsync(this::tick, this::ticked);
    }

    private void answered(List<Answer> answers) {
        answering = false;
        for (Answer answer : answers) {
            (answer.accepted() ? accepted : refused).inc();
            LOG.info("{} {}: {}", answer.command().isEmpty() ? "a command" : answer.command(),
                    answer.accepted() ? "is in force from event time " + Instant.ofEpochMilli(answer.effectiveFromMs()) : "is refused",
                    answer.accepted() ? answer.notes() : answer.reasons());
        }
        told = ledger.timeline();
        RuleTimeline.Epoch last = told.last();
        if (answers.stream().anyMatch(Answer::accepted)) {
            RulesToReader.of(RuleBytes.change(last.sequence(), last.fromMs(), last.rules())).forEach(this::tellAll);
        }
        if (holding) {
            holding = false;
            tellAll(RulesToReader.only(false, question));
        }
        proceed();
    }

    private void tellAll(RulesToReader event) {
        context.registeredReaders().keySet().forEach(reader -> context.sendEventToSourceReader(reader, event));
    }

    void close() {
        RuleDesk open = desk;
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                LOG.warn("the desk of the rules did not close", e);
            }
        }
    }
}
