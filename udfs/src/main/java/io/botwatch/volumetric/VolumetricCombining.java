package io.botwatch.volumetric;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.flow.Verdict;
import io.botwatch.sketch.DistinctCount;

/** What the volumetric rule counts of inbound flows, per destination and window. */
public final class VolumetricCombining implements Combining<Flow, VolumetricPartial> {
    private final long windowMs;
    private final PortSet ports;
    private final boolean distinctConnections;
    private final long secret;

    private transient VolumetricPartial probe;

    /**
     * @param distinctConnections whether connections are distinct (source, source port) rather than records
     * @param secret key of the sketches' hashes
     */
    public VolumetricCombining(VolumetricRule rule, boolean distinctConnections, long secret) {
        this.windowMs = rule.windowMs();
        this.ports = new PortSet(rule.ports());
        this.distinctConnections = distinctConnections;
        this.secret = secret;
    }

    @Override
    public boolean wants(Flow flow) {
        return flow.direction == Direction.INBOUND && flow.verdict != Verdict.DENIED && ports.contains(flow.dstPort);
    }

    @Override
    public VolumetricPartial probe(Flow flow) {
        if (probe == null) {
            probe = new VolumetricPartial();
        }
        probe.windowStartMs = Math.floorDiv(flow.startMs, windowMs) * windowMs;
        probe.dstHi = flow.dstHi;
        probe.dstLo = flow.dstLo;
        probe.dstPort = flow.dstPort;
        return probe;
    }

    @Override
    public VolumetricPartial start(VolumetricPartial probe) {
        VolumetricPartial partial = new VolumetricPartial();
        partial.windowStartMs = probe.windowStartMs;
        partial.dstHi = probe.dstHi;
        partial.dstLo = probe.dstLo;
        partial.dstPort = probe.dstPort;
        partial.connections = distinctConnections ? new DistinctCount() : null;
        return partial;
    }

    @Override
    public void add(VolumetricPartial partial, Flow flow) {
        partial.records++;
        partial.firstMs = Math.min(partial.firstMs, flow.startMs);
        partial.lastMs = Math.max(partial.lastMs, flow.startMs);
        partial.samplingRate = Math.max(partial.samplingRate, flow.samplingRate);
        long hash = DistinctCount.hash(secret, flow.srcHi, flow.srcLo);
        partial.sources.add(hash);
        partial.sample.add(hash, flow.srcHi, flow.srcLo);
        if (partial.connections != null) {
            partial.connections.add(DistinctCount.hash(secret, flow.srcHi, flow.srcLo, flow.srcPort));
        }
    }

    @Override
    public long bucketEndMs(VolumetricPartial partial) {
        return partial.windowStartMs + windowMs;
    }

    @Override
    public int size(VolumetricPartial partial) {
        return partial.sources.size() + (partial.connections == null ? 0 : partial.connections.size());
    }
}
