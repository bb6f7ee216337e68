package io.botwatch.live;

import io.botwatch.control.Answer;
import io.botwatch.control.Message;
import java.io.Serializable;
import java.util.List;

/** Where changes of the rules are asked for, and answered. Its calls wait for what they do; one thread makes them. */
public interface RuleDesk extends AutoCloseable {

    /** Opens it where the job's only enumerator runs. */
    interface Factory extends Serializable {
        RuleDesk open() throws Exception;
    }

    /** All answers so far; from then on {@link #poll} gives the commands after them. */
    List<Answer> history() throws Exception;

    /** Commands that have come; returns at once when there are none. */
    List<Message> poll() throws Exception;

    /**
     * Writes answers: when it returns, all can be read, and otherwise none.
     *
     * @throws AnsweredElsewhere when another job answers here now
     */
    void answer(List<Answer> answers) throws Exception;

    /** Another job has begun to answer here: this one must not. */
    final class AnsweredElsewhere extends Exception {
        private static final long serialVersionUID = 1;

        public AnsweredElsewhere(Throwable cause) {
            super("another job answers on this topic of results: give each job its own", cause);
        }
    }
}
