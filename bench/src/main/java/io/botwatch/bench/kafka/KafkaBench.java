package io.botwatch.bench.kafka;

import io.botwatch.bench.Comparison;
import io.botwatch.bench.Mix;
import io.botwatch.bench.RulesByKind;
import io.botwatch.generate.ExportersView;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.Scenario;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the job costs from Kafka to Kafka, beside reading and decoding alone. */
@Command(
        name = "kafka",
        mixinStandardHelpOptions = true,
        description = {
            "The job from a topic of a broker, a process of its own, to a topic: variants of it beside decoding alone.",
            "A variant is what is done (decode, all, aql, or a kind of rule: beacon, volumetric, outbound, relay, ...), and how:",
            "+protobuf, +rocksdb, +p1 (parallelism 1 rather than 2), +unjoined (each record is a connection), +unchecked (no",
            "checkpoints), +one-destination or +unique-tuples (nine of ten records an attack, of about as many in all)."
        })
public final class KafkaBench implements Callable<Integer> {
    private static final int PARTITIONS = 4;
    private static final int SLOTS = 2;

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "1", description = "of the day: 1 is about half a million connections")
    private double scale;

    @Option(names = "--exporters", description = "as two routers export the day, rather than a record a connection")
    private boolean exporters;

    @Option(
            names = "--variants",
            split = ",",
            converter = Variant.Converter.class,
            defaultValue = "decode,all,all+unjoined,all+rocksdb,all+unchecked,aql",
            description = "ratios are to the first, default ${DEFAULT-VALUE}")
    private List<Variant> variants;

    @Option(names = "--each", description = "also each kind of rule alone")
    private boolean each;

    @Option(names = "--checkpoint-interval", defaultValue = "30", description = "seconds, default ${DEFAULT-VALUE}")
    private int checkpointSeconds;

    @Option(names = "--out", defaultValue = "bench/target/kafka.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    private final Map<String, FlowTopic> topics = new HashMap<>();
    private final Map<Variant, Runs> done = new LinkedHashMap<>();
    private final Map<Variant, JobFile> jobs = new LinkedHashMap<>();
    private final Map<String, RuleSet> byKind = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        RulesByKind.of(RulesDocument.preset("enterprise")).forEach((kind, rules) -> byKind.put(word(kind), rules));
        try (Scratch scratch = new Scratch();
                Broker broker = new Broker(scratch.resolve("kafka"));
                Cluster cluster = new Cluster(scratch.resolve("flink"), SLOTS)) {
            Comparison comparison = new Comparison(System.err);
            for (Variant variant : all()) {
                add(variant, comparison, broker, cluster, scratch);
            }
            comparison.run(runs);
            System.out.print(comparison.table());
            System.out.print(table(comparison, broker));
            done.forEach((variant, of) -> System.out.print(of.subtasks(variant.name())));
            topics.values().forEach(topic -> System.out.printf(Locale.ROOT, "%s: %,d records%n", topic.name(), topic.records()));
            comparison.writeJson(out);
        }
        return 0;
    }

    private List<Variant> all() {
        List<Variant> all = new ArrayList<>(variants);
        if (each) {
            byKind.keySet().stream().sorted().map(Variant::parse).forEach(all::add);
        }
        return all;
    }

    /** BeaconRule is beacon, and LongConnectionRule long-connection. */
    private static String word(String kind) {
        return kind.replaceAll("Rule$", "").replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void add(Variant variant, Comparison comparison, Broker broker, Cluster cluster, Scratch scratch) throws Exception {
        FlowTopic flows = topics.get(variant.flows());
        if (flows == null) {
            flows = fill(variant, broker);
            topics.put(variant.flows(), flows);
        }
        JobFile job = new JobFile(
                variant.name(), flows, variant.protobuf(), variant.joined(), checkpointSeconds, variant.preset());
        JobConfig config = config(variant, job.load(broker, scratch.folder()));
        Runs of = new Runs(flows.records());
        jobs.put(variant, job);
        done.put(variant, of);
        comparison.add(variant.name(), () -> of.add(run(variant, config, cluster)));
    }

    private FlowTopic fill(Variant variant, Broker broker) throws Exception {
        double ofDay = variant.mix() == Mix.NORMAL ? scale : scale / 10; // nine of ten records are then the attack's
        FlowCursor day = Scenario.enterprise(1, 24, ofDay).cursor();
        return FlowTopic.fill(
                broker,
                variant.flows(),
                Collections.nCopies(PARTITIONS, 1),
                variant.protobuf() ? new Goflow2ProtobufWriter() : new Goflow2JsonWriter(),
                variant.mix().with(exporters ? new ExportersView(day) : day));
    }

    private JobConfig config(Variant variant, JobConfig job) {
        RuleSet alone = byKind.get(variant.work());
        if (alone != null) {
            return JobFile.with(alone, job);
        }
        if (!List.of(Variant.DECODE, Variant.ALL, Variant.AQL).contains(variant.work())) {
            throw new IllegalArgumentException("'" + variant.work() + "' is none of decode, all, aql, " + String.join(", ", byKind.keySet()));
        }
        return job;
    }

    private static JobRun run(Variant variant, JobConfig config, Cluster cluster) throws Exception {
        StreamExecutionEnvironment env = cluster.environment(variant.parallelism(), variant.rocksDb());
        if (variant.decodes()) {
            Topology.configure(env);
            BotwatchJob.recorded(env, config, null, null).sinkTo(new DiscardingSink<>()).uid("discard");
        } else {
            BotwatchJob.backfill(env, config, null, null);
            if (!variant.checkpoints()) {
                env.getCheckpointConfig().disableCheckpointing();
            }
        }
        return cluster.run(env);
    }

    private String table(Comparison comparison, Broker broker) throws Exception {
        StringBuilder text = new StringBuilder(
                "| variant | flows/s | CPU, times decoding | largest checkpoint, MB | longest, ms | late, evicted | findings |\n"
                        + "|---|---|---|---|---|---|---|\n");
        Map<Variant, Findings> findings = new LinkedHashMap<>();
        for (Variant variant : done.keySet()) {
            Runs of = done.get(variant);
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,d | %s | %.1f | %,d | %s | %s |%n",
                    variant.name(),
                    of.flowsPerSecond(),
                    timesDecoding(variant, comparison),
                    of.largestCheckpoint(),
                    of.longestCheckpointMs(),
                    of.lost(),
                    variant.decodes() ? "" : compared(variant, Findings.read(broker, jobs.get(variant).findingsTopic()), findings)));
        }
        return text.toString();
    }

    private String timesDecoding(Variant variant, Comparison comparison) {
        return done.keySet().stream()
                .filter(variant::isDecodedBy)
                .findFirst()
                .map(decode -> String.format(Locale.ROOT, "%.2f", comparison.median(variant.name()) / comparison.median(decode.name())))
                .orElse("");
    }

    /** How many there are, and how they differ from those of a variant that must give the same. */
    private static String compared(Variant variant, Findings found, Map<Variant, Findings> others) {
        String like = others.keySet().stream()
                .filter(variant::answersAs)
                .findFirst()
                .map(other -> found.unlike(others.get(other)).isEmpty()
                        ? ", as " + other.name()
                        : ", unlike " + other.name() + ": " + found.unlike(others.get(other)))
                .orElse("");
        others.put(variant, found);
        return found.count() + like;
    }
}
