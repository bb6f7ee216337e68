package io.botwatch.relay;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Endpoint;
import io.botwatch.flow.Flow;

/** How flows become the relay rule's partials: per host, bucket and direction. */
public final class RelayCombining implements Combining<Flow, RelayPartial> {
    private final RelayTraffic traffic;

    private transient RelayPartial probe;

    public RelayCombining(RelayRule rule) {
        traffic = new RelayTraffic(rule);
    }

    @Override
    public boolean wants(Flow flow) {
        return traffic.isInbound(flow) || traffic.isOutbound(flow);
    }

    @Override
    public RelayPartial probe(Flow flow) {
        if (probe == null) {
            probe = new RelayPartial();
        }
        probe.outbound = flow.direction != Direction.INBOUND;
        probe.hostHi = probe.outbound ? flow.srcHi : flow.dstHi;
        probe.hostLo = probe.outbound ? flow.srcLo : flow.dstLo;
        probe.bucket = Math.floorDiv(flow.startMs, RelayPartial.BUCKET_MS);
        return probe;
    }

    @Override
    public RelayPartial start(RelayPartial probe) {
        RelayPartial partial = new RelayPartial();
        partial.outbound = probe.outbound;
        partial.hostHi = probe.hostHi;
        partial.hostLo = probe.hostLo;
        partial.bucket = probe.bucket;
        return partial;
    }

    @Override
    public void add(RelayPartial partial, Flow flow) {
        Endpoint peer = partial.outbound
                ? new Endpoint(flow.dstHi, flow.dstLo, flow.dstPort)
                : new Endpoint(flow.srcHi, flow.srcLo, 0);
        partial.add(peer, new long[] {flow.startMs});
    }

    @Override
    public long bucketEndMs(RelayPartial partial) {
        return partial.bucketEndMs();
    }

    @Override
    public int size(RelayPartial partial) {
        return partial.peers.size();
    }
}
