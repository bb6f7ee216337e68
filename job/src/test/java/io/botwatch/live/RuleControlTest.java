package io.botwatch.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.control.Answer;
import io.botwatch.control.Message;
import io.botwatch.rules.RuleText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class RuleControlTest {
    private final List<String> events = new ArrayList<>();
    private final Desk desk = new Desk();
    private final Context context = new Context();
    private final RuleControl control = new RuleControl(
            context, new LiveRulesStart(RuleText.named("enterprise", null), true, 0, () -> desk));

    @Test
    void readersStandStillFromTheirBeginningUntilTheHistoryIsRead() throws Exception {
        desk.failing = new IOException("no broker");
        control.start();
        context.register(control, 0);
        context.visit();
        assertThat(events).isEmpty();
        desk.failing = null;
        context.visit();
        assertThat(events).containsExactly("answer 0 BEGIN", "0: go on");
        context.register(control, 1);
        assertThat(events).endsWith("1: go on");
    }

    @Test
    void aChangeIsToldOnceItsAnswerIsWrittenAndCountsBehindTheFurthestReader() throws Exception {
        begin();
        desk.command("mode:IRC", "{command: DISABLE, rule: IRC}");
        context.visit();
        assertThat(events).containsExactly("0: stand still", "1: stand still");
        events.clear();
        control.readerAt(0, new ReaderAt(1, 1_000));
        assertThat(events).isEmpty();
        control.readerAt(1, new ReaderAt(1, 5_000));
        context.visit();
        assertThat(events).containsExactly("answer 1 DISABLE rule IRC", "0: change", "1: change", "0: go on", "1: go on");
        assertThat(desk.answers.get(1).effectiveFromMs()).isEqualTo(5_001);
    }

    @Test
    void whatIsRefusedLetsReadersGoOn() throws Exception {
        begin();
        desk.command("mode:NONE", "{command: DISABLE, rule: NONE}");
        context.visit();
        context.visit();
        assertThat(events).containsExactly("answer 1 DISABLE rule NONE");
    }

    @Test
    void readersStandStillUntilAnAnswerCanBeWritten() throws Exception {
        begin();
        askAndLetReadersAnswer();
        events.clear();
        desk.failing = new IOException("no broker");
        context.visit();
        context.register(control, 1);
        context.visit();
        assertThat(events).as("one that begins anew stands still as well").containsExactly("1: stand still");
        desk.failing = null;
        context.visit();
        assertThat(events).endsWith("answer 1 DISABLE rule IRC", "0: change", "1: change", "0: go on", "1: go on");
    }

    @Test
    void oneThatBeginsAnewHearsTheChangesSoFarAndIsAskedAgain() throws Exception {
        begin();
        askAndLetReadersAnswer();
        context.visit();
        desk.command("mode:SPAM", "{command: DISABLE, rule: SPAM}");
        context.visit();
        control.readerAt(0, new ReaderAt(2, 9_000));
        events.clear();
        context.register(control, 0);
        assertThat(events).containsExactly("0: change", "0: stand still");
        control.readerAt(1, new ReaderAt(2, 2_000));
        assertThat(desk.answers).as("the new one has not answered").hasSize(2);
        control.readerAt(0, new ReaderAt(1, 50_000));
        control.readerAt(0, new ReaderAt(2, 3_000));
        context.visit();
        assertThat(desk.answers.get(2).effectiveFromMs()).isEqualTo(3_001);
    }

    @Test
    void whereAnotherJobAnswersThisOneStopsToAndReadsOn() throws Exception {
        begin();
        askAndLetReadersAnswer();
        events.clear();
        desk.failing = new RuleDesk.AnsweredElsewhere(null);
        context.visit();
        assertThat(events).containsExactly("0: go on", "1: go on");
        desk.failing = null;
        desk.command("mode:SPAM", "{command: DISABLE, rule: SPAM}");
        context.visit();
        assertThat(events).hasSize(2);
    }

    private void askAndLetReadersAnswer() {
        desk.command("mode:IRC", "{command: DISABLE, rule: IRC}");
        context.visit();
        control.readerAt(0, new ReaderAt(1, 1_000));
        control.readerAt(1, new ReaderAt(1, 1_000));
    }

    private void begin() throws Exception {
        control.start();
        context.register(control, 0);
        context.register(control, 1);
        context.visit();
        events.clear();
    }

    /** Gives what it was told to, and writes down what it is given. */
    private final class Desk implements RuleDesk {
        final List<Answer> answers = new ArrayList<>();
        private final List<Message> commands = new ArrayList<>();
        private int position;
        Exception failing;

        void command(String key, String value) {
            commands.add(new Message(position++, key, value.getBytes(StandardCharsets.UTF_8), false));
        }

        @Override
        public List<Answer> history() throws Exception {
            fail();
            return List.copyOf(answers);
        }

        @Override
        public List<Message> poll() throws Exception {
            fail();
            List<Message> polled = List.copyOf(commands);
            commands.clear();
            return polled;
        }

        @Override
        public void answer(List<Answer> more) throws Exception {
            fail();
            answers.addAll(more);
            more.forEach(answer -> events.add("answer " + answer.sequence() + " " + answer.command()));
        }

        private void fail() throws Exception {
            if (failing != null) {
                throw failing;
            }
        }

        @Override
        public void close() {}
    }

    /** Two readers; what is to be done elsewhere is done when the test says so. */
    private final class Context implements SplitEnumeratorContext<SourceSplit> {
        private final Map<Integer, ReaderInfo> readers = new HashMap<>();
        private final List<Runnable> once = new ArrayList<>();
        private Runnable periodic;

        void register(RuleControl to, int reader) {
            readers.put(reader, new ReaderInfo(reader, "here"));
            to.addReader(reader);
        }

        /** To the desk, as often as there is something to be done there. */
        void visit() {
            periodic.run();
            List<Runnable> now = List.copyOf(once);
            once.clear();
            now.forEach(Runnable::run);
        }

        @Override
        public void sendEventToSourceReader(int subtaskId, SourceEvent event) {
            RulesToReader rules = (RulesToReader) event;
            events.add(subtaskId + ": " + (rules.ends() ? "change" : rules.hold() ? "stand still" : "go on"));
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            once.add(() -> call(callable, handler));
        }

        @Override
        public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler, long initialDelayMs, long periodMs) {
            periodic = () -> call(callable, handler);
        }

        private <T> void call(Callable<T> callable, BiConsumer<T, Throwable> handler) {
            T result;
            try {
                result = callable.call();
            } catch (Exception e) {
                handler.accept(null, e);
                return;
            }
            handler.accept(result, null);
        }

        @Override
        public SplitEnumeratorMetricGroup metricGroup() {
            return UnregisteredMetricsGroup.createSplitEnumeratorMetricGroup();
        }

        @Override
        public int currentParallelism() {
            return 2;
        }

        @Override
        public Map<Integer, ReaderInfo> registeredReaders() {
            return readers;
        }

        @Override
        public void assignSplits(SplitsAssignment<SourceSplit> assignment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void runInCoordinatorThread(Runnable runnable) {
            runnable.run();
        }
    }
}
