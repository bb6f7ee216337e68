package io.botwatch.source;

import java.io.Serializable;
import java.time.Instant;

/**
 * Event times that are taken: {@code fromMs} inclusive to {@code toMs} exclusive, epoch ms.
 *
 * <p>A flow outside is refused before it can move a watermark: one record from the future would make all others late.
 */
public record TimeRange(long fromMs, long toMs) implements Serializable {
    public static final TimeRange ALL = new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE);

    /** @param from null for no bound; {@code to} likewise */
    public static TimeRange between(Instant from, Instant to) {
        return new TimeRange(
                from == null ? Long.MIN_VALUE : from.toEpochMilli(), to == null ? Long.MAX_VALUE : to.toEpochMilli());
    }

    public boolean contains(long ms) {
        return ms >= fromMs && ms < toMs;
    }

    /** What is wrong with a time outside. */
    String refusal(long ms) {
        return Instant.ofEpochMilli(ms) + " is " + (ms < fromMs ? "before " + Instant.ofEpochMilli(fromMs)
                : "not before " + Instant.ofEpochMilli(toMs));
    }
}
