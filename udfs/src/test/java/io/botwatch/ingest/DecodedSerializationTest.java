package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecodedSerializationTest {

    @ParameterizedTest
    @EnumSource
    void aDeadLetterComesBackAsItWas(Reason reason) throws IOException {
        DeadLetter letter = letter(reason, "field is '\u00e9\u4e16'");
        assertThat(roundTrip(DeadLetterSerializer.INSTANCE, letter)).isEqualTo(letter).hasSameHashCodeAs(letter);
        assertThat(letter.toString()).contains("flows-3", "77", reason.name());
    }

    @Test
    void theRecordOfADeadLetterIsCopiedAndCut() {
        byte[] record = new byte[100_000];
        Arrays.fill(record, (byte) 'x');
        DeadLetter letter = DeadLetter.of(record, 10, record.length, "s".repeat(5000), 1, new UndecodableException(Reason.TOO_LARGE, "d".repeat(5000)));
        record[10] = 'y';
        assertThat(letter.payload()).hasSize(DeadLetter.MAX_PAYLOAD_BYTES).startsWith((byte) 'x');
        assertThat(letter.source()).hasSize(1000);
        assertThat(letter.detail()).hasSize(1000);
        assertThat(letter.extent()).isEqualTo(DeadLetter.Extent.CUT);
        assertThat(DeadLetter.of(record, 10, 12, "s", 1, new UndecodableException(Reason.MALFORMED, "d")).payload())
                .containsExactly('y', 'x');
    }

    @Test
    void aLetterSaysWhetherItsPayloadIsTheWholeRecordAndHowOftenThatWasFedAgain() throws IOException {
        byte[] record = new byte[DeadLetter.MAX_PAYLOAD_BYTES + 1];
        UndecodableException why = new UndecodableException(Reason.MALFORMED, "d");
        DeadLetter whole = DeadLetter.of(record, 1, record.length, "s", 1, why);
        DeadLetter cut = DeadLetter.of(record, 0, record.length, "s", 1, why);
        assertThat(whole.extent()).isEqualTo(DeadLetter.Extent.WHOLE);
        assertThat(whole.asPart().extent()).isEqualTo(DeadLetter.Extent.PART);
        assertThat(cut.extent()).isEqualTo(DeadLetter.Extent.CUT);
        assertThat(cut.asPart()).as("neither can be fed again, and cut is the stronger reason").isEqualTo(cut);
        for (DeadLetter letter : new DeadLetter[] {whole, whole.asPart(), cut, whole.replayed(3)}) {
            assertThat(roundTrip(DeadLetterSerializer.INSTANCE, letter)).isEqualTo(letter);
        }
        assertThat(roundTrip(DeadLetterSerializer.INSTANCE, whole.replayed(3)).replayed()).isEqualTo(3);
    }

    @Test
    void aLetterOfTheFirstVersionIsReadAndTakenForCutOnlyIfItIsAsLongAsALetterCanBe() throws IOException {
        for (int length : new int[] {0, 100, DeadLetter.MAX_PAYLOAD_BYTES}) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            out.writeByte(1);
            DeadLetterSerializer.writeVarInt(length, out);
            out.write(new byte[length]);
            out.writeUTF("flows-3");
            out.writeLong(77);
            out.writeUTF("BAD_TIME");
            out.writeUTF("detail");
            DeadLetter read = DeadLetterSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
            assertThat(read)
                    .isEqualTo(new DeadLetter(
                            new byte[length],
                            length < DeadLetter.MAX_PAYLOAD_BYTES ? DeadLetter.Extent.WHOLE : DeadLetter.Extent.CUT,
                            "flows-3", 77, Reason.BAD_TIME, "detail", 0));
        }
    }

    @Test
    void halfACharacterAtTheCutOfADetailIsReplacedSoThatItCanBeWrittenAsUtf8() {
        String detail = "d".repeat(999) + "\ud83d\ude00";
        DeadLetter letter = DeadLetter.of(new byte[1], 0, 1, "s", 1, new UndecodableException(Reason.MALFORMED, detail));
        assertThat(letter.detail()).isEqualTo("d".repeat(999) + "?");
    }

    @Test
    void aFlowAndADeadLetterComeBackThroughOneReusedHolder() throws IOException {
        Decoded flow = new Decoded();
        flow.flow.startMs = 1723831627678L;
        flow.flow.endMs = 1723831628897L;
        flow.flow.srcLo = Address.v4(0x0A000007);
        flow.flow.dstHi = 0x20010DB8L << 32;
        flow.flow.srcPort = 50123;
        flow.flow.bytes = 1L << 40;
        flow.flow.biflow = true;
        flow.flow.reversePackets = 9;
        Decoded dead = new Decoded();
        dead.flow.bytes = 5; // left over from an earlier record: no part of a dead letter
        dead.dead = letter(Reason.BAD_PORT, "port is 'x'");

        DataOutputSerializer out = new DataOutputSerializer(64);
        for (Decoded decoded : new Decoded[] {flow, dead, flow}) {
            DecodedSerializer.INSTANCE.serialize(decoded, out);
        }
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        Decoded reused = new Decoded();
        for (Decoded expected : new Decoded[] {flow, dead, flow}) {
            Decoded read = DecodedSerializer.INSTANCE.deserialize(reused, in);
            assertThat(read).isSameAs(reused).isEqualTo(expected).hasSameHashCodeAs(expected).hasToString(expected.toString());
            assertThat(read.isFlow()).isEqualTo(expected.isFlow());
        }
        assertThat(in.available()).isZero();
    }

    @Test
    void aCopyIsIndependentOfTheHolderThatIsReused() {
        Decoded decoded = new Decoded();
        decoded.flow.bytes = 7;
        Decoded copy = DecodedSerializer.INSTANCE.copy(decoded);
        decoded.flow.bytes = 8;
        decoded.dead = letter(Reason.MALFORMED, "x");
        assertThat(copy.flow.bytes).isEqualTo(7);
        assertThat(copy.isFlow()).isTrue();
        assertThat(copy).isNotEqualTo(decoded);
    }

    @Test
    void snapshotsRestoreTheSerializers() throws IOException {
        for (TypeSerializer<?> serializer : new TypeSerializer<?>[] {DecodedSerializer.INSTANCE, DeadLetterSerializer.INSTANCE}) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
            TypeSerializerSnapshot<?> restored = TypeSerializerSnapshot.readVersionedSnapshot(
                    new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
            assertThat(restored.restoreSerializer()).isEqualTo(serializer);
        }
    }

    private static DeadLetter letter(Reason reason, String detail) {
        byte[] record = {1, 2, 3, (byte) 0xFF, 0};
        return DeadLetter.of(record, 1, 5, "flows-3", 77, new UndecodableException(reason, detail));
    }

    private static <T> T roundTrip(TypeSerializer<T> serializer, T record) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(record, out);
        byte[] bytes = out.getCopyOfBuffer();
        T read = serializer.deserialize(new DataInputDeserializer(bytes));
        DataOutputSerializer copied = new DataOutputSerializer(64);
        serializer.copy(new DataInputDeserializer(bytes), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(bytes);
        return read;
    }
}
