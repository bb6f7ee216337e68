package io.botwatch.generate;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/**
 * JSON as goflow2 writes it for NetFlow v9, restricted to the fields that concern a flow; times in nanoseconds.
 *
 * <p>goflow2 leaves {@code proto} empty for a protocol it has no name for; here it is the number as text, so that no
 * record loses its protocol. The reverse counters of a biflow have no field and are not written.
 */
public final class Goflow2JsonWriter implements FlowWriter {
    private static final byte[] RECEIVED = "{\"type\":\"NETFLOW_V9\",\"time_received_ns\":".getBytes(US_ASCII);
    private static final byte[] SEQUENCE = ",\"sequence_num\":".getBytes(US_ASCII);
    private static final byte[] SAMPLING = ",\"sampling_rate\":".getBytes(US_ASCII);
    private static final byte[] SAMPLER = ",\"sampler_address\":\"".getBytes(US_ASCII);
    private static final byte[] START = "\",\"time_flow_start_ns\":".getBytes(US_ASCII);
    private static final byte[] END = ",\"time_flow_end_ns\":".getBytes(US_ASCII);
    private static final byte[] BYTES = ",\"bytes\":".getBytes(US_ASCII);
    private static final byte[] PACKETS = ",\"packets\":".getBytes(US_ASCII);
    private static final byte[] SRC = ",\"src_addr\":\"".getBytes(US_ASCII);
    private static final byte[] DST = "\",\"dst_addr\":\"".getBytes(US_ASCII);
    private static final byte[] ETYPE = "\",\"etype\":\"".getBytes(US_ASCII);
    private static final byte[] PROTO = "\",\"proto\":\"".getBytes(US_ASCII);
    private static final byte[] SRC_PORT = "\",\"src_port\":".getBytes(US_ASCII);
    private static final byte[] DST_PORT = ",\"dst_port\":".getBytes(US_ASCII);
    private static final byte[] FLAGS = ",\"tcp_flags\":".getBytes(US_ASCII);

    private static final long NANOS_IN_MILLI = 1_000_000;
    private static final long SEQUENCE_MASK = 0xFFFF_FFFFL;

    /** The export packet's number; one record a packet, and 32 bits, as in the protocol. */
    private long sequence;

    @Override
    public void header(LineBuffer out) {
        // JSON lines have none.
    }

    @Override
    public void write(Flow flow, long receivedMs, LineBuffer out) {
        sequence = sequence + 1 & SEQUENCE_MASK;
        out.append(RECEIVED).append(receivedMs * NANOS_IN_MILLI);
        out.append(SEQUENCE).append(sequence);
        out.append(SAMPLING).append((long) flow.samplingRate);
        out.append(SAMPLER).address(flow.exporterHi, flow.exporterLo);
        out.append(START).append(flow.startMs * NANOS_IN_MILLI);
        out.append(END).append(flow.endMs * NANOS_IN_MILLI);
        out.append(BYTES).append(flow.bytes);
        out.append(PACKETS).append(flow.packets);
        out.append(SRC).address(flow.srcHi, flow.srcLo);
        out.append(DST).address(flow.dstHi, flow.dstLo);
        out.append(ETYPE).append(Address.isV4(flow.srcHi, flow.srcLo) ? "IPv4" : "IPv6");
        out.append(PROTO);
        switch (flow.protocol) {
            case 1 -> out.append("ICMP");
            case 6 -> out.append("TCP");
            case 17 -> out.append("UDP");
            case 58 -> out.append("ICMPv6");
            case 132 -> out.append("SCTP");
            default -> out.append((long) flow.protocol);
        }
        out.append(SRC_PORT).append((long) flow.srcPort);
        out.append(DST_PORT).append((long) flow.dstPort);
        out.append(FLAGS).append((long) flow.tcpFlags).append('}');
    }
}
