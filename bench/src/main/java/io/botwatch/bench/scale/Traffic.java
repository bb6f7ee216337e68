package io.botwatch.bench.scale;

import io.botwatch.generate.FlowCursor;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Treatment;
import java.io.Serializable;
import java.util.function.Supplier;

/** Records in order of arrival, made as they are read: no file, no decoding. */
interface Traffic extends Serializable {
    Cursor open();

    /** A forward-only read, into the caller's object. */
    interface Cursor {
        /** @return false when there is none left, and then {@code into} is untouched */
        boolean next(Decoded into);
    }

    /** Makes cursors where they are read. */
    interface Flows extends Supplier<FlowCursor>, Serializable {}

    /** Flows as a file of records, not of whole connections, would give them. */
    static Traffic of(Flows flows) {
        return () -> {
            FlowCursor cursor = flows.get();
            return into -> {
                if (!cursor.next(into.flow)) {
                    return false;
                }
                Treatment.DEFAULT.apply(into.asFlow().flow, false);
                return true;
            };
        };
    }
}
