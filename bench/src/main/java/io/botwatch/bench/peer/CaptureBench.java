package io.botwatch.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A capture as a user would have it looked at: by {@code botwatch detect}, and by DuckDB. */
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        description = {
            "Seconds of the clock that botwatch detect takes for an Argus capture, with either preset, as a process; and DuckDB for",
            "the three original queries over the same file, in this process, on two threads. Relays by hosts that have more pairs",
            "than Botwatch lists are not asked of it."
        })
public final class CaptureBench implements Callable<Integer> {
    private static final List<String> PRESETS = List.of("aql", "enterprise");
    private static final Set<Query> ALL = EnumSet.allOf(Query.class);

    @Parameters(paramLabel = "FILE", description = "a binetflow file, also compressed")
    private Path file;

    @Option(names = "--internal", defaultValue = "147.32.0.0/16", description = "an IPv4 network of whole bytes, default ${DEFAULT-VALUE}")
    private String internal;

    @Option(names = "--runs", defaultValue = "5", description = "of each, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--botwatch", defaultValue = "./botwatch", description = "default ${DEFAULT-VALUE}; JAVA_OPTS is its memory")
    private Path botwatch;

    @Override
    public Integer call() throws Exception {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        Map<String, Path> findings = new LinkedHashMap<>();
        for (String preset : PRESETS) {
            findings.put(preset, Files.createTempFile("botwatch-bench-", ".csv"));
        }
        try {
            Answer answer = null;
            for (int run = 0; run < runs; run++) {
                for (String preset : PRESETS) {
                    measure(seconds, "botwatch detect, " + preset, () -> detect(preset, findings.get(preset)));
                }
                Set<String> leftOut = overLimit(findings.get("aql"));
                Answer[] given = new Answer[1];
                measure(seconds, "DuckDB, three queries", () -> given[0] = ask(true, leftOut));
                measure(seconds, "DuckDB, three queries, beacons as of the end only", () -> ask(false, leftOut));
                answer = given[0];
            }
            print(seconds);
            for (String preset : PRESETS) {
                System.out.println("- " + preset + ": " + counts(findings.get(preset)) + ", over the limit " + overLimit(findings.get(preset)));
            }
            System.out.printf(
                    "- DuckDB: beacon %d, volumetric %d, relay %d%n",
                    answer.count(Query.BEACON),
                    answer.count(Query.VOLUMETRIC),
                    answer.count(Query.RELAY));
        } finally {
            for (Path path : findings.values()) {
                Files.delete(path);
            }
        }
        return 0;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void measure(Map<String, List<Double>> seconds, String name, Step step) throws Exception {
        long startNs = System.nanoTime();
        step.run();
        double took = (System.nanoTime() - startNs) / 1e9;
        System.err.printf(Locale.ROOT, "%s: %.1f s%n", name, took);
        seconds.computeIfAbsent(name, first -> new ArrayList<>()).add(took);
    }

    private void detect(String preset, Path findings) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        botwatch.toString(), "detect", file.toString(), "--internal", internal, "--rules", preset,
                        "--as", "csv", "--out", findings.toString(), "--force")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException("botwatch detect ended with " + status);
        }
    }

    private Answer ask(boolean everySlide, Set<String> leftOut) throws Exception {
        try (DuckDb duckDb = new DuckDb("starts_with(a, '" + prefix() + "')")) {
            duckDb.read(DuckDb.binetflow(file));
            Answer answer = new Answer(duckDb.latestMs(), ALL);
            duckDb.ask(ALL, everySlide, leftOut, answer);
            return answer.complete();
        }
    }

    /** 147.32.0.0/16 is what begins with "147.32.". */
    private String prefix() {
        int slash = internal.indexOf('/');
        int bits = Integer.parseInt(internal.substring(slash + 1));
        String[] bytes = internal.substring(0, slash).split("\\.");
        if (bits % 8 != 0 || bits == 0 || bytes.length != 4) {
            throw new IllegalArgumentException("--internal: " + internal + " is not an IPv4 network of whole bytes");
        }
        return String.join(".", List.of(bytes).subList(0, bits / 8)) + (bits < 32 ? "." : "");
    }

    /** Hosts that have more pairs than are listed. */
    private static Set<String> overLimit(Path findings) throws Exception {
        String hosts = text("SELECT coalesce(string_agg(relay_ip, ' '), '') FROM", findings, "WHERE type = 'relay' AND dst_ip IS NULL");
        return hosts.isEmpty() ? Set.of() : Set.of(hosts.split(" "));
    }

    /** How many findings of each type. */
    private static String counts(Path findings) throws Exception {
        return text(
                "SELECT string_agg(type || ' ' || n, ', ' ORDER BY type) FROM (SELECT type, count(*) AS n FROM", findings, "GROUP BY type)");
    }

    private static String text(String before, Path findings, String after) throws Exception {
        try (DuckDb duckDb = new DuckDb(DuckDb.PRIVATE)) {
            return duckDb.text(before + " read_csv('" + findings + "', header = true, all_varchar = true) " + after);
        }
    }

    private static void print(Map<String, List<Double>> seconds) {
        System.out.print("| | s min | median | max |\n|---|---|---|---|\n");
        seconds.forEach((name, took) -> {
            List<Double> sorted = took.stream().sorted().toList();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f |%n",
                    name,
                    sorted.get(0),
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() - 1));
        });
    }
}
