package io.botwatch.ingest;

import java.io.ByteArrayOutputStream;

/** Writes protobuf messages for tests, well-formed or not. */
final class ProtobufMessage {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** 2001:db8::80 to 192.0.2.7 in goflow2's version 2, with every field that is read. */
    static ProtobufMessage sample() {
        return new ProtobufMessage()
                .number(1, 4)
                .number(3, 100)
                .number(4, 77)
                .address(6, "2001:db8::80")
                .address(7, "192.0.2.7")
                .number(9, 16_826)
                .number(10, 23)
                .address(11, "192.0.2.1")
                .number(20, 6)
                .number(21, 49_737)
                .number(22, 443)
                .number(24, 64)
                .number(26, 0x1B)
                .number(30, 0x86DD)
                .number(38, 2)
                .number(110, 1_723_831_700_000_000_000L)
                .number(111, 1_723_831_627_678_999_999L)
                .number(112, 1_723_831_628_897_000_000L);
    }

    ProtobufMessage varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    ProtobufMessage tag(int field, int wireType) {
        return varint((long) field << 3 | wireType);
    }

    ProtobufMessage number(int field, long value) {
        return tag(field, 0).varint(value);
    }

    ProtobufMessage bytes(int field, byte[] value) {
        return tag(field, 2).varint(value.length).raw(value);
    }

    ProtobufMessage address(int field, String address) {
        try {
            return bytes(field, java.net.InetAddress.getByName(address).getAddress());
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    ProtobufMessage raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    int length() {
        return out.size();
    }

    byte[] bare() {
        return out.toByteArray();
    }

    byte[] withLength() {
        return new ProtobufMessage().varint(out.size()).raw(bare()).bare();
    }
}
