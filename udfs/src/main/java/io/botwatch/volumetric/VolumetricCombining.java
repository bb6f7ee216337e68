package io.botwatch.volumetric;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.sketch.DistinctCount;
import io.botwatch.sketch.HashedSample;

/** What a volumetric rule counts, per target and window. */
public final class VolumetricCombining implements Combining<Flow, VolumetricPartial> {
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final long V4_NETWORK = 0xFF;

    private final long rule;
    private final VolumetricRule.Per per;
    private final long windowMs;
    private final boolean early;
    private final VolumetricTraffic traffic;
    private final boolean enterprise;
    private final long secret;

    private transient VolumetricPartial probe;
    private transient VolumetricTraffic.Part part;

    /**
     * @param enterprise whether connections are distinct (source, source port) rather than records, and an IPv6 source is its
     *     /64
     * @param secret key of the sketches' hashes
     */
    public VolumetricCombining(VolumetricRule rule, boolean enterprise, long secret) {
        this.rule = rule.stateKey();
        this.per = rule.per();
        this.windowMs = rule.windowMs();
        this.early = rule.earlyFiring();
        this.traffic = new VolumetricTraffic(rule);
        this.enterprise = enterprise;
        this.secret = secret;
    }

    @Override
    public boolean wants(Flow flow) {
        part = traffic.part(flow);
        return part != VolumetricTraffic.Part.NONE;
    }

    @Override
    public VolumetricPartial probe(Flow flow) {
        if (probe == null) {
            probe = new VolumetricPartial();
            probe.rule = rule;
        }
        boolean received = part == VolumetricTraffic.Part.RECEIVED;
        probe.windowStartMs = Math.floorDiv(flow.startMs, windowMs) * windowMs;
        probe.dstHi = received ? flow.dstHi : flow.srcHi;
        probe.dstLo = received ? flow.dstLo : flow.srcLo;
        probe.port = switch (per) {
            case SERVICE -> flow.dstPort;
            case REFLECTOR -> received ? flow.srcPort : flow.dstPort;
            case HOST, NETWORK -> 0;
        };
        if (per == VolumetricRule.Per.NETWORK) {
            probe.dstLo = Address.isV4(probe.dstHi, probe.dstLo) ? probe.dstLo & ~V4_NETWORK : 0;
        }
        return probe;
    }

    @Override
    public VolumetricPartial start(VolumetricPartial probe) {
        VolumetricPartial partial = new VolumetricPartial();
        partial.rule = probe.rule;
        partial.windowStartMs = probe.windowStartMs;
        partial.dstHi = probe.dstHi;
        partial.dstLo = probe.dstLo;
        partial.port = probe.port;
        partial.connections = enterprise ? new DistinctCount() : null;
        partial.ports = per == VolumetricRule.Per.SERVICE ? null : new HashedSample(VolumetricPartial.SAMPLES);
        partial.targets = per == VolumetricRule.Per.NETWORK ? new DistinctCount() : null;
        return partial;
    }

    @Override
    public void add(VolumetricPartial partial, Flow flow) {
        if (part == VolumetricTraffic.Part.ASKED) {
            partial.asked++;
            return;
        }
        partial.records++;
        partial.firstMs = Math.min(partial.firstMs, flow.startMs);
        partial.lastMs = Math.max(partial.lastMs, flow.startMs);
        partial.samplingRate = Math.max(partial.samplingRate, flow.samplingRate);
        partial.packets += flow.packets;
        partial.bytes += flow.bytes;
        partial.tcp += flow.protocol == TCP ? 1 : 0;
        partial.beginnings += Handshake.isBeginning(flow) ? 1 : 0;
        partial.udp += flow.protocol == UDP ? 1 : 0;
        long sourceLo = enterprise && !Address.isV4(flow.srcHi, flow.srcLo) ? 0 : flow.srcLo;
        long source = DistinctCount.hash(secret, flow.srcHi, sourceLo);
        partial.sources.add(source);
        partial.sample.add(source, flow.srcHi, sourceLo);
        partial.spread.add(source);
        long connection = DistinctCount.hash(secret, flow.srcHi, flow.srcLo, rest(flow));
        if (partial.connections != null) {
            partial.connections.add(connection);
        }
        if (partial.ports != null) {
            partial.ports.add(connection, flow.dstPort);
        }
        if (partial.targets != null) {
            partial.targets.add(DistinctCount.hash(secret, flow.dstHi, flow.dstLo));
        }
    }

    /** What tells connections of one source to one target apart. */
    private long rest(Flow flow) {
        return switch (per) {
            case SERVICE -> flow.srcPort;
            case HOST, REFLECTOR -> (long) flow.srcPort << 16 | flow.dstPort;
            case NETWORK -> Address.mix(flow.dstLo) + ((long) flow.srcPort << 16 | flow.dstPort);
        };
    }

    @Override
    public long bucketEndMs(VolumetricPartial partial) {
        return partial.windowStartMs + windowMs;
    }

    @Override
    public int size(VolumetricPartial partial) {
        return partial.sources.size()
                + (partial.connections == null ? 0 : partial.connections.size())
                + (partial.targets == null ? 0 : partial.targets.size());
    }

    @Override
    public boolean isUrgent() {
        return early;
    }
}
