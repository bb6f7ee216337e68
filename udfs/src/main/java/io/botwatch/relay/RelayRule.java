package io.botwatch.relay;

import io.botwatch.finding.RuleInfo;
import io.botwatch.network.Network;
import java.io.Serializable;
import java.util.List;

/**
 * When an inbound connection followed by an outbound one on the same host is a relay.
 *
 * @param windowMs longest delay from inbound to outbound, ms, inclusive
 * @param excludedPorts outbound destination ports that are left out
 * @param excludedPeers networks that neither the inbound source nor the outbound target may be in
 * @param maxPairsPerHost sources times targets of one host within the window, above which its pairs are not listed but
 *     reported as one overflow; also how many pairs of one host are remembered
 * @param perHost one finding a host (true), or one a pair (false)
 * @param engine which join finds the pairs
 */
public record RelayRule(
        RuleInfo info,
        long windowMs,
        List<Integer> excludedPorts,
        List<Network> excludedPeers,
        int maxPairsPerHost,
        boolean perHost,
        Engine engine)
        implements Serializable {

    /** Both give the same pairs. */
    public enum Engine {
        /** Flink CEP over digests of five seconds. */
        CEP,
        /** A join in time order over single connections. */
        INTERVAL
    }
}
