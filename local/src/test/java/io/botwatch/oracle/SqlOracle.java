package io.botwatch.oracle;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * The three original queries in SQL, answered by DuckDB over a table of flows: a second opinion that shares no code with
 * the detectors. Addresses are compared as text, and their networks are told by prefixes of big integers.
 *
 * <p>It holds the job's findings too, so that both are compared where they lie. Three tables on either side:
 * {@code beacon_…} has a row an episode, which is a run of T at which a tuple qualifies; {@code volumetric_…} a row a
 * window; {@code relay_…} a row a pair.
 */
final class SqlOracle implements AutoCloseable {
    private static final List<Cidr> BEACON_EXCLUDED =
            cidrs("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16");
    private static final List<Cidr> RELAY_EXCLUDED = cidrs("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16");
    private static final int ROWS_SHOWN = 12;

    /** One flow as the queries see it. */
    record Row(long startMs, String src, String dst, int dstPort, boolean denied) {}

    /** An address prefix; IPv4 and IPv6 never match each other. */
    private record Cidr(BigInteger prefix, int shift, int length) {
        static Cidr of(String text) {
            int slash = text.indexOf('/');
            byte[] address = literal(text.substring(0, slash));
            int shift = address.length * 8 - Integer.parseInt(text.substring(slash + 1));
            return new Cidr(new BigInteger(1, address).shiftRight(shift), shift, address.length);
        }

        boolean contains(byte[] address) {
            return address.length == length && new BigInteger(1, address).shiftRight(shift).equals(prefix);
        }
    }

    private final DuckDBConnection connection;
    private final List<Cidr> internal;
    private final Set<String> known = new HashSet<>();
    private DuckDBAppender flows;
    private DuckDBAppender addresses;

    /** @param internal CIDRs of the internal networks */
    SqlOracle(List<String> internal) throws SQLException {
        this.internal = cidrs(internal.toArray(new String[0]));
        connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
        // Beside a mini cluster in a JVM of 2 GB, on two cores.
        run("SET memory_limit = '3GB'", "SET threads = 2", "SET preserve_insertion_order = false");
        run("CREATE TABLE flow (start_ms BIGINT, src VARCHAR, dst VARCHAR, dst_port INTEGER, denied BOOLEAN)");
        run("CREATE TABLE address (text VARCHAR, internal BOOLEAN, beacon_excluded BOOLEAN, relay_excluded BOOLEAN)");
        run("CREATE TABLE beacon_found (src VARCHAR, dst VARCHAR, dst_port INTEGER, first_t BIGINT, ended_t BIGINT,"
                + " connections BIGINT, first_ms BIGINT, last_ms BIGINT, severity INTEGER)");
        run("CREATE TABLE volumetric_found (bucket BIGINT, dst VARCHAR, dst_port INTEGER, sources BIGINT,"
                + " connections BIGINT)");
        run("CREATE TABLE relay_found (src VARCHAR, host VARCHAR, dst VARCHAR, dst_port INTEGER, in_ms BIGINT,"
                + " out_ms BIGINT)");
        flows = appender("flow");
        addresses = appender("address");
    }

