package io.botwatch.ingest;

import io.botwatch.flow.Flow;

/**
 * Turns the bytes of one record into a flow. One instance per source reader; stateful where a format is (a header line
 * names the columns that follow), never thread-safe.
 */
public interface FlowDecoder {
    /** The longest record that is decoded, in bytes; a longer one is {@link UndecodableException.Reason#TOO_LARGE}. */
    int MAX_RECORD_BYTES = 1 << 20;

    /** What a record was. */
    enum Outcome {
        /** {@code into} holds the flow. */
        FLOW,
        /** {@code into} holds the ends and the time of what {@link #lookup} gives. */
        LOOKUP,
        /** A header, comment, blank line or trailer: part of the format, not a record. */
        FRAMING,
        /** A well-formed record of something that is not IP (ARP, IPX, LLC), or of the exporter itself. */
        NOT_IP
    }

    /**
     * Decodes {@code bytes[from, to)}: one line without its end, one JSON object, or one protobuf message.
     *
     * @param into cleared and filled; undefined unless the outcome is {@link Outcome#FLOW} or {@link Outcome#LOOKUP}
     * @throws UndecodableException when the record is none of these; it is a dead letter with that reason
     */
    Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException;

    /** Of the record that was decoded last, if it was a {@link Outcome#LOOKUP}; formats without any need not have it. */
    default Lookup lookup() {
        throw new java.util.NoSuchElementException("the record is no lookup");
    }

    /**
     * Whether the record that was decoded last holds another flow, which {@link #next} gives. It may do so also after an
     * exception: one bad object of several does not spoil the others.
     */
    default boolean hasNext() {
        return false;
    }

    /**
     * The next flow of the record that was decoded last; the bytes given to {@link #decode} must still be there.
     *
     * @param into as in {@link #decode}
     */
    default Outcome next(Flow into) throws UndecodableException {
        throw new java.util.NoSuchElementException("the record holds no other flow");
    }

    /**
     * Whether a flow of this format is a whole connection, both directions in one: then none is a piece, a reply or a copy
     * of another. Of a format that is told from its first record, false until then.
     */
    default boolean hasConnections() {
        return false;
    }
}
