package io.botwatch.exporters;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another program does, and not for a time. */
final class Await {
    private static final long LOOK_EVERY_NANOS = 2_000_000;

    private Await() {}

    interface Condition {
        boolean holds() throws IOException;
    }

    /** @throws AssertionError naming {@code what} when it does not come about within the limit */
    static void until(String what, Duration limit, Condition condition) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
