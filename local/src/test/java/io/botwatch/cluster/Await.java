package io.botwatch.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for something that another process does, and not for a time. */
final class Await {
    private static final long LOOK_EVERY_NANOS = 50_000_000;

    private Await() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * @return how long it took
     * @throws AssertionError naming {@code what} when it does not come about within the limit
     */
    static Duration until(String what, Duration limit, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
