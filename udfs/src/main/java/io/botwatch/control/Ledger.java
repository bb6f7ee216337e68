package io.botwatch.control;

import io.botwatch.document.DocumentException;
import io.botwatch.document.YamlEdit;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rules.RuleText;
import io.botwatch.story.StoryRule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * The rules of a running job, and how they came to be: a document, and the commands that were done to it. A command is read with
 * all checks of a rule file; one that fails leaves everything as it was. Not thread-safe.
 */
public final class Ledger {
    /** How far ahead of the clock a command may ask to count: others wait for it. */
    static final Duration MOST_AHEAD = Duration.ofDays(1);

    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final String BEGIN = "BEGIN";

    private final boolean shadowTopic;
    private final Keep keep;
    private RuleText text;
    private RuleSet rules;
    private RuleTimeline timeline;
    private long sequence;
    private long position;

    /** Rules that are parts of the job's graph, by id. */
    private final Set<String> inGraph = new HashSet<>();

    /** Commands of the open batch, all with one time to count from. */
    private final List<Draft> batch = new ArrayList<>();

    /** @param command null when it could not be read */
    private record Draft(Message message, Command command, List<String> reasons, List<String> notes, RuleText text, RuleSet rules) {
        boolean accepted() {
            return reasons.isEmpty();
        }
    }

    /** How far back the timeline reaches. */
    public enum Keep {
        ALL,
        /** As far as operators of a running job do. */
        RECENT
    }

    private Ledger(RuleText text, RuleSet rules, boolean shadowTopic, Keep keep) {
        this.keep = keep;
        this.text = text;
        this.rules = rules;
        this.shadowTopic = shadowTopic;
        this.timeline = RuleTimeline.always(rules);
        this.position = -1;
        addToGraph(rules);
    }

    /**
     * Of a job that has no history yet.
     *
     * @param shadowTopic whether there is a topic for findings of shadow rules
     * @throws DocumentException when the document is at fault
     */
    public static Ledger begin(RuleText text, boolean shadowTopic) {
        return new Ledger(text, text.rules("rules"), shadowTopic, Keep.RECENT);
    }

    /** What a history begins with. */
    public Answer beginning() {
        return new Answer(0, -1, null, BEGIN, true, List.of(), List.of(), Long.MIN_VALUE, rules.version(), text.yaml());
    }

    /**
     * Of a job that has a history.
     *
     * @param text whose files the documents of the history may name
     * @param history all answers, from the first on
     * @throws DocumentException when the history does not say what it should, or names files that are not there
     */
    public static Ledger replay(RuleText text, List<Answer> history, boolean shadowTopic, Keep keep) {
        if (!history.get(0).command().equals(BEGIN)) {
            throw new DocumentException(List.of("the history of the rules does not begin with " + BEGIN
                    + ": messages of the topic of results were deleted; give the job a new one"));
        }
        RuleText begun = text.with(history.get(0).document());
        Ledger ledger = new Ledger(begun, begun.rules("rules"), shadowTopic, keep);
        for (Answer answer : history.subList(1, history.size())) {
            ledger.redo(answer);
        }
        return ledger;
    }

    private void redo(Answer answer) {
        sequence = answer.sequence();
        position = Math.max(position, answer.position());
        if (!answer.accepted()) {
            return;
        }
        byte[] value = answer.document().isEmpty() ? null : answer.document().getBytes(StandardCharsets.UTF_8);
        boolean whole = answer.command().equals(Command.Action.REPLACE.toString());
        Message message = new Message(answer.position(), answer.key(), value, whole);
        try {
            RuleText after = edited(text, command(message));
            commit(after, after.rules("rules"), answer.effectiveFromMs());
        } catch (DocumentException e) {
            throw new DocumentException(List.of("answer " + answer.sequence() + " of the history of the rules, "
                    + answer.command() + ", cannot be done again: " + String.join("; ", e.problems())));
        }
    }

    private static Command command(Message message) {
        return message.whole()
                ? Command.replacement(new String(message.value(), StandardCharsets.UTF_8))
                : Command.read(message.key(), message.value());
    }

    private static RuleText edited(RuleText before, Command command) {
        return before.with(command.applyTo(YamlEdit.of("rules", before.yaml().getBytes(StandardCharsets.UTF_8)))
                .text());
    }

    /** All that was in force, and when. */
    public RuleTimeline timeline() {
        return timeline;
    }

    /** The document in force last. */
    public RuleText text() {
        return text;
    }

    /** Number of the last answer. */
    public long sequence() {
        return sequence;
    }

    /** Of the last command that was answered; -1 before the first. */
    public long position() {
        return position;
    }

