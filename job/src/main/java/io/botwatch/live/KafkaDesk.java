package io.botwatch.live;

import io.botwatch.control.Answer;
import io.botwatch.control.Message;
import java.io.IOException;
import java.util.List;
import java.util.Properties;

/** Answers in a topic of results; commands come from a topic of rules, or are what a rule file becomes. */
public final class KafkaDesk implements RuleDesk {
    private final String bootstrapServers;
    private final Properties passed;
    private final LiveRulesConfig config;
    private final String transactionalId;
    private final String begun;

    private ResultsTopic results;
    private Commands commands;
    private boolean closed;

    /** Where commands come from. */
    interface Commands extends AutoCloseable {
        List<Message> poll() throws Exception;
    }

    /**
     * Opens it.
     *
     * @param passed settings of all clients
     * @param transactionalId of all answers of this job
     * @param begun the rule file as the job began with it
     */
    public record Opening(
            String bootstrapServers, Properties passed, LiveRulesConfig config, String transactionalId, String begun)
            implements RuleDesk.Factory {
        @Override
        public RuleDesk open() {
            return new KafkaDesk(bootstrapServers, passed, config, transactionalId, begun);
        }
    }

    private KafkaDesk(
            String bootstrapServers, Properties passed, LiveRulesConfig config, String transactionalId, String begun) {
        this.bootstrapServers = bootstrapServers;
        this.passed = passed;
        this.config = config;
        this.transactionalId = transactionalId;
        this.begun = begun;
    }

    /** Opened again after every failure, so that nothing half done is left of it. */
    @Override
    public synchronized List<Answer> history() throws Exception {
        reopen();
        return read();
    }

    private List<Answer> read() throws IOException {
        List<Answer> history = ResultsTopic.read(bootstrapServers, passed, config.resultsTopic());
        long position = history.stream().mapToLong(Answer::position).max().orElse(-1);
        if (commands == null) {
            commands = config.topic() != null
                    ? new RulesTopic(bootstrapServers, passed, config.topic(), position)
                    : new RulesFile(config.file(), position, begun, history);
        }
        return history;
    }

    private void reopen() throws Exception {
        if (closed) {
            throw new IOException("closed");
        }
        if (results != null) {
            results.close();
        }
        results = new ResultsTopic(bootstrapServers, passed, config.resultsTopic(), transactionalId);
    }

    @Override
    public synchronized List<Message> poll() throws Exception {
        return closed ? List.of() : commands.poll();
    }

    /** After a failure it is not known what was written: what is there tells. */
    @Override
    public synchronized void answer(List<Answer> answers) throws Exception {
        if (results == null) {
            reopen();
            Answer first = answers.get(0);
            for (Answer written : read()) {
                if (written.equals(first)) {
                    return;
                }
                if (written.sequence() == first.sequence()) {
                    throw new AnsweredElsewhere(null);
                }
            }
        }
        try {
            results.append(answers);
        } catch (IOException | RuntimeException e) {
            results.close();
            results = null;
            throw e;
        }
    }

    @Override
    public synchronized void close() throws Exception {
        closed = true;
        if (commands != null) {
            commands.close();
        }
        if (results != null) {
            results.close();
        }
    }
}
