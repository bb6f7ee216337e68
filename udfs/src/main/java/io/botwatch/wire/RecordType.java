package io.botwatch.wire;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's type information for a class that brings its own serializer; one class for all of them. */
public final class RecordType<T> extends TypeInformation<T> {
    private final Class<T> type;
    private final TypeSerializer<T> serializer;
    private final boolean key;

    private RecordType(Class<T> type, TypeSerializer<T> serializer, boolean key) {
        this.type = type;
        this.serializer = serializer;
        this.key = key;
    }

    public static <T> RecordType<T> of(Class<T> type, TypeSerializer<T> serializer) {
        return new RecordType<>(type, serializer, false);
    }

    /** For classes that have a stable {@code hashCode} and may be keyed by. */
    public static <T> RecordType<T> keyOf(Class<T> type, TypeSerializer<T> serializer) {
        return new RecordType<>(type, serializer, true);
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer;
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return key;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof RecordType;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecordType<?> that && type == that.type && serializer.equals(that.serializer);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type.getName(), serializer);
    }

    @Override
    public String toString() {
        return "RecordType<" + type.getSimpleName() + ">";
    }
}
