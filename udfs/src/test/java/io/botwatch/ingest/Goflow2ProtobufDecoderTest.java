package io.botwatch.ingest;

import static io.botwatch.ingest.Decoding.dst;
import static io.botwatch.ingest.Decoding.exporter;
import static io.botwatch.ingest.Decoding.ms;
import static io.botwatch.ingest.Decoding.src;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Goflow2ProtobufDecoderTest {
    private static final long SEED = 20_261_124;

    private final FlowDecoder decoder = new Goflow2ProtobufDecoder();

    @Test
    void aMessageOfVersionTwoHasTimesInNanosecondsRoundedDown() throws Exception {
        Flow flow = flow(ProtobufMessage.sample().bare());
        assertThat(src(flow)).isEqualTo("2001:db8::80 49737");
        assertThat(dst(flow)).isEqualTo("192.0.2.7 443");
        assertThat(exporter(flow)).isEqualTo("192.0.2.1");
        assertThat(flow.startMs).isEqualTo(1_723_831_627_678L);
        assertThat(flow.endMs).isEqualTo(1_723_831_628_897L);
        assertThat(flow.exportedMs).isEqualTo(1_723_831_700_000L);
        assertThat(flow.protocol).isEqualTo(6);
        assertThat(flow.bytes).isEqualTo(16_826);
        assertThat(flow.packets).isEqualTo(23);
        assertThat(flow.tcpFlags).isEqualTo(0x1B);
        assertThat(flow.samplingRate).isEqualTo(100);
        assertThat(flow.verdict).isEqualTo(Verdict.ALLOWED);
        assertThat(flow.biflow).isFalse();
    }

    @Test
    void aMessageOfVersionOneHasTimesInSecondsAndMillisecondsWinOverThem() throws Exception {
        ProtobufMessage seconds = addresses().number(2, 1_723_831_700L).number(38, 1_723_831_627L).number(5, 1_723_831_628L);
        Flow flow = flow(seconds.bare());
        assertThat(flow.startMs).isEqualTo(1_723_831_627_000L);
        assertThat(flow.endMs).isEqualTo(1_723_831_628_000L);
        assertThat(flow.exportedMs).isEqualTo(1_723_831_700_000L);
        Flow finer = flow(seconds.number(63, 1_723_831_627_678L).number(64, 1_723_831_628_897L).bare());
        assertThat(finer.startMs).isEqualTo(1_723_831_627_678L);
        assertThat(finer.endMs).isEqualTo(1_723_831_628_897L);
    }

    @Test
    void whatVersionTwoHasInAFieldOfVersionOnesTimesIsNoTime() throws Exception {
        Flow flow = flow(addresses().number(38, 2).number(110, 1_723_831_700_000_000_000L).bare());
        assertThat(flow.startMs).as("the time of receipt stands in for a start that is not given").isEqualTo(1_723_831_700_000L);
        assertThat(flow.endMs).isEqualTo(flow.startMs);
    }

    @Test
    void whatIsLeftOutIsZero() throws Exception {
        Flow flow = flow(addresses().number(111, 1_723_831_627_678_000_000L).bare());
        assertThat(flow.bytes + flow.packets + flow.protocol + flow.srcPort + flow.dstPort + flow.tcpFlags).isZero();
        assertThat(flow.samplingRate).isEqualTo(1);
        assertThat(flow.exportedMs).isZero();
        assertThat(flow.verdict).isEqualTo(Verdict.UNKNOWN);
        assertThat(flow.endMs).isEqualTo(flow.startMs);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0806, 0x8847, 1})
    void anEtherTypeThatIsNotIpIsNoFlowAndNoFault(int etherType) throws Exception {
        byte[] message = new ProtobufMessage().number(1, 1).number(110, ms("2026-01-05T12:00:00Z") * 1_000_000).number(30, etherType).bare();
        assertThat(decoder.decode(message, 0, message.length, new Flow())).isEqualTo(Outcome.NOT_IP);
    }

    @Test
    void fieldsThatAreNotReadAreSkippedWhateverTheirWireType() throws Exception {
        ProtobufMessage message = new ProtobufMessage()
                .tag(1_001, 1).raw(new byte[8])
                .tag(1_002, 5).raw(new byte[4])
                .bytes(103, new byte[] {1, 2, 3})
                .bytes(536_870_911, new byte[300])
                .number(1_003, -1);
        byte[] sample = ProtobufMessage.sample().bare();
        assertThat(flow(message.raw(sample).bare())).isEqualTo(flow(sample));
    }

    @Test
    void theLastOfARepeatedFieldCounts() throws Exception {
        Flow flow = flow(ProtobufMessage.sample().number(9, 5).address(6, "10.0.0.7").bare());
        assertThat(flow.bytes).isEqualTo(5);
        assertThat(src(flow)).isEqualTo("10.0.0.7 49737");
    }

    @ParameterizedTest
    @CsvSource({
        "a group, 0b",
        "the end of a group, 0c",
        "wire type 6, 0e",
        "wire type 7, 0f",
        "field 0, 0000",
        "a field number of 30 bits, 808080802001",
        "a number of more than 64 bits, 08ffffffffffffffffff02",
        "a number without end, 08ffffffffffffffffffffff01",
        "a number cut, 08ff",
        "a length beyond the message, a206ff01",
        "a length beyond 2 GB, a206ffffffff0f",
        "a length of 64 bits, a206ffffffffffffffffff01",
        "8 bytes cut, c13e00000000000000",
        "4 bytes cut, c53e000000",
        "an address that is a number, 3001",
        "bytes that are 8 bytes long, 490000000000000000",
    })
    void whatIsNoMessageIsMalformed(String what, String hex) {
        byte[] bytes = ProtobufMessage.sample().raw(HexFormat.of().parseHex(hex)).bare();
        assertThat(failure(bytes).reason()).as(what).isEqualTo(Reason.MALFORMED);
        byte[] framed = ProtobufMessage.sample().raw(HexFormat.of().parseHex(hex)).withLength();
        assertThat(failure(framed).reason()).as(what + ", with length").isEqualTo(Reason.MALFORMED);
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThat(failure(ProtobufMessage.sample().number(21, 65_536).bare()).getMessage()).isEqualTo("source port is 65536");
        assertThat(failure(ProtobufMessage.sample().number(22, -1).bare()).reason()).isEqualTo(Reason.BAD_PORT);
        assertThat(failure(ProtobufMessage.sample().number(20, 256).bare()).getMessage()).isEqualTo("protocol is 256");
        assertThat(failure(ProtobufMessage.sample().number(3, 1L << 31).bare()).reason()).isEqualTo(Reason.BAD_NUMBER);
        assertThat(failure(ProtobufMessage.sample().number(9, -1).bare()).getMessage()).isEqualTo("bytes is 18446744073709551615");
        assertThat(failure(ProtobufMessage.sample().bytes(6, new byte[5]).bare()).getMessage()).isEqualTo("source address has 5 bytes");
        assertThat(failure(addresses().number(38, -1).bare()).reason()).isEqualTo(Reason.BAD_TIME);
        assertThat(failure(addresses().number(38, 1L << 62).bare()).reason()).isEqualTo(Reason.BAD_TIME);
        assertThat(failure(addresses().number(63, 1L << 62).bare()).reason()).isEqualTo(Reason.BAD_TIME);
        assertThat(failure(addresses().bare()).getMessage()).isEqualTo("no start time");
        assertThat(failure(new ProtobufMessage().number(111, 1L << 60).bare()).getMessage()).isEqualTo("no source address");
    }

    /** As goflow2 writes them: fields in ascending order, its type first. */
    @Test
    void aMessageGivesTheSameFlowBareAndWithItsLength() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 50_000; i++) {
            assertSameFlow(random(random, true), "seed " + SEED + ", message " + i);
        }
    }

    /** Without a type, and padded until the first byte says exactly how long the rest is. */
    @Test
    void aBareMessageWhoseFirstByteCouldBeItsLengthGivesTheSameFlowToo() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        int hard = 0;
        for (int i = 0; i < 200_000; i++) {
            ProtobufMessage message = random(random, false);
            int wanted = 1 + message.bare()[0];
            int missing = wanted - message.length();
            if (missing < 3 || missing > 130) {
                continue;
            }
            message.bytes(1_000, randomBytes(random, missing - 3));
            byte[] bare = message.bare();
            assertThat(MessageLength.endOfMessage(bare, 0, bare.length)).isEqualTo(bare.length);
            assertSameFlow(message, "seed " + SEED + ", message " + i);
            hard++;
        }
        System.out.println("seed " + SEED + ": " + hard + " bare messages that look as if they had a length");
        assertThat(hard).isGreaterThan(5_000);
    }

    private void assertSameFlow(ProtobufMessage message, String what) throws Exception {
        byte[] bare = message.bare();
        byte[] framed = message.withLength();
        // An equal flow is not enough: it must be the message's own, so it is also compared with an unmistakable form of it.
        Flow expected = flow(new ProtobufMessage().number(1, 2).raw(bare).withLength());
        assertThat(flow(bare)).as(what + ", bare " + HexFormat.of().formatHex(bare)).isEqualTo(expected);
        assertThat(flow(framed)).as(what + ", with length " + HexFormat.of().formatHex(framed)).isEqualTo(expected);
    }

    private static ProtobufMessage random(SplittableRandom random, boolean typed) {
        ProtobufMessage message = new ProtobufMessage();
        boolean nanos = random.nextBoolean();
        long start = 1_600_000_000_000L + random.nextLong(1L << 38);
        long end = start + random.nextInt(1 << random.nextInt(1, 24));
        if (typed) {
            message.number(1, random.nextInt(1, 5));
        }
        if (!nanos && random.nextBoolean()) {
            message.number(2, end / 1000);
        }
        optional(message, 3, random, 16);
        optional(message, 4, random, 32);
        if (!nanos && random.nextBoolean()) {
            message.number(5, end / 1000);
        }
        message.bytes(6, randomBytes(random, random.nextBoolean() ? 4 : 16));
        message.bytes(7, randomBytes(random, random.nextBoolean() ? 4 : 16));
        optional(message, 9, random, 40);
        optional(message, 10, random, 30);
        if (random.nextBoolean()) {
            message.bytes(11, randomBytes(random, random.nextBoolean() ? 4 : 16));
        }
        optional(message, 20, random, 8);
        optional(message, 21, random, 16);
        optional(message, 22, random, 16);
        optional(message, 26, random, 8);
        if (nanos) {
            message.number(111, start * 1_000_000 + random.nextInt(1_000_000)).number(112, end * 1_000_000);
        } else {
            message.number(38, start / 1000);
        }
        return message;
    }

    private static void optional(ProtobufMessage message, int field, SplittableRandom random, int bits) {
        if (random.nextBoolean()) {
            message.number(field, random.nextLong(1L << random.nextInt(1, bits + 1)));
        }
    }

    private static byte[] randomBytes(SplittableRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void decodingAMessageAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] message = ProtobufMessage.sample().withLength();
        Flow into = new Flow();
        for (int i = 0; i < 20_000; i++) {
            decoder.decode(message, 0, message.length, into);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            decoder.decode(message, 0, message.length, into);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes for 10 000 messages").isLessThan(10_000);
    }

    private static ProtobufMessage addresses() {
        return new ProtobufMessage().number(1, 3).address(6, "10.0.0.7").address(7, "192.0.2.80");
    }

    /** The record stands between other bytes, so that a decoder that looks past its end is found out. */
    private Flow flow(byte[] record) throws UndecodableException {
        byte[] bytes = new byte[record.length + 20];
        Arrays.fill(bytes, (byte) 0x08);
        System.arraycopy(record, 0, bytes, 10, record.length);
        Flow flow = new Flow();
        assertThat(decoder.decode(bytes, 10, 10 + record.length, flow)).isEqualTo(Outcome.FLOW);
        return flow;
    }

    private UndecodableException failure(byte[] record) {
        UndecodableException failure = catchThrowableOfType(UndecodableException.class, () -> flow(record));
        assertThat(failure).as("undecodable: " + HexFormat.of().formatHex(record)).isNotNull();
        return failure;
    }
}
