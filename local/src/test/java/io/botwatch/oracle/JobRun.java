package io.botwatch.oracle;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.Spool;
import io.botwatch.embedded.SpoolSink;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.OcsfWriter;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.embedded.Detection;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.duckdb.DuckDBAppender;

/** One run of the job from end to end, and what came out of it. */
public final class JobRun {
    private static final Topology.Settings SETTINGS = new Topology.Settings("default", 42, 2_000);

    private final Path findings;

    private JobRun(Path findings) {
        this.findings = findings;
    }

    /** Over files of one format each, read in order. */
    public static JobRun overFiles(List<Path> files, RuleSet rules, int parallelism, Path folder) throws Exception {
        JobRun run = new JobRun(folder.resolve("findings-" + UUID.randomUUID()));
        FilePlan plan = FilePlan.survey(files, InputFormat.auto(ZoneOffset.UTC), records -> {});
        Path dead = folder.resolve("dead-" + UUID.randomUUID());
        Detection.run(
                plan, TimeRange.ALL, Treatment.DEFAULT, rules, SETTINGS, parallelism, run.findings, dead, 0, counters -> {});
        Files.delete(dead);
        return run;
    }

    /** Over records in order of their start, the watermark a millisecond behind each: for what no file format tells. */
    public static JobRun overRecords(List<Decoded> records, RuleSet rules, int parallelism, Path folder) throws Exception {
        return overRecords(records, RuleTimeline.always(rules), false, parallelism, folder);
    }

    /** @param mayChange whether changes of the rules may be among the records */
    static JobRun overRecords(List<Decoded> records, RuleTimeline rules, boolean mayChange, int parallelism, Path folder)
            throws Exception {
        JobRun run = new JobRun(folder.resolve("findings-" + UUID.randomUUID()));
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                env.fromData(records, DecodedSerializer.TYPE)
                        .setParallelism(1)
                        .uid("source")
                        .assignTimestampsAndWatermarks(WatermarkStrategy.<Decoded>forGenerator(context -> new EachRecord())
                                .withTimestampAssigner((record, before) -> record.timestampMs()))
                        .setParallelism(1)
                        .uid("watermarks"),
                rules,
                new Topology.Settings("default", 42, 2_000, ConnectionSettings.DEFAULT, mayChange));
        outputs.findings()
                .union(outputs.quiet())
                .sinkTo(new SpoolSink<>(run.findings, FindingSerializer.INSTANCE))
                .uid("findings")
                .setParallelism(1);
        outputs.dead()
                .sinkTo(new SpoolSink<>(folder.resolve("dead-" + UUID.randomUUID()), DeadLetterSerializer.INSTANCE))
                .uid("dead-letters")
                .setParallelism(1);
        EmbeddedCluster.run(env, "records", counters -> {});
        return run;
    }

    private static final class EachRecord implements WatermarkGenerator<Decoded> {
        @Override
        public void onEvent(Decoded record, long timestamp, WatermarkOutput output) {
            if (record.hasTime()) {
                output.emitWatermark(new Watermark(timestamp - 1));
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            // Every record has spoken for itself.
        }
    }

    /** The same rules and the same version, with another relay engine. */
    static RuleSet withEngine(RuleSet rules, RelayRule.Engine engine) {
        return new RuleSet(
                rules.preset(),
                rules.version(),
                rules.internal(),
                rules.roles(),
                rules.rules().stream().map(rule -> withEngine(rule, engine)).toList(),
                rules.exceptions(),
                rules.neverIncluded());
    }

    private static Rule withEngine(Rule rule, RelayRule.Engine engine) {
        return rule instanceof RelayRule relay
                ? new RelayRule(
                        relay.info(),
                        relay.windowMs(),
                        relay.excludedPorts(),
                        relay.excludedPeers(),
                        relay.maxPairsPerHost(),
                        relay.perHost(),
                        engine,
                        relay.excludedRoles())
                : rule;
    }

    /** Every finding's final state, in the order of the flat view. */
    void forEachFinal(Consumer<Finding> consumer) throws IOException {
        try (FinalFindings finals = new FinalFindings()) {
            Spool.read(findings, FindingSerializer.INSTANCE, finals::add);
            finals.forEach(consumer);
        }
    }

    public List<Finding> finals() throws IOException {
        List<Finding> list = new ArrayList<>();
        forEachFinal(list::add);
        return list;
    }

    /** The final states as records of the findings topic. */
    List<String> ocsf() throws IOException {
        OcsfWriter writer = new OcsfWriter("default", "test");
        List<String> records = new ArrayList<>();
        forEachFinal(finding -> records.add(new String(writer.write(finding), StandardCharsets.UTF_8)));
        return records;
    }

    /**
     * Hands the final states to the oracle.
     *
     * @return the hosts that had more relay pairs than are listed; theirs are left out
     */
    Set<String> compareWith(SqlOracle oracle, Set<String> relayHostsLeftOut) throws Exception {
        Set<String> overflowing = new TreeSet<>();
        try (var beacons = oracle.appender("beacon_found");
                var volumetrics = oracle.appender("volumetric_found");
                var relays = oracle.appender("relay_found")) {
            forEachFinal(finding -> {
                try {
                    switch (finding.type) {
                        case BEACON -> append(beacons, finding.src, finding.dst, finding.dstPort, finding.episodeMs,
                                finding.activity == Finding.Activity.CLOSE ? finding.timeMs : 0L,
                                finding.connections, finding.firstSeenMs, finding.lastSeenMs, finding.severity.ordinal() + 1);
                        case VOLUMETRIC -> append(volumetrics, finding.episodeMs, finding.dst, finding.dstPort,
                                finding.distinctSources, finding.connections);
                        case RELAY -> {
                            if (finding.dst == null) {
                                overflowing.add(finding.relay.toString());
                            } else if (!relayHostsLeftOut.contains(finding.relay.toString())) {
                                append(relays, finding.src, finding.relay, finding.dst, finding.dstPort,
                                        finding.firstSeenMs, finding.lastSeenMs);
                            }
                        }
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        return overflowing;
    }

    private static void append(DuckDBAppender appender, Object... values) throws SQLException {
        appender.beginRow();
        for (Object value : values) {
            if (value instanceof Long number) {
                appender.append(number.longValue());
            } else if (value instanceof Integer number) {
                appender.append(number.intValue());
            } else {
                appender.append(value.toString());
            }
        }
        appender.endRow();
    }
}
