package io.botwatch.bench.peer;

import io.botwatch.bench.Comparison;
import io.botwatch.bench.DecodeOnly;
import io.botwatch.bench.WholeJob;
import io.botwatch.bench.peer.FlinkSqlPeer.Statement;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Treatment;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The three original queries, asked of one file by Botwatch and by others. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        description = {
            "The three original queries, asked by Botwatch and by others of the same flows: by DuckDB of the whole day,",
            "by Flink SQL and by a textbook job of a smaller one. Each is asked once before: what it answers otherwise than",
            "Botwatch with preset aql is said, and one that does not end in time is left out. Relays are asked for again in",
            "a day without the hosts that a flood reaches."
        })
public final class PeersBench implements Callable<Integer> {
    private static final String DECODE = "decode only";
    private static final String AQL = "Botwatch, aql";
    private static final Set<Query> ALL = EnumSet.allOf(Query.class);

    /** Others to be compared with. */
    enum Other {
        DUCKDB,
        FLINK_SQL,
        TEXTBOOK
    }

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "1", description = "of the day: 1 is about half a million connections")
    private double scale;

    @Option(names = "--sample", defaultValue = "0.02", description = "scale of the day for slow ones, default ${DEFAULT-VALUE}")
    private double sample;

    @Option(names = "--seed", defaultValue = "1", description = "of the day, default ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--with", split = ",", defaultValue = "DUCKDB,FLINK_SQL,TEXTBOOK", description = "${COMPLETION-CANDIDATES}; default all")
    private Set<Other> others;

    @Option(names = "--each", description = "each query alone, too")
    private boolean each;

    @Option(names = "--limit", defaultValue = "PT2M", description = "what a slow one may take, default ${DEFAULT-VALUE}")
    private Duration limit;

    @Option(names = "--parallelism", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(names = "--out", defaultValue = "bench/target", description = "folder of peers*.json, default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        if (others.contains(Other.DUCKDB)) {
            compareWithDuckDb();
        }
        if (others.contains(Other.FLINK_SQL) || others.contains(Other.TEXTBOOK)) {
            compareWithSlowOnes();
        }
        return 0;
    }

    private void compareWithDuckDb() throws Exception {
        Path parquet = Files.createTempFile("botwatch-bench-", ".parquet");
        try (Flows flows = Flows.write(Scenario.enterprise(seed, 24, scale).cursor())) {
            String json = DuckDb.goflow2(flows.path());
            try (DuckDb duckDb = new DuckDb(DuckDb.PRIVATE)) {
                duckDb.toParquet(json, parquet);
            }
            Map<String, Peer> peers = botwatch(flows);
            addDuckDb(peers, "DuckDB, JSON lines", flows, json);
            addDuckDb(peers, "DuckDB, Parquet", flows, DuckDb.parquet(parquet));
            RuleSet enterprise = RulesDocument.preset("enterprise");
            RuleSet kinds = KindsOfRules.of(enterprise, ALL);
            Comparison comparison = compare(flows, peers)
                    .add("Botwatch, enterprise, the three kinds", () -> job(flows, kinds))
                    .add("Botwatch, enterprise, all rules", () -> job(flows, enterprise));
            report(flows, comparison, "peers.json");
        } finally {
            Files.delete(parquet);
        }
    }

    private void compareWithSlowOnes() throws Exception {
        try (Flows flows = Flows.write(Scenario.enterprise(seed, 24, sample).cursor())) {
            Map<String, Peer> peers = botwatch(flows);
            if (others.contains(Other.FLINK_SQL)) {
                for (Statement statement : Statement.values()) {
                    peers.put("Flink SQL, " + statement, new FlinkSqlPeer(flows, statement, parallelism, limit));
                }
            }
            if (others.contains(Other.TEXTBOOK)) {
                for (Query query : Query.values()) {
                    peers.put("textbook, " + query, new TextbookPeer(flows, EnumSet.of(query), parallelism, limit));
                }
            }
            report(flows, compare(flows, peers), "peers-sample.json");
        }
        System.out.println("Without hosts that a flood reaches:\n");
        try (Flows flows = Flows.write(FloodedHosts.leftOutOf(Scenario.enterprise(seed, 24, sample)))) {
            Set<Query> relay = EnumSet.of(Query.RELAY);
            Map<String, Peer> peers = new LinkedHashMap<>();
            peers.put(AQL + ", RELAY", new BotwatchPeer(flows, relay, parallelism));
            if (others.contains(Other.FLINK_SQL)) {
                peers.put("Flink SQL, MATCH_RECOGNIZE", new FlinkSqlPeer(flows, Statement.MATCH_RECOGNIZE, parallelism, limit));
            }
            if (others.contains(Other.TEXTBOOK)) {
                peers.put("textbook, RELAY", new TextbookPeer(flows, relay, parallelism, limit));
            }
            report(flows, compare(flows, peers), "peers-relay.json");
        }
    }

    private Map<String, Peer> botwatch(Flows flows) {
        Map<String, Peer> peers = new LinkedHashMap<>();
        peers.put(AQL, new BotwatchPeer(flows, ALL, parallelism));
        if (each) {
            for (Query query : Query.values()) {
                peers.put(AQL + ", " + query, new BotwatchPeer(flows, EnumSet.of(query), parallelism));
            }
        }
        return peers;
    }

    private void addDuckDb(Map<String, Peer> peers, String name, Flows flows, String source) {
        peers.put(name, new DuckDbPeer(flows, source, ALL, true));
        peers.put(name + ", beacons as of the end only", new DuckDbPeer(flows, source, ALL, false));
        if (each) {
            for (Query query : Query.values()) {
                peers.put(name + ", " + query, new DuckDbPeer(flows, source, EnumSet.of(query), true));
            }
        }
    }

    /** Asks each once; those that answer in time are compared. */
    private Comparison compare(Flows flows, Map<String, Peer> peers) throws Exception {
        Comparison comparison = new Comparison(System.err).add(DECODE, () -> DecodeOnly.run(flows.plan(), parallelism));
        Answer reference = null;
        for (Map.Entry<String, Peer> peer : peers.entrySet()) {
            try {
                Answer answer = peer.getValue().ask();
                reference = reference == null ? answer : reference;
                System.out.println("- " + peer.getKey() + ": " + answer.against(reference));
                comparison.add(peer.getKey(), () -> {
                    peer.getValue().ask();
                    return flows.records();
                });
            } catch (TimeoutException e) {
                System.out.println("- " + peer.getKey() + ": not done after " + limit);
            }
        }
        return comparison;
    }

    private void report(Flows flows, Comparison comparison, String name) throws Exception {
        System.out.print("\n" + comparison.run(runs).table());
        System.out.printf(Locale.ROOT, "%,d records, parallelism %d%n%n", flows.records(), parallelism);
        comparison.writeJson(out.resolve(name));
    }

    private long job(Flows flows, RuleSet rules) throws Exception {
        return WholeJob.run(flows.plan(), Treatment.DEFAULT, rules, parallelism);
    }
}
