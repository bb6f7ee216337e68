package io.botwatch.connection;

import java.io.Serializable;

/**
 * How records become connections.
 *
 * @param inactiveMs how long after its last packet a connection may go on in another record, ms: the exporters' inactive
 *     timeout
 * @param settleMs how long after its start a connection is decided on, ms of event time: the largest difference between
 *     exporters' clocks, and between a request and its reply
 * @param longestGapMs how long a connection is waited for that shows, by its TCP flags or by the gaps within its records,
 *     that it outlives {@code inactiveMs}, ms
 * @param reportEveryMs how often the totals of a connection that goes on are reported, ms
 * @param maxRecords how many records and connections are held at a time over the whole job, whatever its parallelism; more
 *     than that push the least recently seen out
 */
public record ConnectionSettings(
        long inactiveMs, long settleMs, long longestGapMs, long reportEveryMs, int maxRecords) implements Serializable {

    public static final ConnectionSettings DEFAULT =
            new ConnectionSettings(15_000, 5_000, 600_000, 3_600_000, 2_000_000);

    public ConnectionSettings withMaxRecords(int records) {
        return new ConnectionSettings(inactiveMs, settleMs, longestGapMs, reportEveryMs, records);
    }

    public ConnectionSettings withReportEvery(long ms) {
        return new ConnectionSettings(inactiveMs, settleMs, longestGapMs, ms, maxRecords);
    }

    public ConnectionSettings withInactive(long ms) {
        return new ConnectionSettings(ms, settleMs, longestGapMs, reportEveryMs, maxRecords);
    }
}
