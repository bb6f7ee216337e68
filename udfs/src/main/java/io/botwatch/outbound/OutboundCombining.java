package io.botwatch.outbound;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.network.Roles;
import io.botwatch.sketch.DistinctCount;

/** What a rule sums of outbound flows, per host and bucket. */
public final class OutboundCombining implements Combining<Flow, OutboundSums> {
    private static final int TCP = 6;

    /** A TCP connection that came about has more packets than this. */
    private static final int ATTEMPT_PACKETS = 3;

    private final long rule;
    private final OutboundRule.Scope scope;
    private final OutboundTraffic traffic;
    private final long secret;

    private transient OutboundSums probe;

    /** @param secret key of the sketches' hashes */
    public OutboundCombining(OutboundRule rule, Roles roles, long secret) {
        this.rule = rule.stateKey();
        this.scope = rule.scope();
        this.traffic = new OutboundTraffic(rule, roles);
        this.secret = secret;
    }

    @Override
    public boolean wants(Flow flow) {
        return traffic.wants(flow);
    }

    @Override
    public OutboundSums probe(Flow flow) {
        if (probe == null) {
            probe = new OutboundSums();
            probe.rule = rule;
        }
        probe.hostHi = flow.srcHi;
        probe.hostLo = flow.srcLo;
        probe.slot = scope == OutboundRule.Scope.PORT
                ? 0
                : DistinctCount.hash(secret, flow.dstHi, flow.dstLo) & OutboundRule.Scope.SLOTS - 1;
        probe.port = scope == OutboundRule.Scope.PEER ? 0 : flow.dstPort;
        probe.protocol = flow.protocol;
        probe.bucketMs = Math.floorDiv(flow.startMs, OutboundSums.BUCKET_MS) * OutboundSums.BUCKET_MS;
        return probe;
    }

    @Override
    public OutboundSums start(OutboundSums probe) {
        OutboundSums sums = new OutboundSums();
        sums.of(probe);
        return sums;
    }

    @Override
    public void add(OutboundSums sums, Flow flow) {
        sums.flows++;
        sums.failed += isFailed(flow) ? 1 : 0;
        sums.packets += flow.packets;
        sums.replyPackets += flow.reversePackets;
        sums.bytes += flow.bytes;
        sums.firstMs = Math.min(sums.firstMs, flow.startMs);
        sums.lastMs = Math.max(sums.lastMs, flow.startMs);
        sums.samplingRate = Math.max(sums.samplingRate, flow.samplingRate);
        sums.destination(DistinctCount.hash(secret, flow.dstHi, flow.dstLo), flow.dstHi, flow.dstLo);
    }

    private static boolean isFailed(Flow flow) {
        boolean untold = flow.protocol == TCP && flow.tcpFlags == 0 && !flow.biflow;
        return untold ? flow.packets <= ATTEMPT_PACKETS : !Handshake.isAnswered(flow);
    }

    @Override
    public long bucketEndMs(OutboundSums sums) {
        return sums.endMs();
    }

    @Override
    public int size(OutboundSums sums) {
        return sums.destinations.size() + sums.sample.size();
    }
}
