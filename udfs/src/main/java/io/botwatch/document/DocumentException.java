package io.botwatch.document;

import java.util.List;

/** A document that cannot be used, with everything that is wrong with it: file, line, key, fault and limit. */
public final class DocumentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    /** @param problems at least one, e.g. {@code rules.yaml:14: rules[0].window.size: 32d is not 1s to 31d} */
    public DocumentException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each, in the order of the document. */
    public List<String> problems() {
        return problems;
    }
}
