package io.botwatch.bench.scale;

import io.botwatch.bench.Backend;
import io.botwatch.bench.scale.FeedSource.Pace;
import io.botwatch.bench.scale.HeldJob.Graph;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.flink.core.execution.CheckpointType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What state weighs, a key of each kind, and what a checkpoint of much of it takes. */
@Command(
        name = "state",
        mixinStandardHelpOptions = true,
        description = "Bytes per key by detector, on the heap and in RocksDB; size and duration of checkpoints.")
public final class StateBench implements Callable<Integer> {
    private static final long HOUR_MS = 3_600_000;

    /** Bytes per key: what an operator without any weighs. */
    private static final double NOTHING = 5;

    @Option(names = "--keys", defaultValue = "100000", description = "of each kind, default ${DEFAULT-VALUE}")
    private int keys;

    @Option(names = "--live", split = ",", defaultValue = "100000,1000000", description = "keys of the usual traffic in the checkpoints; default ${DEFAULT-VALUE}")
    private List<Long> live;

    @Override
    public Integer call() throws Exception {
        RuleSet rules = RulesDocument.preset("enterprise");
        System.out.println("| key | rule | keys | live heap B/key | with RocksDB | operator | heap checkpoint B/key "
                + "| RocksDB checkpoint B/key |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (KeyLoad load : KeyLoad.ALL) {
            weigh(load, alone(rules, load.rule()));
        }
        System.out.println();
        System.out.println("| keys an hour | backend | checkpoint | size MB | written MB | ms |");
        System.out.println("|---|---|---|---|---|---|");
        for (long size : live) {
            for (Backend backend : Backend.values()) {
                checkpoints(size, backend, rules);
            }
        }
        return 0;
    }

    private static RuleSet alone(RuleSet rules, String id) {
        return new RuleSet(
                rules.preset(),
                rules.version(),
                rules.internal(),
                rules.roles(),
                rules.rules().stream().filter(rule -> rule.info().id().equals(id)).toList(),
                rules.exceptions(),
                rules.neverIncluded());
    }

    /** @param heap bytes that feeding added to what the process holds */
    private record Weight(long heap, Checkpoint checkpoint) {}

    private void weigh(KeyLoad load, RuleSet rule) throws Exception {
        Weight heap = weigh(load, rule, Backend.HEAP);
        Weight rocksDb = weigh(load, rule, Backend.ROCKSDB);
        double of = load.keys(keys);
        String what = String.format(
                Locale.ROOT, "| %s | %s | %,d | %.0f | %.0f ", load.name(), load.rule(), (int) of, heap.heap / of, rocksDb.heap / of);
        TreeSet<String> operators = new TreeSet<>(heap.checkpoint.byOperator().keySet());
        operators.addAll(rocksDb.checkpoint.byOperator().keySet());
        for (String operator : operators) {
            double onHeap = heap.checkpoint.byOperator().getOrDefault(operator, 0L) / of;
            double inRocksDb = rocksDb.checkpoint.byOperator().getOrDefault(operator, 0L) / of;
            if (Math.max(onHeap, inRocksDb) >= NOTHING) {
                System.out.printf(Locale.ROOT, "%s| %s | %.0f | %.0f |%n", what, operator, onHeap, inRocksDb);
                what = "| | | | | ";
            }
        }
    }

    private Weight weigh(KeyLoad load, RuleSet rule, Backend backend) throws Exception {
        try (HeldJob job = new HeldJob(load.traffic(keys), Pace.CLOSE, Graph.detecting(rule), backend)) {
            job.checkpoint(CheckpointType.FULL);
            long before = HeldJob.liveHeap();
            job.feed(Long.MAX_VALUE);
            Checkpoint checkpoint = job.checkpoint(CheckpointType.FULL);
            return new Weight(HeldJob.liveHeap() - before, checkpoint);
        }
    }

    /** After an hour: a full one; then one of what a minute more changed. */
    private static void checkpoints(long size, Backend backend, RuleSet rules) throws Exception {
        Traffic traffic = Traffic.of(() -> new UsualTraffic(size));
        try (HeldJob job = new HeldJob(traffic, Pace.LIVE, Graph.detecting(rules), backend)) {
            long hour = UsualTraffic.records(size, HOUR_MS);
            job.feed(hour);
            tell(size, backend, "full", job.checkpoint(CheckpointType.FULL));
            if (backend == Backend.ROCKSDB) {
                job.checkpoint(CheckpointType.INCREMENTAL); // the first after a full one refers to it no more
            }
            job.feed(hour + UsualTraffic.records(size, 60_000));
            Checkpoint later = job.checkpoint(CheckpointType.INCREMENTAL);
            tell(size, backend, "a minute later", later);
            new TreeMap<>(later.byOperator()).forEach((operator, bytes) -> System.err.printf(
                    Locale.ROOT, "%,d keys, %s, %s: %.1f MB%n", size, backend, operator, bytes / 1e6));
        }
    }

    private static void tell(long size, Backend backend, String which, Checkpoint checkpoint) {
        System.out.printf(
                Locale.ROOT,
                "| %,d | %s | %s | %.1f | %.1f | %,d |%n",
                size,
                backend,
                which,
                checkpoint.bytes() / 1e6,
                checkpoint.written() / 1e6,
                checkpoint.ms());
    }
}
