package io.botwatch.local;

/** Wrong usage or configuration: the message names the thing and the remedy. Exit code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
