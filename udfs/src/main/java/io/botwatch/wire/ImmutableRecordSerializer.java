package io.botwatch.wire;

/** The base of serializers of immutable records: a copy is the record itself. */
public abstract class ImmutableRecordSerializer<T> extends RecordSerializer<T> {

    @Override
    protected final T blank() {
        return null;
    }

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    @Override
    public final T copy(T from) {
        return from;
    }
}
