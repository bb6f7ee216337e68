package io.botwatch.backtest;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.UUID;

/**
 * What matters of one finding when two rule sets are compared: its final state.
 *
 * @param port destination port; -1 where it has none
 * @param fromMs start of the earliest flow it rests on, epoch ms
 * @param toMs start of the latest flow it rests on, epoch ms
 * @param atMs when it was created, event time, epoch ms
 */
record Outcome(
        UUID uid,
        Finding.Type type,
        String rule,
        Severity severity,
        Address host,
        Address src,
        Address dst,
        int port,
        long fromMs,
        long toMs,
        long atMs,
        String message) {

    static Outcome of(Finding finding) {
        return new Outcome(
                finding.uid,
                finding.type,
                finding.ruleId,
                finding.severity,
                finding.host(),
                finding.src,
                finding.dst,
                finding.dstPort,
                finding.firstSeenMs,
                finding.lastSeenMs,
                finding.episodeMs,
                finding.message);
    }

    /**
     * Whether the two tell of the same: of one type and host, of no different peer or port where both name one, of times that
     * overlap. Rules and uids may differ: one rule set may say at noon what the other says an hour later.
     */
    boolean isOfTheSameAs(Outcome other) {
        return type == other.type
                && java.util.Objects.equals(host, other.host)
                && fromMs <= other.toMs
                && other.fromMs <= toMs
                && agree(src, other.src)
                && agree(dst, other.dst)
                && (port < 0 || other.port < 0 || port == other.port);
    }

    private static boolean agree(Address one, Address other) {
        return one == null || other == null || one.equals(other);
    }
}
