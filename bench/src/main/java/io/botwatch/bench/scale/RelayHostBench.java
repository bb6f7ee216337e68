package io.botwatch.bench.scale;

import io.botwatch.bench.Backend;
import io.botwatch.bench.scale.BusyHosts.First;
import io.botwatch.bench.scale.BusyHosts.Row;
import io.botwatch.bench.scale.FeedSource.Pace;
import io.botwatch.bench.scale.HeldJob.Graph;
import io.botwatch.embedded.Spool;
import io.botwatch.embedded.SpoolSink;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.job.Topology;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a host costs that a thousand sources reach and that reaches a thousand targets, and whether the findings are right. */
@Command(
        name = "relay-host",
        mixinStandardHelpOptions = true,
        description = "CPU seconds of a busy relay host, relay rules alone: a run with some of them less one without.")
public final class RelayHostBench implements Callable<Integer> {
    private static final int NO_CAP = 10_000_000;

    /** Of the sketches that a finding of one host counts by. */
    private static final double TOLERANCE = 0.05;

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--hosts", defaultValue = "1", description = "busy ones, default ${DEFAULT-VALUE}")
    private int hosts;

    @Option(names = "--peers", defaultValue = "1000", description = "sources and targets of each, default ${DEFAULT-VALUE}")
    private int peers;

    @Option(names = "--backend", defaultValue = "HEAP", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Backend backend;

    private Map<Row, First> oracle;

    /** One way of asking, and what it cost. */
    private record Variant(RuleSet rules, List<Double> costs, List<Finding> findings) {}

    @Override
    public Integer call() throws Exception {
        RuleSet enterprise = RulesDocument.preset("enterprise");
        RuleSet aql = RulesDocument.preset("aql");
        oracle = new BusyHosts(hosts, peers).pairs(enterprise.of(RelayRule.class).get(0).windowMs());
        Map<String, Variant> variants = new LinkedHashMap<>();
        add(variants, "a finding a host, as shipped", RelayVariants.alone(enterprise, 0, RelayRule.Engine.CEP));
        add(variants, "the same, by the other engine", RelayVariants.alone(enterprise, 0, RelayRule.Engine.INTERVAL));
        add(variants, "a finding a host, no cap", RelayVariants.alone(enterprise, NO_CAP, RelayRule.Engine.CEP));
        add(variants, "a finding a pair, as shipped", RelayVariants.alone(aql, 0, RelayRule.Engine.CEP));
        add(variants, "the same, by the other engine ", RelayVariants.alone(aql, 0, RelayRule.Engine.INTERVAL));
        add(variants, "a finding a pair, no cap", RelayVariants.alone(aql, NO_CAP, RelayRule.Engine.CEP));
        for (int run = 0; run <= runs; run++) {
            for (Map.Entry<String, Variant> each : variants.entrySet()) {
                Variant variant = each.getValue();
                variant.findings.clear();
                double without = run(variant.rules, 0, new ArrayList<>());
                double with = run(variant.rules, hosts, variant.findings);
                System.err.printf(Locale.ROOT, "run %d %s: %.2f CPU s without, %.2f with%n", run, each.getKey(), without, with);
                if (run > 0) {
                    variant.costs.add((with - without) / hosts);
                }
            }
        }
        tell(variants);
        return 0;
    }

    private static void add(Map<String, Variant> variants, String name, RuleSet rules) {
        variants.put(name, new Variant(rules, new ArrayList<>(), new ArrayList<>()));
    }

    /** @return CPU s */
    private double run(RuleSet rules, int busy, List<Finding> findings) throws Exception {
        Path spool = Files.createTempFile("botwatch-bench-", ".findings");
        Graph graph = records -> {
            Topology.Outputs outputs = Topology.build(records, rules, new Topology.Settings("default", 42, 2_000));
            outputs.findings()
                    .sinkTo(new SpoolSink<>(spool, FindingSerializer.INSTANCE))
                    .setParallelism(1)
                    .uid("findings");
            outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        };
        int each = peers;
        Traffic traffic = Traffic.of(() -> new BusyHosts(busy, each).cursor());
        double cost;
        try (HeldJob job = new HeldJob(traffic, Pace.CLOSE, graph, backend)) {
            cost = job.feed(Long.MAX_VALUE);
        }
        try (FinalFindings finals = new FinalFindings()) {
            Spool.read(spool, FindingSerializer.INSTANCE, finals::add);
            finals.forEach(findings::add);
        }
        Files.delete(spool);
        return cost;
    }

    private void tell(Map<String, Variant> variants) {
        System.out.printf(Locale.ROOT, "%d sources, %d targets, %,d pairs a host, %s%n%n", peers, peers, oracle.size() / hosts, backend);
        System.out.println("| variant | CPU s a busy host, min | median | max | findings | held against |");
        System.out.println("|---|---|---|---|---|---|");
        Variant before = null;
        for (Map.Entry<String, Variant> each : variants.entrySet()) {
            Variant variant = each.getValue();
            double[] sorted = variant.costs.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f | %.2f | %,d | %s |%n",
                    each.getKey().strip(),
                    sorted[0],
                    sorted[sorted.length / 2],
                    sorted[sorted.length - 1],
                    variant.findings.size(),
                    verdict(variant, before));
            before = variant;
        }
    }

    /** @param before the variant that another engine is held against */
    private String verdict(Variant variant, Variant before) {
        RelayRule rule = variant.rules.of(RelayRule.class).get(0);
        if (rule.engine() == RelayRule.Engine.INTERVAL) {
            return said(variant).equals(said(before)) ? "the one before: equal" : "the one before: DIFFERENT";
        }
        if (rule.maxPairsPerHost() < NO_CAP) {
            return variant.findings.stream().findFirst().map(finding -> finding.message).orElse("nothing found");
        }
        return rule.perHost() ? ofHosts(variant.findings) : ofPairs(variant.findings);
    }

    private static List<String> said(Variant variant) {
        return variant.findings.stream()
                .map(finding -> finding.uid + finding.message + finding.firstSeenMs + finding.lastSeenMs + finding.samples)
                .sorted()
                .toList();
    }

    private String ofHosts(List<Finding> findings) {
        boolean right = findings.size() == hosts
                && findings.stream().allMatch(finding -> near(finding.connections, oracle.size() / hosts)
                        && near(finding.distinctSources, peers)
                        && near(finding.distinctTargets, peers));
        return (right ? "all pairs compared: counts within 5 %" : "all pairs compared: DIFFERENT") + ", for instance "
                + findings.stream().findFirst().map(finding -> finding.message).orElse("nothing found");
    }

    private static boolean near(long estimate, long exact) {
        return Math.abs(estimate - exact) <= TOLERANCE * exact;
    }

    private String ofPairs(List<Finding> findings) {
        Map<Row, First> rows = new HashMap<>();
        findings.forEach(finding -> rows.put(
                new Row(finding.src, finding.relay, finding.dst, finding.dstPort), new First(finding.firstSeenMs, finding.lastSeenMs)));
        return rows.equals(oracle) && findings.size() == oracle.size()
                ? "all pairs compared: equal, each row and its times"
                : String.format("all pairs compared: DIFFERENT, %,d rows of %,d", rows.size(), oracle.size());
    }
}
