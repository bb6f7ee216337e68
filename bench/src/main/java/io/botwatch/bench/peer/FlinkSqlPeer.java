package io.botwatch.bench.peer;

import io.botwatch.embedded.EmbeddedCluster;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;

/** One of the queries in Flink SQL. */
record FlinkSqlPeer(Flows flows, Statement statement, int parallelism, Duration limit) implements Peer {
    /** A query as Flink SQL can put it. */
    enum Statement {
        HOP(
                Query.BEACON,
                """
                SELECT src, dst, dstPort, window_end, MAX(startMs) FROM TABLE(
                    HOP((SELECT * FROM contact WHERE beacon), DESCRIPTOR(ts), INTERVAL '5' MINUTES, INTERVAL '24' HOURS))
                GROUP BY window_start, window_end, src, dst, dstPort
                HAVING COUNT(*) >= 12 AND (MAX(startMs) - MIN(startMs)) / 60000 >= 30
                    AND COUNT(*) * 60 BETWEEN (MAX(startMs) - MIN(startMs)) / 60000 * 4
                        AND (MAX(startMs) - MIN(startMs)) / 60000 * 120"""),
        TUMBLE(
                Query.VOLUMETRIC,
                """
                SELECT dst, dstPort, window_start FROM TABLE(
                    TUMBLE((SELECT * FROM contact WHERE volumetric), DESCRIPTOR(ts), INTERVAL '5' MINUTES))
                GROUP BY window_start, window_end, dst, dstPort
                HAVING COUNT(DISTINCT src) > 50 AND COUNT(*) > 500"""),
        /** Of each inbound connection the first outbound one only: a pattern has one match for each beginning. */
        MATCH_RECOGNIZE(
                Query.RELAY,
                """
                SELECT src, host, dst, dstPort FROM (
                    SELECT ts, dst AS host, src AS peer, dstPort, TRUE AS inbound FROM contact WHERE relayIn
                    UNION ALL
                    SELECT ts, src AS host, dst AS peer, dstPort, FALSE AS inbound FROM contact WHERE relayOut)
                MATCH_RECOGNIZE (
                    PARTITION BY host ORDER BY ts
                    MEASURES I.peer AS src, O.peer AS dst, O.dstPort AS dstPort
                    ONE ROW PER MATCH AFTER MATCH SKIP TO NEXT ROW
                    PATTERN (I X*? O) WITHIN INTERVAL '300.001' SECOND(3, 3)
                    DEFINE I AS I.inbound, O AS NOT O.inbound AND O.peer <> I.peer)"""),
        INTERVAL_JOIN(
                Query.RELAY,
                """
                SELECT i.src, i.dst, o.dst, o.dstPort
                FROM (SELECT * FROM contact WHERE relayIn) i JOIN (SELECT * FROM contact WHERE relayOut) o
                    ON i.dst = o.src AND i.src <> o.dst AND o.ts BETWEEN i.ts AND i.ts + INTERVAL '300' SECOND(3)""");

        final Query query;
        final String sql;

        Statement(Query query, String sql) {
            this.query = query;
            this.sql = sql;
        }
    }

    @Override
    public Answer ask() throws Exception {
        Answer answer = new Answer(flows.latestMs(), EnumSet.of(statement.query));
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Configuration config = new Configuration();
        config.set(PipelineOptions.OBJECT_REUSE, true);
        config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
        env.configure(config);
        StreamTableEnvironment tables = StreamTableEnvironment.create(env);
        tables.getConfig().setLocalTimeZone(ZoneOffset.UTC);
        tables.createTemporaryView(
                "contact",
                Contact.of(env, flows.plan()),
                Schema.newBuilder()
                        .columnByMetadata("ts", DataTypes.TIMESTAMP_LTZ(3), "rowtime")
                        .watermark("ts", "SOURCE_WATERMARK()")
                        .build());
        tables.toDataStream(tables.sqlQuery(statement.sql))
                .sinkTo(new CollectSink<>(receiver(answer)))
                .setParallelism(1);
        LimitedRun.of(env, limit);
        return answer.complete();
    }

    private Consumer<Row> receiver(Answer answer) {
        return switch (statement.query) {
            case BEACON -> row -> answer.window(text(row, 0), text(row, 1), (int) row.getField(2), ms(row, 3), (long) row.getField(4));
            case VOLUMETRIC -> row -> answer.volumetric(text(row, 0), (int) row.getField(1), ms(row, 2));
            case RELAY -> row -> answer.relay(text(row, 0), text(row, 1), text(row, 2), (int) row.getField(3));
        };
    }

    private static String text(Row row, int column) {
        return (String) row.getField(column);
    }

    private static long ms(Row row, int column) {
        return ((LocalDateTime) row.getField(column)).toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
