package io.botwatch.bench.peer;

import io.botwatch.bench.Backend;
import io.botwatch.bench.Comparison;
import io.botwatch.bench.DecodeOnly;
import io.botwatch.classify.Classifier;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Route;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What windows of a day every five minutes cost a record that is in them: Botwatch's, and Flink's sliding ones. */
@Command(
        name = "beacon-windows",
        mixinStandardHelpOptions = true,
        description = {
            "The beacon query over records that it is about and no others: Botwatch with preset aql, and",
            "SlidingEventTimeWindows(24 h, 5 min), which hold a count or the records. All must find the same."
        })
public final class BeaconWindowsBench implements Callable<Integer> {
    private static final String DECODE = "decode only";
    private static final String BOTWATCH = "Botwatch's windows";
    private static final String COUNTS = "SlidingEventTimeWindows of counts";
    private static final String RECORDS = "SlidingEventTimeWindows of records";
    private static final String LONGER = ", longer";
    private static final Set<Query> BEACON = EnumSet.of(Query.BEACON);
    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "3", description = "of the day that both are given, default ${DEFAULT-VALUE}")
    private double scale;

    @Option(names = "--longer", defaultValue = "20", description = "of the day that Botwatch is given besides, default ${DEFAULT-VALUE}")
    private double longer;

    @Option(names = "--parallelism", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(names = "--backend", defaultValue = "HEAP", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Backend backend;

    @Option(names = "--out", defaultValue = "bench/target/beacon-windows.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        try (Flows flows = matching(scale);
                Flows more = matching(longer)) {
            Peer botwatch = new BotwatchPeer(flows, BEACON, parallelism, backend);
            Peer botwatchLonger = new BotwatchPeer(more, BEACON, parallelism, backend);
            Peer counts = sliding(flows, TextbookPeer.Windows.AGGREGATE);
            Peer records = sliding(flows, TextbookPeer.Windows.RECORDS);
            Answer ours = botwatch.ask();
            if (!isEqual(COUNTS, counts, ours) || !isEqual(RECORDS, records, ours)) {
                return 1;
            }
            Comparison comparison = new Comparison(System.err)
                    .add(DECODE, () -> DecodeOnly.run(flows.plan(), parallelism))
                    .add(BOTWATCH, () -> ask(botwatch, flows))
                    .add(COUNTS, () -> ask(counts, flows))
                    .add(RECORDS, () -> ask(records, flows))
                    .add(DECODE + LONGER, () -> DecodeOnly.run(more.plan(), parallelism))
                    .add(BOTWATCH + LONGER, () -> ask(botwatchLonger, more))
                    .run(runs);
            System.out.print("\n" + comparison.table());
            double windows = comparison.median(BOTWATCH) - comparison.median(DECODE);
            double windowsLonger = comparison.median(BOTWATCH + LONGER) - comparison.median(DECODE + LONGER);
            System.out.printf(
                    Locale.ROOT,
                    "Without decoding, per million matching records: Botwatch %.2f CPU s (%,d records) and %.2f (%,d records)%n",
                    windows,
                    flows.records(),
                    windowsLonger,
                    more.records());
            for (String sliding : List.of(COUNTS, RECORDS)) {
                double cost = comparison.median(sliding) - comparison.median(DECODE);
                System.out.printf(
                        Locale.ROOT,
                        "%s %.1f (%,d records): %.0f and %.0f times as much%n",
                        sliding,
                        cost,
                        flows.records(),
                        cost / windows,
                        cost / windowsLonger);
            }
            comparison.writeJson(out);
        }
        return 0;
    }

    private Peer sliding(Flows flows, TextbookPeer.Windows windows) {
        return new TextbookPeer(flows, BEACON, parallelism, Duration.ofHours(1), windows, backend);
    }

    private static boolean isEqual(String name, Peer peer, Answer ours) throws Exception {
        String differences = peer.ask().against(ours);
        System.out.println("- " + name + ": " + differences);
        return differences.endsWith("equal");
    }

    private static long ask(Peer peer, Flows flows) throws Exception {
        peer.ask();
        return flows.records();
    }

    /** The day's records that the query is about, and one more than a day later, so that both look at every window of theirs. */
    private static Flows matching(double scale) throws Exception {
        Classifier classifier = new Classifier(KindsOfRules.of(RulesDocument.preset("aql"), BEACON));
        FlowCursor day = Scenario.enterprise(1, 24, scale).cursor();
        boolean[] over = {false};
        return Flows.write(into -> {
            while (!over[0] && day.next(into)) {
                classifier.classify(into);
                if ((into.routes & Route.BEACON) != 0) {
                    return true;
                }
            }
            boolean last = !over[0];
            over[0] = true;
            if (last) {
                later(into);
            }
            return last;
        });
    }

    private static void later(Flow into) {
        into.startMs += DAY_MS + Duration.ofHours(1).toMillis();
        into.endMs = into.startMs;
        into.srcLo = Address.v4(10 << 24 | 1 << 16 | 1);
        into.dstLo = Address.v4(198 << 24 | 51 << 16 | 100 << 8 | 1);
        into.dstPort = 9_999;
    }
}
