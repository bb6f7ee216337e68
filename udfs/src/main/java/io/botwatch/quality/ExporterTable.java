package io.botwatch.quality;

import io.botwatch.flow.Address;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Something for each exporter: for the first {@value #MOST} of them, and one for all the others, whose addresses anybody may
 * make up. To look one up takes no memory. Not thread-safe.
 */
public final class ExporterTable<T> {
    /** Exporters that have one of their own. */
    public static final int MOST = 256;

    /** The name of all others together. */
    public static final String OTHER = "other";

    /** The name of the exporter of records that name none. */
    public static final String UNNAMED = "unknown";

    private static final int SLOTS = 2 * MOST;

    private final Function<String, T> maker;
    private final long[] his = new long[SLOTS];
    private final long[] los = new long[SLOTS];
    private final Object[] values = new Object[SLOTS];
    private int size;
    private int last;
    private T other;

    /** @param maker is given the exporter's address, {@link #UNNAMED} or {@link #OTHER} */
    public ExporterTable(Function<String, T> maker) {
        this.maker = maker;
    }

    /** What belongs to the exporter; made when it is first asked for. */
    @SuppressWarnings("unchecked")
    public T of(long hi, long lo) {
        if (values[last] != null && los[last] == lo && his[last] == hi) {
            return (T) values[last]; // records come in runs of one exporter
        }
        int slot = (int) Address.mix(Address.mix(hi) + lo) & SLOTS - 1;
        while (values[slot] != null && (los[slot] != lo || his[slot] != hi)) {
            slot = slot + 1 & SLOTS - 1;
        }
        if (values[slot] == null) {
            if (size == MOST) {
                return other();
            }
            values[slot] = maker.apply(hi == 0 && lo == 0 ? UNNAMED : Address.format(hi, lo));
            his[slot] = hi;
            los[slot] = lo;
            size++;
        }
        last = slot;
        return (T) values[slot];
    }

    private T other() {
        if (other == null) {
            other = maker.apply(OTHER);
        }
        return other;
    }

    /** Exporters that have one of their own. */
    public int size() {
        return size;
    }

    /** In no order; {@link #OTHER} last, if there is one. */
    @SuppressWarnings("unchecked")
    public void forEach(BiConsumer<String, T> action) {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (values[slot] != null) {
                boolean unnamed = his[slot] == 0 && los[slot] == 0;
                action.accept(unnamed ? UNNAMED : Address.format(his[slot], los[slot]), (T) values[slot]);
            }
        }
        if (other != null) {
            action.accept(OTHER, other);
        }
    }
}
