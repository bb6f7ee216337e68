package io.botwatch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every serializer owes a savepoint; all there are on the class path of this module, also those to come. */
class RecordSerializersTest {

    static Stream<RecordSerializer<?>> serializers() throws Exception {
        Path classes = Path.of(
                RecordSerializer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .map(RecordSerializersTest::load)
                    .filter(type -> RecordSerializer.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers()))
                    .<RecordSerializer<?>>map(type -> (RecordSerializer<?>) constant(type, "INSTANCE"))
                    .toList()
                    .stream();
        }
    }

    @Test
    void thereAreSerializersToLookAt() throws Exception {
        assertThat(serializers()).hasSizeGreaterThan(12);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void itsSnapshotRestoresItAndIsCompatibleAsItIs(RecordSerializer<T> serializer) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<T> old = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
        assertThat(old.restoreSerializer()).isEqualTo(serializer);
        assertThat(serializer.snapshotConfiguration().resolveSchemaCompatibility(old).isCompatibleAsIs()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void itRefusesWhatANewerReleaseWrote(RecordSerializer<?> serializer) {
        for (int version : new int[] {serializer.version() + 1, 127, 0, -1}) {
            byte[] bytes = new byte[200];
            bytes[0] = (byte) version;
            assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("read version " + version)
                    .hasMessageContaining("newer release");
        }
    }

    @ParameterizedTest
    @MethodSource("serializers")
    void itsTypeBringsItAndNothingOfFlinks(RecordSerializer<?> serializer) throws Exception {
        Object type = Stream.of(serializer.getClass().getDeclaredFields()).anyMatch(f -> f.getName().equals("TYPE"))
                ? constant(serializer.getClass(), "TYPE")
                : null;
        if (type != null) { // one that is only nested in state has no type of its own
            assertThat(type).isInstanceOf(RecordType.class);
            assertThat(((RecordType<?>) type).createSerializer(new SerializerConfigImpl())).isSameAs(serializer);
        }
    }

    @Test
    void varintsOfAnySizeAreReadAsWritten() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >>> random.nextInt(64);
            DataOutputSerializer out = new DataOutputSerializer(16);
            RecordSerializer.writeVarLong(value, out);
            RecordSerializer.writeVarInt((int) value, out);
            DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
            assertThat(RecordSerializer.readVarLong(in)).isEqualTo(value);
            assertThat(RecordSerializer.readVarInt(in)).isEqualTo((int) value);
            assertThat(in.available()).isZero();
        }
    }

    @Test
    void aVarintWithoutEndIsRefused() {
        byte[] endless = new byte[20];
        java.util.Arrays.fill(endless, (byte) 0xFF);
        assertThatThrownBy(() -> RecordSerializer.readVarLong(new DataInputDeserializer(endless)))
                .isInstanceOf(IOException.class);
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, RecordSerializersTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Object constant(Class<?> type, String name) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type + " has no constant " + name, e);
        }
    }
}
