package io.botwatch.bench.peer;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * The three queries in DuckDB, within this process, on two threads: flows are read into memory once, with their ends told
 * internal or not, and each query is asked of that. As quick as its author could make it: networks are told by the addresses'
 * text, beacons are counted by slices of five minutes, and relays are joined by slices too.
 */
final class DuckDb implements AutoCloseable {
    private static final String SLICE = " // 300000 ";

    /** RFC 1918 and RFC 4193. */
    static final String PRIVATE =
            """
            starts_with(a, '10.') OR starts_with(a, '192.168.') OR starts_with(a, 'fc') OR starts_with(a, 'fd')
            OR starts_with(a, '172.') AND TRY_CAST(split_part(a, '.', 2) AS INTEGER) BETWEEN 16 AND 31""";

    private static final String SENT =
            """
            FROM flow WHERE src_in AND NOT dst_in AND NOT private(dst) AND NOT starts_with(dst, '127.')
                AND NOT starts_with(dst, '169.254.') AND dst_port NOT IN (80, 443, 53)""";

    private static final String QUALIFYING =
            """
            \sGROUP BY ALL HAVING connections >= 12 AND (last_ms - first_ms) // 60000 >= 30
                AND connections / ((last_ms - first_ms) // 60000) * 60.0 BETWEEN 4 AND 120""";

    private static final String BEACONS_ONCE =
            "WITH latest AS (SELECT (max(start_ms)" + SLICE + "+ 1) * 300000 AS end_ms FROM flow),"
                    + " sent AS (SELECT * " + SENT + ")"
                    + " SELECT src, dst, dst_port, end_ms, max(start_ms) AS last_ms, min(start_ms) AS first_ms, count(*) AS connections"
                    + " FROM sent, latest WHERE start_ms >= end_ms - 86400000" + QUALIFYING;

    private static final String BEACONS_EVERY_SLIDE =
            "WITH slices AS (SELECT src, dst, dst_port, start_ms" + SLICE + "AS slice, count(*) AS n, min(start_ms) AS first,"
                    + " max(start_ms) AS last " + SENT + " GROUP BY ALL),"
                    + " many AS (SELECT src, dst, dst_port FROM slices GROUP BY ALL HAVING sum(n) >= 12),"
                    + " latest AS (SELECT max(start_ms)" + SLICE + "+ 1 AS slice FROM flow),"
                    + " seen AS (SELECT s.src, s.dst, s.dst_port, n, first, last,"
                    + " unnest(generate_series(s.slice + 1, least(s.slice + 288, latest.slice))) AS ending"
                    + " FROM slices s SEMI JOIN many USING (src, dst, dst_port), latest)"
                    + " SELECT src, dst, dst_port, ending * 300000, max(last) AS last_ms, min(first) AS first_ms, sum(n) AS connections"
                    + " FROM seen" + QUALIFYING.replace("GROUP BY ALL", "GROUP BY src, dst, dst_port, ending");

    private static final String VOLUMETRIC =
            "SELECT dst, dst_port, start_ms" + SLICE + "* 300000 FROM flow"
                    + " WHERE NOT src_in AND dst_in AND dst_port IN (80, 443, 8080, 8443, 22, 3389, 25, 587)"
                    + " GROUP BY ALL HAVING count(DISTINCT src) > 50 AND count(*) > 500";

    private static final String RELAYS =
            "WITH i AS (SELECT src, dst, start_ms, unnest([start_ms" + SLICE + ", start_ms" + SLICE + "+ 1]) AS slice FROM flow"
                    + " WHERE NOT src_in AND dst_in AND NOT private(src)),"
                    + " o AS (SELECT src, dst, dst_port, start_ms, start_ms" + SLICE + "AS slice FROM flow"
                    + " WHERE src_in AND NOT private(dst) AND dst_port NOT IN (80, 443, 53))"
                    + " SELECT DISTINCT i.src, i.dst, o.dst, o.dst_port FROM i JOIN o ON i.dst = o.src AND i.slice = o.slice"
                    + " AND o.start_ms BETWEEN i.start_ms AND i.start_ms + 300000 AND i.src <> o.dst";

