package io.botwatch.exporters;

/** How what an exporter saw can differ from the capture's conversations. */
enum Difference {
    /** Same connection, but the other end is taken for the initiator. */
    OTHER_INITIATOR,
    /** Same connection, but the record has no time: NetFlow v9 counts from the exporter's start, and nfdump takes 0 for unset. */
    UNDATED,
    /** Same connection, but dated a multiple of 2^32 ms away: NetFlow v5 and v9 count 32 bits of ms from the exporter's start. */
    WRAPPED,
    /**
     * Replies alone: there is no record of the initiator, so it is not counted as a connection. Who sent the first packet of the
     * capture replied.
     */
    REPLIES_ALONE,
    /** A conversation that begins while another record of its tuple lasts, and has none of its own. */
    JOINED,
    /** A record that begins in the midst of a conversation. */
    PIECE,
    /** A conversation of which there is no record. */
    UNSEEN,
    /** A record of which there is no conversation. */
    UNHEARD_OF
}
