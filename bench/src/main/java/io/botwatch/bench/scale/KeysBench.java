package io.botwatch.bench.scale;

import io.botwatch.bench.Backend;
import io.botwatch.bench.scale.FeedSource.Pace;
import io.botwatch.bench.scale.HeldJob.Graph;
import io.botwatch.relay.RelayRule;
import io.botwatch.rules.RulesDocument;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.flink.core.execution.CheckpointType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether a record costs more where more keys are live: measured once their state is there. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "CPU per record by the number of live keys, all rules, beside making the records alone.")
public final class KeysBench implements Callable<Integer> {
    private static final long HOUR_MS = 3_600_000;
    private static final long SLIDE_MS = 300_000;

    @Option(names = "--keys", split = ",", defaultValue = "10000,100000,1000000,5000000", description = "keys an hour, default ${DEFAULT-VALUE}")
    private List<Long> keys;

    @Option(names = "--records", defaultValue = "2000000", description = "that are measured at least, and fed before at least; default ${DEFAULT-VALUE}")
    private long records;

    @Option(names = "--backend", defaultValue = "ROCKSDB", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Backend backend;

    @Option(
            names = "--checkpoint-interval",
            defaultValue = "PT30S",
            description = "as live; without checkpoints RocksDB seldom lets go of what was deleted; default ${DEFAULT-VALUE}")
    private Duration checkpointInterval;

    @Option(
            names = "--relay-engine",
            defaultValue = "CEP",
            description = "how relay rules find pairs: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}, as shipped")
    private RelayRule.Engine engine;

    @Override
    public Integer call() throws Exception {
        Graph all = Graph.detecting(RelayVariants.by(engine, RulesDocument.preset("enterprise")));
        System.out.println("| keys an hour | fed before | measured | records alone, CPU s/M | all rules, CPU s/M "
                + "| ratio to the first | checkpoint MB | live heap MB |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        double first = 0;
        for (long size : keys) {
            double alone;
            try (HeldJob job = job(size, Graph.records())) {
                alone = measure(job, size);
            }
            try (HeldJob job = job(size, all)) {
                double cost = measure(job, size);
                first = first == 0 ? cost : first;
                System.out.printf(
                        Locale.ROOT,
                        "| %,d | %,d | %,d | %.2f | %.2f | %.2f | %.0f | %.0f |%n",
                        size,
                        before(size),
                        measured(size),
                        alone,
                        cost,
                        cost / first,
                        job.checkpoint(CheckpointType.FULL).bytes() / 1e6,
                        HeldJob.liveHeap() / 1e6);
            }
        }
        System.out.printf(
                "%s, relays by %s, parallelism 2, RocksDB's memory %s a slot, -Xmx %d MB%n",
                backend,
                engine,
                Backend.A_SLOT.toHumanReadableString(),
                Runtime.getRuntime().maxMemory() >> 20);
        return 0;
    }

    private HeldJob job(long size, Graph graph) throws Exception {
        return new HeldJob(Traffic.of(() -> new UsualTraffic(size)), Pace.LIVE, graph, backend, checkpointInterval);
    }

    /** Whole hours. */
    private long before(long size) {
        return whole(size, HOUR_MS);
    }

    /** Whole slides, so that each run has as much of what is done at their ends. */
    private long measured(long size) {
        return whole(size, SLIDE_MS);
    }

    private long whole(long size, long ms) {
        long one = UsualTraffic.records(size, ms);
        return (records + one - 1) / one * one;
    }

    /** CPU s per million records. */
    private double measure(HeldJob job, long size) throws Exception {
        job.feed(before(size));
        return job.feed(before(size) + measured(size)) * 1e6 / measured(size);
    }
}
