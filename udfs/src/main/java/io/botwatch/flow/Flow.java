package io.botwatch.flow;

import io.botwatch.wire.RuleChange;

/**
 * One flow record as an exporter wrote it: primitive fields, mutable, reused by decoders and by Flink.
 *
 * <p>Ends are as recorded. Times are epoch milliseconds UTC. Counters are as exported when a decoder has filled them in, and
 * multiplied by the sampling rate from the source on. It must not grow behaviour: decoding, direction and routing live with
 * their stages.
 */
public final class Flow implements RuleChange.Carrier {
    /** First packet, epoch ms. The event time of everything. */
    public long startMs;

    /** Last packet, epoch ms, at least {@link #startMs}. */
    public long endMs;

    public long srcHi;
    public long srcLo;
    public long dstHi;
    public long dstLo;

    /** 0 to 65535; 0 for protocols without ports. */
    public int srcPort;

    /** 0 to 65535; 0 for protocols without ports. */
    public int dstPort;

    /** IANA protocol number, 0 to 255. */
    public int protocol;

    /** Bytes from source to destination; an estimate where {@link #samplingRate} is above 1, as the other counters. */
    public long bytes;

    /** Packets from source to destination. */
    public long packets;

    /** Bytes from destination to source; 0 unless {@link #biflow}. */
    public long reverseBytes;

    /** Packets from destination to source; 0 unless {@link #biflow}. */
    public long reversePackets;

    /** TCP flags seen, OR of all packets (RFC 9293 bit order, FIN = 1); 0 when absent. */
    public int tcpFlags;

    /** 1 in N packets; 1 when unsampled or unknown. */
    public int samplingRate = 1;

    public long exporterHi;
    public long exporterLo;

    /** Whether the record covers both directions, so that its source is known to be the initiator. */
    public boolean biflow;

    /**
     * Whether the record may be one of several of its connection: a piece that an active timeout cut off, or one of its two
     * directions. Set by the source, from the format and the configuration; it also decides the key ({@link
     * ConnectionKeySelector}).
     */
    public boolean mayBePiece;

    /** Whether the record may be another exporter's copy. Set by the source. */
    public boolean mayBeCopy;

    /** What is known of how this connection was put together: bits of {@link Trait}; 0 for records as they came. */
    public int traits;

    /** When the exporter sent or the collector received the record, epoch ms; 0 when the format does not say. */
    public long exportedMs;

    public Verdict verdict = Verdict.UNKNOWN;
    public Direction direction = Direction.UNKNOWN;

    /** Which detectors want this record: bits of {@link Route}, set by classify. */
    public int routes;

    /** Null for all but those that are no flow, and carry a change of the rules. */
    public RuleChange change;

    @Override
    public RuleChange change() {
        return change;
    }

    /** Resets every field to its default, for reuse by a decoder. */
    public void clear() {
        startMs = endMs = 0;
        srcHi = srcLo = dstHi = dstLo = 0;
        srcPort = dstPort = protocol = 0;
        bytes = packets = reverseBytes = reversePackets = 0;
        tcpFlags = 0;
        samplingRate = 1;
        exporterHi = exporterLo = 0;
        biflow = mayBePiece = mayBeCopy = false;
        traits = 0;
        exportedMs = 0;
        verdict = Verdict.UNKNOWN;
        direction = Direction.UNKNOWN;
        routes = 0;
        change = null;
    }

    public void copyFrom(Flow other) {
        startMs = other.startMs;
        endMs = other.endMs;
        srcHi = other.srcHi;
        srcLo = other.srcLo;
        dstHi = other.dstHi;
        dstLo = other.dstLo;
        srcPort = other.srcPort;
        dstPort = other.dstPort;
        protocol = other.protocol;
        bytes = other.bytes;
        packets = other.packets;
        reverseBytes = other.reverseBytes;
        reversePackets = other.reversePackets;
        tcpFlags = other.tcpFlags;
        samplingRate = other.samplingRate;
        exporterHi = other.exporterHi;
        exporterLo = other.exporterLo;
        biflow = other.biflow;
        mayBePiece = other.mayBePiece;
        mayBeCopy = other.mayBeCopy;
        traits = other.traits;
        exportedMs = other.exportedMs;
        verdict = other.verdict;
        direction = other.direction;
        routes = other.routes;
        change = other.change;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Flow that
                && startMs == that.startMs
                && endMs == that.endMs
                && srcHi == that.srcHi
                && srcLo == that.srcLo
                && dstHi == that.dstHi
                && dstLo == that.dstLo
                && srcPort == that.srcPort
                && dstPort == that.dstPort
                && protocol == that.protocol
                && bytes == that.bytes
                && packets == that.packets
                && reverseBytes == that.reverseBytes
                && reversePackets == that.reversePackets
                && tcpFlags == that.tcpFlags
                && samplingRate == that.samplingRate
                && exporterHi == that.exporterHi
                && exporterLo == that.exporterLo
                && biflow == that.biflow
                && mayBePiece == that.mayBePiece
                && mayBeCopy == that.mayBeCopy
                && traits == that.traits
                && exportedMs == that.exportedMs
                && verdict == that.verdict
                && direction == that.direction
                && routes == that.routes
                && change == that.change;
    }

    @Override
    public int hashCode() {
        return (int) Address.mix(Address.mix(srcHi + srcLo) + Address.mix(dstHi + dstLo) + startMs);
    }

    @Override
    public String toString() {
        return java.time.Instant.ofEpochMilli(startMs) + " " + Address.format(srcHi, srcLo) + ":" + srcPort + " > "
                + Address.format(dstHi, dstLo) + ":" + dstPort + " proto " + protocol + ", " + packets + " packets, "
                + bytes + " bytes" + (biflow ? ", back " + reversePackets + "/" + reverseBytes : "") + ", "
                + (endMs - startMs) + " ms";
    }
}
