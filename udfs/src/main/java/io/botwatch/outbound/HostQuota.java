package io.botwatch.outbound;

import io.botwatch.flow.Address;
import io.botwatch.rule.RuleSubject;

/**
 * How many keys one host may have in one key group's state of one rule. A host that tries all ports of the Internet makes a key of each, and
 * few of them ever say anything; one with many flows may, so there is room for more of those.
 *
 * <p>By key group, so that it does not depend on parallelism.
 */
final class HostQuota {
    /** Keys of one host and rule, over the whole job. */
    static final int LIGHT_KEYS = 11_520;

    /** So many times as many, where what comes first is not light. */
    private static final int HEAVY_TIMES = 4;

    /** A first partial of fewer flows and of fewer packets is light. */
    private static final int HEAVY_FLOWS = 8;

    private static final int HEAVY_PACKETS = 100;

    private static final int LEAST_PER_GROUP = 16;

    /** Hosts of one cell share its quota. */
    private static final int CELLS = 1_024;

    private final int light;
    private final int[] keys = new int[CELLS];

    /** @param groups that share the quota of the whole job */
    HostQuota(int groups) {
        this.light = Math.max(LEAST_PER_GROUP, LIGHT_KEYS / groups);
    }

    /** Whether a key that holds nothing yet may begin to with these; if so, it counts. */
    boolean admits(RuleSubject key, OutboundSums first) {
        int cell = cell(key);
        boolean isLight = first.flows < HEAVY_FLOWS && first.packets < HEAVY_PACKETS;
        if (keys[cell] >= (isLight ? 1 : HEAVY_TIMES) * light) {
            return false;
        }
        keys[cell]++;
        return true;
    }

    /** The key holds something, by whatever quota. */
    void take(RuleSubject key) {
        keys[cell(key)]++;
    }

    /** The key holds nothing any more. */
    void release(RuleSubject key) {
        keys[cell(key)]--;
    }

    private static int cell(RuleSubject key) {
        return (int) (Address.mix(Address.mix(key.rule() + key.hi()) + key.lo()) & CELLS - 1);
    }
}
