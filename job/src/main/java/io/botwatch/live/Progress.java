package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import java.time.Duration;

/**
 * How far a reader has come in event time: the latest at which any of its flows may be judged. That is when it starts, and of a
 * connection that lasts when it ends, unless the record says that it ends in the future.
 */
final class Progress {
    private static final long CLOCK_EVERY_MS = 1_000;

    private final long maxFutureMs;
    private long latestMs = Long.MIN_VALUE;
    private long believedMs;

    /** @param maxFuture how far ahead of the clock a flow may end and be believed */
    Progress(Duration maxFuture) {
        maxFutureMs = maxFuture.toMillis();
    }

    long latestMs() {
        return latestMs;
    }

    void reached(long ms) {
        latestMs = Math.max(latestMs, ms);
    }

    void read(Decoded record) {
        if (!record.hasTime()) {
            return;
        }
        reached(record.flow.startMs);
        if (record.flow.endMs > latestMs && isBelieved(record.flow.endMs)) {
            latestMs = record.flow.endMs;
        }
    }

    /** The clock is looked at when the last look does not tell. */
    private boolean isBelieved(long ms) {
        if (ms > believedMs || ms < believedMs - CLOCK_EVERY_MS) {
            believedMs = System.currentTimeMillis() + maxFutureMs;
        }
        return ms <= believedMs;
    }
}
