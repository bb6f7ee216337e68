package io.botwatch.bench.peer;

import java.sql.SQLException;
import java.util.Set;

/**
 * The queries in DuckDB over a file.
 *
 * @param source the file's flows, in SQL
 * @param everySlide whether beacons are looked for every five minutes, or once
 */
record DuckDbPeer(Flows flows, String source, Set<Query> asked, boolean everySlide) implements Peer {
    @Override
    public Answer ask() throws SQLException {
        try (DuckDb duckDb = new DuckDb("private(a)")) {
            Answer answer = new Answer(flows.latestMs(), asked);
            duckDb.read(source);
            duckDb.ask(asked, everySlide, Set.of(), answer);
            return answer.complete();
        }
    }
}
