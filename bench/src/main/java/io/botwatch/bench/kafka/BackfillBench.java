package io.botwatch.bench.kafka;

import io.botwatch.bench.Comparison;
import io.botwatch.finding.FindingFormat;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.job.Topology;
import io.botwatch.sink.KafkaSinks;
import io.botwatch.source.KafkaFlows;
import io.botwatch.source.TimeRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A backfill from partitions of unequal size: its rate and what it holds, beside one that aligns its partitions. */
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        description = {
            "A day from four partitions that hold 8, 4, 2 and 1 of fifteen records, each over the whole day, beside the same day",
            "from four of one size: as the job reads them, which does not align them, and with Flink's watermark alignment."
        })
public final class BackfillBench implements Callable<Integer> {
    private static final String AS_THE_JOB = "unequal, as the job";
    private static final Duration UPDATE = Duration.ofSeconds(1);
    private static final int SLOTS = 2;

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "1", description = "of the day: 1 is about half a million connections")
    private double scale;

    @Option(names = "--parallelism", defaultValue = "2", description = "1 or 2, default ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(
            names = "--drift",
            split = ",",
            paramLabel = "MINUTES",
            defaultValue = "10,120",
            description = "how far one partition may be read ahead of another where they are aligned; default ${DEFAULT-VALUE}")
    private List<Integer> drifts;

    @Option(
            names = "--checkpoint-interval",
            defaultValue = "5",
            description = "seconds; the largest checkpoint says what was held; default ${DEFAULT-VALUE}")
    private int checkpointSeconds;

    @Option(names = "--out", defaultValue = "bench/target/backfill.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    private final Map<String, Runs> done = new LinkedHashMap<>();
    private final Map<String, JobConfig> jobs = new LinkedHashMap<>();

    /** Adds a backfill to the environment. */
    private interface Backfill {
        void addTo(StreamExecutionEnvironment env, JobConfig config);
    }

    @Override
    public Integer call() throws Exception {
        try (Scratch scratch = new Scratch();
                Broker broker = new Broker(scratch.resolve("kafka"));
                Cluster cluster = new Cluster(scratch.resolve("flink"), SLOTS)) {
            FlowTopic equal = fill(broker, "equal", List.of(1, 1, 1, 1));
            FlowTopic unequal = fill(broker, "unequal", List.of(8, 4, 2, 1));
            Comparison comparison = new Comparison(System.err);
            Backfill asTheJob = (env, config) -> BotwatchJob.backfill(env, config, null, null);
            add(comparison, AS_THE_JOB, job("unequal", unequal, broker, scratch), asTheJob, cluster, unequal.records());
            add(comparison, "equal, as the job", job("equal", equal, broker, scratch), asTheJob, cluster, equal.records());
            for (int drift : drifts) {
                add(
                        comparison,
                        "unequal, aligned within " + drift + " min",
                        job("drift-" + drift, unequal, broker, scratch),
                        (env, config) -> aligned(env, config, Duration.ofMinutes(drift)),
                        cluster,
                        unequal.records());
            }
            comparison.run(runs);
            System.out.print(comparison.table());
            System.out.print(table(broker));
            System.out.printf(Locale.ROOT, "%,d records, parallelism %d%n", unequal.records(), parallelism);
            comparison.writeJson(out);
        }
        return 0;
    }

    private FlowTopic fill(Broker broker, String name, List<Integer> shares) throws Exception {
        return FlowTopic.fill(broker, name, shares, new Goflow2JsonWriter(), Scenario.enterprise(1, 24, scale).cursor());
    }

    private JobConfig job(String name, FlowTopic flows, Broker broker, Scratch scratch) throws Exception {
        return new JobFile("backfill-" + name, flows, false, true, checkpointSeconds, "enterprise").load(broker, scratch.folder());
    }

    private void add(Comparison comparison, String name, JobConfig config, Backfill backfill, Cluster cluster, long records) {
        Runs of = new Runs(records);
        done.put(name, of);
        jobs.put(name, config);
        comparison.add(name, () -> {
            StreamExecutionEnvironment env = cluster.environment(parallelism, false);
            backfill.addTo(env, config);
            return of.add(cluster.run(env));
        });
    }

    /** What the job's backfill is, but for alignment, and for dead letters, of which there are none. */
    private static void aligned(StreamExecutionEnvironment env, JobConfig config, Duration drift) {
        Topology.configure(env);
        env.enableCheckpointing(config.checkpointInterval().toMillis());
        WatermarkStrategy<Decoded> watermarks =
                KafkaFlows.boundedWatermarks(config.maxOutOfOrderness()).withWatermarkAlignment("flows", drift, UPDATE);
        KafkaFlows flows = new KafkaFlows(
                config.bootstrapServers(), config.topics(), config.group(), config.format(), config.treatment(), config.kafka());
        Topology.Outputs outputs = Topology.build(
                env.fromSource(flows.bounded(TimeRange.ALL), watermarks, "flows", DecodedSerializer.TYPE).uid("source"),
                config.rules(),
                new Topology.Settings(config.tenant(), config.sketchSecret(), 2_000));
        KafkaSinks sinks = new KafkaSinks(
                config.bootstrapServers(),
                config.kafka(),
                config.delivery(),
                config.transactionalIdPrefix(),
                config.transactionTimeout());
        outputs.findings()
                .keyBy(finding -> finding.uid.toString())
                .sinkTo(sinks.findings("findings", config.findingsTopic(), FindingFormat.OCSF.writer(config.tenant(), BotwatchJob.version())))
                .uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
    }

    private String table(Broker broker) throws Exception {
        StringBuilder text = new StringBuilder(
                "| variant | flows/s | rate | largest checkpoint, MB | late, evicted | findings |\n|---|---|---|---|---|---|\n");
        Findings first = Findings.read(broker, jobs.get(AS_THE_JOB).findingsTopic());
        for (String name : done.keySet()) {
            Runs of = done.get(name);
            Findings found = Findings.read(broker, jobs.get(name).findingsTopic());
            String unlike = found.unlike(first);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %.2f | %.1f | %s | %d%s |%n",
                    name,
                    of.flowsPerSecond(),
                    (double) of.flowsPerSecond() / done.get(AS_THE_JOB).flowsPerSecond(),
                    of.largestCheckpoint(),
                    of.lost(),
                    found.count(),
                    unlike.isEmpty() ? ", the same" : ": " + unlike));
        }
        return text.toString();
    }
}