    private final Connection connection = DriverManager.getConnection("jdbc:duckdb:");

    /** @param internal whether the text {@code a} is an internal address, in SQL */
    DuckDb(String internal) throws SQLException {
        run("SET memory_limit = '4GB'");
        run("SET threads = 2");
        run("SET preserve_insertion_order = false");
        run("CREATE MACRO private(a) AS " + PRIVATE);
        run("CREATE MACRO internal(a) AS " + internal);
    }

    /** What goflow2's JSON lines tell of the queries' columns. */
    static String goflow2(Path file) {
        return "SELECT time_flow_start_ns // 1000000 AS start_ms, src_addr AS src, dst_addr AS dst, dst_port FROM read_json('" + file
                + "', format = 'newline_delimited', columns = {time_flow_start_ns: 'BIGINT', src_addr: 'VARCHAR',"
                + " dst_addr: 'VARCHAR', dst_port: 'INTEGER'})";
    }

    /** What an Argus binetflow file tells of them; what is not IP is left out, and ICMP has no ports. */
    static String binetflow(Path file) {
        return "SELECT epoch_ms(strptime(StartTime, '%Y/%m/%d %H:%M:%S.%f')) AS start_ms, SrcAddr AS src, DstAddr AS dst,"
                + " CASE WHEN Proto IN ('tcp', 'udp', 'rtp', 'rtcp', 'udt') THEN coalesce(TRY_CAST(Dport AS INTEGER), 0) ELSE 0 END"
                + " AS dst_port FROM read_csv('" + file + "', header = true, all_varchar = true)"
                + " WHERE Proto NOT IN ('arp', 'ipx/spx', 'llc')";
    }

    static String parquet(Path file) {
        return "FROM '" + file + "'";
    }

    /** @param flows a query for start_ms, src, dst, dst_port */
    void toParquet(String flows, Path file) throws SQLException {
        run("COPY (" + flows + ") TO '" + file + "' (FORMAT parquet)");
    }

    /** @param flows a query for start_ms, src, dst, dst_port */
    void read(String flows) throws SQLException {
        run("CREATE OR REPLACE TABLE flow AS SELECT start_ms, src, dst, dst_port, internal(src) AS src_in, internal(dst) AS dst_in FROM ("
                + flows + ")");
    }

    /** The latest start that was read, epoch ms. */
    long latestMs() throws SQLException {
        return Long.parseLong(text("SELECT max(start_ms) FROM flow"));
    }

    /** The one value that a query gives. */
    String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    /**
     * @param everySlide whether beacons are looked for every five minutes, as the rule does, rather than once at the end
     * @param leftOut hosts whose relayed pairs are not asked for
     */
    void ask(Set<Query> asked, boolean everySlide, Set<String> leftOut, Answer answer) throws SQLException {
        if (asked.contains(Query.BEACON)) {
            each(everySlide ? BEACONS_EVERY_SLIDE : BEACONS_ONCE, row ->
                    answer.window(row.getString(1), row.getString(2), row.getInt(3), row.getLong(4), row.getLong(5)));
        }
        if (asked.contains(Query.VOLUMETRIC)) {
            each(VOLUMETRIC, row -> answer.volumetric(row.getString(1), row.getInt(2), row.getLong(3)));
        }
        if (asked.contains(Query.RELAY)) {
            each(RELAYS + notIn(leftOut), row -> answer.relay(row.getString(1), row.getString(2), row.getString(3), row.getInt(4)));
        }
    }

    private static String notIn(Set<String> hosts) {
        return hosts.isEmpty() ? "" : " AND i.dst NOT IN ('" + String.join("', '", hosts) + "')";
    }

    private interface Row {
        void accept(ResultSet row) throws SQLException;
    }

    private void each(String query, Row consumer) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                consumer.accept(rows);
            }
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