    /**
     * Takes commands from the head of the queue, as many as can count from one time.
     *
     * @param nowMs the clock, epoch ms
     * @return whether any is to be done, so that a time must be found for it
     */
    public boolean take(Queue<Message> commands, long nowMs) {
        while (!commands.isEmpty()) {
            Draft draft = draft(commands.peek(), nowMs);
            if (draft.accepted() && isOpen() && requestedMs() != draft.command.effectiveFromMs()) {
                break;
            }
            commands.remove();
            batch.add(draft);
        }
        return isOpen();
    }

    private boolean isOpen() {
        return batch.stream().anyMatch(Draft::accepted);
    }

    private long requestedMs() {
        return batch.stream().filter(Draft::accepted).findFirst().orElseThrow().command.effectiveFromMs();
    }

    /** Against what the open batch leaves. */
    private Draft draft(Message message, long nowMs) {
        Draft last = batch.stream().filter(Draft::accepted).reduce((a, b) -> b).orElse(null);
        RuleText before = last == null ? text : last.text;
        RuleSet rulesBefore = last == null ? rules : last.rules;
        Command command = null;
        try {
            command = command(message);
            if (command.effectiveFromMs() > nowMs + MOST_AHEAD.toMillis()) {
                return refused(message, command, List.of("effective_from: more than a day ahead; later commands would wait for it"));
            }
            RuleText after = edited(before, command);
            RuleSet rulesAfter = after.rules("rules");
            List<String> faults = new Changes(before, rulesBefore, after, rulesAfter).faults(inGraph, shadowTopic);
            return faults.isEmpty()
                    ? new Draft(message, command, List.of(), Changes.notes(rulesBefore, rulesAfter), after, rulesAfter)
                    : refused(message, command, faults);
        } catch (DocumentException e) {
            Command of = command;
            return refused(message, command, e.problems().stream().map(problem -> Changes.asOf(of, problem)).toList());
        } catch (RuntimeException | StackOverflowError e) {
            // A document that nobody thought of must not end the job.
            return refused(message, command, List.of("command: cannot be read: " + e.getClass().getSimpleName()));
        }
    }

    private static Draft refused(Message message, Command command, List<String> reasons) {
        return new Draft(message, command, reasons, List.of(), null, null);
    }

    /**
     * Ends the batch.
     *
     * @param latestMs latest event time that any flow may have been judged at, epoch ms; {@link Long#MIN_VALUE} before the first
     *     flow, and when nothing is to be done
     * @return one answer a command
     */
    public List<Answer> settle(long latestMs) {
        long fromMs = 0;
        boolean tooMany = false;
        if (isOpen()) {
            fromMs = Math.max(requestedMs(), Math.max(timeline.last().fromMs(), latestMs == Long.MIN_VALUE ? 0 : latestMs + 1));
            tooMany = isOneTooMany(fromMs);
        }
        List<Answer> answers = new ArrayList<>();
        for (Draft draft : batch) {
            if (tooMany && draft.accepted()) {
                draft = refused(draft.message, draft.command, List.of("effective_from: there are "
                        + RuleTimeline.MOST_CHANGES_A_DAY + " changes within a day of event time already; send commands together"));
            }
            sequence++;
            position = Math.max(position, draft.message.position());
            if (draft.accepted()) {
                commit(draft.text, draft.rules, fromMs);
            }
            answers.add(answer(draft, fromMs));
        }
        batch.clear();
        return answers;
    }

    private boolean isOneTooMany(long fromMs) {
        long recent = timeline.epochs().stream()
                .filter(epoch -> epoch.fromMs() > fromMs - DAY_MS && epoch.fromMs() != fromMs)
                .count();
        return recent >= RuleTimeline.MOST_CHANGES_A_DAY;
    }

    private void commit(RuleText after, RuleSet rulesAfter, long fromMs) {
        text = after;
        rules = rulesAfter;
        timeline = timeline.then(sequence, fromMs, rules);
        if (keep == Keep.RECENT) {
            timeline = timeline.latest(RuleTimeline.MOST_CHANGES_A_DAY + 1);
        }
    }

    private Answer answer(Draft draft, long fromMs) {
        byte[] value = draft.message.value();
        return new Answer(
                sequence,
                draft.message.position(),
                draft.message.key(),
                draft.command == null ? "" : draft.command.described(),
                draft.accepted(),
                draft.reasons,
                draft.notes,
                draft.accepted() ? fromMs : Long.MIN_VALUE,
                rules.version(),
                value == null ? "" : new String(value, StandardCharsets.UTF_8));
    }

    private void addToGraph(RuleSet set) {
        set.active(RelayRule.class).forEach(rule -> inGraph.add(rule.info().id()));
        set.active(StoryRule.class).forEach(rule -> inGraph.add(rule.info().id()));
    }
}
