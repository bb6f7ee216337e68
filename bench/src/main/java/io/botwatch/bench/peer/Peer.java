package io.botwatch.bench.peer;

/** An engine with its way to ask some of the three queries. */
interface Peer {
    Answer ask() throws Exception;
}
