package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/**
 * goflow2's protobuf of version 2 for NetFlow v9, with the fields of {@link Goflow2JsonWriter} in ascending order: a message
 * with its length in front, as goflow2 sends it to Kafka, and to files without a separator. What is 0 is left out.
 */
public final class Goflow2ProtobufWriter implements FlowWriter {
    private static final int NETFLOW_V9 = 3;
    private static final int ETHERTYPE_V4 = 0x0800;
    private static final int ETHERTYPE_V6 = 0x86DD;

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private static final long NANOS_IN_MILLI = 1_000_000;
    private static final long SEQUENCE_MASK = 0xFFFF_FFFFL;

    private final LineBuffer message = new LineBuffer();

    /** The export packet's number; one record a packet, and 32 bits, as in the protocol. */
    private long sequence;

    @Override
    public void header(LineBuffer out) {
        // Messages have none.
    }

    @Override
    public void write(Flow flow, long receivedMs, LineBuffer out) {
        sequence = sequence + 1 & SEQUENCE_MASK;
        message.clear();
        number(1, NETFLOW_V9);
        number(3, flow.samplingRate);
        number(4, sequence);
        address(6, flow.srcHi, flow.srcLo);
        address(7, flow.dstHi, flow.dstLo);
        number(9, flow.bytes);
        number(10, flow.packets);
        address(11, flow.exporterHi, flow.exporterLo);
        number(20, flow.protocol);
        number(21, flow.srcPort);
        number(22, flow.dstPort);
        number(26, flow.tcpFlags);
        number(30, Address.isV4(flow.srcHi, flow.srcLo) ? ETHERTYPE_V4 : ETHERTYPE_V6);
        number(110, receivedMs * NANOS_IN_MILLI);
        number(111, flow.startMs * NANOS_IN_MILLI);
        number(112, flow.endMs * NANOS_IN_MILLI);
        out.varint(message.length()).append(message);
    }

    /** The length in front says where a message ends. */
    @Override
    public void end(LineBuffer out) {
        // Nothing stands between messages.
    }

    private void number(int field, long value) {
        if (value != 0) {
            message.varint((long) field << 3 | VARINT).varint(value);
        }
    }

    private void address(int field, long hi, long lo) {
        message.varint((long) field << 3 | LENGTH_DELIMITED);
        if (Address.isV4(hi, lo)) {
            message.varint(4).bigEndian(lo, 4);
        } else {
            message.varint(16).bigEndian(hi, 8).bigEndian(lo, 8);
        }
    }
}