    DuckDBAppender appender(String table) throws SQLException {
        return connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table);
    }

    void add(Row row) throws SQLException {
        know(row.src);
        know(row.dst);
        flows.beginRow();
        flows.append(row.startMs);
        flows.append(row.src);
        flows.append(row.dst);
        flows.append(row.dstPort);
        flows.append(row.denied);
        flows.endRow();
    }

    private void know(String address) throws SQLException {
        if (!known.add(address)) {
            return;
        }
        byte[] bytes = literal(address);
        addresses.beginRow();
        addresses.append(address);
        addresses.append(isIn(internal, bytes));
        addresses.append(isIn(BEACON_EXCLUDED, bytes));
        addresses.append(isIn(RELAY_EXCLUDED, bytes));
        addresses.endRow();
    }

    /**
     * Asks the three queries.
     *
     * <p>The beacon query is asked at every T up to the end of the slice of the latest flow. What a window holds after its
     * last flow has not been observed when the input ends, so at that last T only tuples count that have a flow in the slice
     * before it.
     *
     * @param relayHostsLeftOut hosts whose relay pairs are not asked for
     */
    void answer(Set<String> relayHostsLeftOut) throws SQLException {
        flows.close();
        addresses.close();
        run("""
            CREATE TABLE labelled AS
            SELECT start_ms, src, dst, dst_port, denied,
                s.internal AS src_internal, d.internal AS dst_internal,
                s.internal AND NOT d.internal AS outbound, NOT s.internal AND d.internal AS inbound,
                d.beacon_excluded AS beacon_excluded,
                s.relay_excluded AS src_relay_excluded, d.relay_excluded AS dst_relay_excluded
            FROM flow JOIN address s ON s.text = src JOIN address d ON d.text = dst""");
        run("""
            CREATE TABLE beacon_tuple AS
            WITH sent AS (
                SELECT start_ms, src, dst, dst_port FROM labelled
                WHERE outbound AND NOT beacon_excluded AND dst_port NOT IN (80, 443, 53)),
            latest AS (SELECT (max(start_ms) // 300000 + 1) * 300000 AS latest_t FROM flow),
            seen AS (
                SELECT sent.*, unnest(generate_series((start_ms // 300000 + 1) * 300000,
                        least((start_ms // 300000) * 300000 + 86400000, latest_t), 300000)) AS t
                FROM sent, latest)
            SELECT t, src, dst, dst_port, count(*) AS connections, min(start_ms) AS first_ms, max(start_ms) AS last_ms,
                (max(start_ms) - min(start_ms)) // 60000 AS minutes
            FROM seen, latest
            GROUP BY ALL
            HAVING connections >= 12 AND minutes >= 30
                AND CAST(connections AS DOUBLE) / nullif(minutes, 0) * 60.0 BETWEEN 4 AND 120
                AND (t < any_value(latest_t) OR max(start_ms) >= t - 300000)""");
        run("""
            CREATE TABLE beacon_expected AS
            WITH numbered AS (
                SELECT *, t - 300000 * row_number() OVER (PARTITION BY src, dst, dst_port ORDER BY t) AS episode
                FROM beacon_tuple),
            latest AS (SELECT (max(start_ms) // 300000 + 1) * 300000 AS latest_t FROM flow),
            last_flow AS (SELECT src, dst, dst_port, max(start_ms) AS start_ms FROM flow GROUP BY ALL)
            SELECT src, dst, dst_port, min(t) AS first_t,
                -- The first T at which it does not qualify; 0 when that was not observed.
                CASE WHEN max(t) + 300000 < any_value(latest_t)
                    OR max(t) + 300000 = any_value(latest_t) AND any_value(start_ms) >= any_value(latest_t) - 300000
                    THEN max(t) + 300000 ELSE 0 END AS ended_t,
                max(connections) AS connections, min(first_ms) AS first_ms,
                max(last_ms) AS last_ms,
                max(CASE WHEN connections > 100 AND minutes > 120 THEN 5 WHEN connections > 50 THEN 4
                    WHEN connections > 20 THEN 3 ELSE 2 END) AS severity
            FROM numbered JOIN last_flow USING (src, dst, dst_port), latest GROUP BY src, dst, dst_port, episode""");
        run("""
            CREATE TABLE volumetric_expected AS
            SELECT start_ms // 300000 * 300000 AS bucket, dst, dst_port, count(DISTINCT src) AS sources,
                count(*) AS connections
            FROM labelled
            WHERE inbound AND dst_port IN (80, 443, 8080, 8443, 22, 3389, 25, 587) AND NOT denied
            GROUP BY ALL HAVING sources > 50 AND connections > 500""");
        String leftOut = relayHostsLeftOut.isEmpty() ? "" : "AND i.dst NOT IN ('" + String.join("', '", relayHostsLeftOut) + "')";
        run("""
            CREATE TABLE relay_expected AS
            SELECT i.src AS src, i.dst AS host, o.dst AS dst, o.dst_port AS dst_port, min(i.start_ms) AS in_ms,
                min(o.start_ms) AS out_ms
            FROM labelled i JOIN labelled o
                ON i.dst = o.src AND o.start_ms BETWEEN i.start_ms AND i.start_ms + 300000 AND i.src != o.dst
            WHERE i.inbound AND NOT i.src_relay_excluded AND NOT o.dst_relay_excluded
                AND o.dst_port NOT IN (80, 443, 53)
            """ + leftOut + " GROUP BY ALL");
    }

    long count(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /**
     * Rows that only one side has, repetitions counted, as text: empty when both agree row for row.
     *
     * @param columns what is compared
     */
    List<String> differences(String kind, String columns) throws SQLException {
        List<String> differences = new ArrayList<>();
        differences.addAll(rows("only the query has ", kind, columns, "expected", "found"));
        differences.addAll(rows("only the job has ", kind, columns, "found", "expected"));
        return differences;
    }

    /**
     * Pairs of which the job names other times than the query, without good reason. It keeps 64 times of a peer in five
     * seconds, so that of a peer with more it may name a later one: still of a connection that makes the pair, and at most
     * five seconds after the first.
     */
    List<String> unexplainedRelayTimes() throws SQLException {
        return rows(
                "relay times ",
                """
                WITH crowded_source AS (
                    SELECT DISTINCT src, dst FROM labelled WHERE inbound
                    GROUP BY src, dst, start_ms // 5000 HAVING count(DISTINCT start_ms) > 64),
                crowded_target AS (
                    SELECT DISTINCT src, dst, dst_port FROM labelled
                    GROUP BY src, dst, dst_port, start_ms // 5000 HAVING count(DISTINCT start_ms) > 64)
                SELECT * FROM other_times e
                WHERE in_found_ms NOT BETWEEN in_ms AND in_ms + 5000 OR out_found_ms NOT BETWEEN out_ms AND out_ms + 5000
                    OR out_found_ms NOT BETWEEN in_found_ms AND in_found_ms + 300000
                    OR NOT EXISTS (FROM flow i WHERE i.src = e.src AND i.dst = e.host AND i.start_ms = in_found_ms)
                    OR NOT EXISTS (FROM flow o WHERE o.src = e.host AND o.dst = e.dst AND o.dst_port = e.dst_port
                        AND o.start_ms = out_found_ms)
                    OR NOT EXISTS (FROM crowded_source c WHERE c.src = e.src AND c.dst = e.host)
                        AND NOT EXISTS (FROM crowded_target c
                            WHERE c.src = e.host AND c.dst = e.dst AND c.dst_port = e.dst_port)
                """);
    }

    /** How many pairs have other times on the two sides; of a pair that the job names again after a day, the first ones. */
    long otherRelayTimes() throws SQLException {
        run("""
            CREATE OR REPLACE TABLE other_times AS
            WITH found AS (
                SELECT src, host, dst, dst_port, min(in_ms) AS in_found_ms, min(out_ms) AS out_found_ms
                FROM relay_found GROUP BY ALL)
            SELECT * FROM relay_expected JOIN found USING (src, host, dst, dst_port)
            WHERE in_ms != in_found_ms OR out_ms != out_found_ms""");
        return count("SELECT count(*) FROM other_times");
    }

    private List<String> rows(String prefix, String kind, String columns, String left, String right)
            throws SQLException {
        return rows(
                prefix + kind,
                "SELECT " + columns + " FROM " + kind + "_" + left + " EXCEPT ALL SELECT " + columns + " FROM " + kind
                        + "_" + right);
    }

    private List<String> rows(String prefix, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT *, count(*) OVER () FROM (" + query + ") ORDER BY ALL LIMIT " + ROWS_SHOWN)) {
            int width = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder text = new StringBuilder(prefix);
                for (int i = 1; i < width; i++) {
                    text.append(' ').append(rows.getMetaData().getColumnName(i)).append('=').append(rows.getString(i));
                }
                texts.add(text.append(" (1 of ").append(rows.getLong(width)).append(")").toString());
            }
        }
        return texts;
    }

    private void run(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<Cidr> cidrs(String... texts) {
        return Arrays.stream(texts).map(Cidr::of).toList();
    }

    private static boolean isIn(List<Cidr> networks, byte[] address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    private static byte[] literal(String address) {
        try {
            return InetAddress.getByName(address).getAddress(); // a literal: no name is looked up
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
