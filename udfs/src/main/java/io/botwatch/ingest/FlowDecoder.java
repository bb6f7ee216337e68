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
        /** A header, comment, blank line or trailer: part of the format, not a record. */
        FRAMING,
        /** A well-formed record of something that is not IP (ARP, IPX, LLC), or of the exporter itself. */
        NOT_IP
    }

    /**
     * Decodes {@code bytes[from, to)}: one line without its end, or one JSON object.
     *
     * @param into cleared and filled; undefined unless the outcome is {@link Outcome#FLOW}
     * @throws UndecodableException when the record is none of these; it is a dead letter with that reason
     */
    Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException;
}
