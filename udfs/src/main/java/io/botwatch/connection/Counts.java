package io.botwatch.connection;

/** Sums of counters that a hostile feed may fill to the brim. */
final class Counts {
    private Counts() {}

    /** The sum of two counts that are not negative, {@link Long#MAX_VALUE} at most. */
    static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
