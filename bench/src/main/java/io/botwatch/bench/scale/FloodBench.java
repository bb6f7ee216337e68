package io.botwatch.bench.scale;

import io.botwatch.bench.Backend;
import io.botwatch.bench.Mix;
import io.botwatch.bench.scale.FeedSource.Pace;
import io.botwatch.bench.scale.HeldJob.Graph;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.Scenario;
import io.botwatch.rules.RulesDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.flink.core.execution.CheckpointType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether an attack makes state grow: what one job holds after so many records, and after more. */
@Command(
        name = "flood",
        mixinStandardHelpOptions = true,
        description = "State while a simulated day is mixed with an attack, beside the same day alone.")
public final class FloodBench implements Callable<Integer> {
    private static final int DAY_IN_ATTACK = 10;

    @Option(names = "--records", split = ",", defaultValue = "1000000,2000000,4000000", description = "after which it is looked at; default ${DEFAULT-VALUE}")
    private List<Long> records;

    @Option(names = "--mix", defaultValue = "UNIQUE_TUPLES", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Mix mix;

    @Option(names = "--scale", defaultValue = "4", description = "of the day; default ${DEFAULT-VALUE}")
    private double scale;

    @Option(names = "--backend", defaultValue = "HEAP", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Backend backend;

    private final TreeSet<String> operators = new TreeSet<>();

    @Override
    public Integer call() throws Exception {
        Map<String, Held> held = new LinkedHashMap<>();
        hold("the day alone", Mix.NORMAL, DAY_IN_ATTACK, held);
        hold("with the attack", mix, 1, held);
        System.out.println("| MB | " + String.join(" | ", held.keySet()) + " |");
        System.out.println("|---|" + "---|".repeat(held.size()));
        row("live heap", held, Held::heap);
        row("checkpoint", held, each -> each.checkpoint.bytes());
        for (String operator : operators) {
            row(operator, held, each -> each.checkpoint.byOperator().getOrDefault(operator, 0L));
        }
        System.out.printf(Locale.ROOT, "%s, scale %s, %s%n", mix, scale, backend);
        return 0;
    }

    /** @param heap live, bytes */
    private record Held(long heap, Checkpoint checkpoint) {}

    private interface Size {
        long of(Held held);
    }

    /** @param share the mix has so many times the records of this one */
    private void hold(String name, Mix of, int share, Map<String, Held> held) throws Exception {
        double size = scale;
        Traffic traffic = Traffic.of(() -> of.with(new ArrivalOrder(Scenario.enterprise(1, 24, size).cursor(), 1)));
        try (HeldJob job = new HeldJob(traffic, Pace.LIVE, Graph.detecting(RulesDocument.preset("enterprise")), backend)) {
            long before = HeldJob.liveHeap();
            for (long each : records) {
                job.feed(each / share);
                Checkpoint checkpoint = job.checkpoint(CheckpointType.FULL);
                operators.addAll(checkpoint.byOperator().keySet());
                String column = String.format(Locale.ROOT, "%s, %.1f M", name, each / share / 1e6);
                held.put(column, new Held(HeldJob.liveHeap() - before, checkpoint));
            }
        }
    }

    private static void row(String name, Map<String, Held> held, Size size) {
        StringBuilder row = new StringBuilder("| " + name + " |");
        held.values().forEach(each -> row.append(String.format(Locale.ROOT, " %.2f |", size.of(each) / 1e6)));
        System.out.println(row);
    }
}
