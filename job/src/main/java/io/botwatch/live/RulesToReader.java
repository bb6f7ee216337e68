package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.wire.RuleChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Tells a reader what to send before it goes on, and whether it may go on. A change may be larger than a message between
 * processes can be, and then comes in pieces.
 *
 * @param piece of a change; empty for none
 * @param ends whether a change ends with the piece
 * @param hold whether the reader is to stand still, and to answer with how far it has come
 * @param question repeated in the answer
 */
record RulesToReader(byte[] piece, boolean ends, boolean hold, long question) implements SourceEvent {
    private static final int PIECE = 1 << 20;

    /** Only whether it may go on. */
    static RulesToReader only(boolean hold, long question) {
        return new RulesToReader(new byte[0], false, hold, question);
    }

    /** A change, for a reader that is to stand still until it hears more. */
    static List<RulesToReader> of(RuleChange change) {
        DataOutputSerializer out = new DataOutputSerializer(PIECE);
        try {
            DecodedSerializer.INSTANCE.serialize(DecodedSerializer.INSTANCE.carrier(change), out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        List<RulesToReader> pieces = new ArrayList<>();
        for (int from = 0; from < out.length(); from += PIECE) {
            int to = Math.min(out.length(), from + PIECE);
            pieces.add(new RulesToReader(
                    Arrays.copyOfRange(out.getSharedBuffer(), from, to), to == out.length(), true, 0));
        }
        return pieces;
    }

    /** @param pieces of one change, one after the other */
    static Decoded join(ByteArrayOutputStream pieces) {
        try {
            return DecodedSerializer.INSTANCE.deserialize(new DataInputDeserializer(pieces.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading a change of the rules", e);
        }
    }
}
