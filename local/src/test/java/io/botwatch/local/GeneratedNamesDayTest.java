package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.botwatch.train.LabelledName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day's DNS log of an office: 300 hosts that look up names which people chose, and one bot of each family of algorithms, which
 * tries a name a minute for an hour until one exists. From the log to findings, with the shipped rules.
 */
class GeneratedNamesDayTest {
    private static final long SEED = 20260105;
    private static final double DAY = 86_400;
    private static final double START = 1_767_571_200;
    private static final int HOSTS = 300;

    /** Made of words, or of short pronounceable syllables: their names alone do not tell. */
    private static final Set<String> LIKE_CHOSEN_NAMES = Set.of("matsnu", "nymaim", "pushdo", "suppobox");

    private record Query(double at, String host, String name, boolean exists) {}

    @TempDir
    Path folder;

    @Test
    void botsOfFamiliesWhoseNamesLookGeneratedAreFoundAndNoOfficeHost() throws Exception {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: lists of generated names are not available");
        Path lists = Path.of(shared).resolve("data/dga");
        assumeTrue(Files.isDirectory(lists), lists + " is not available");
        List<String> chosen = new ArrayList<>();
        Map<String, List<String>> families = new TreeMap<>();
        for (String file : List.of("chrmor-domains.csv", "umudga-domains.csv")) {
            for (LabelledName name : LabelledName.read(lists.resolve(file))) {
                (name.isGenerated() ? families.computeIfAbsent(name.family(), f -> new ArrayList<>()) : chosen).add(name.name());
            }
        }
        Map<String, String> bots = new TreeMap<>();
        Path log = write(queries(chosen, families, bots));

        Path out = folder.resolve("findings.csv");
        CommandLineRun run = CommandLineRun.of("detect", log.toString(), "--as", "csv", "--out", out.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        Set<String> found = new LinkedHashSet<>();
        for (String line : Files.readAllLines(out).subList(1, Files.readAllLines(out).size())) {
            String[] cells = line.split(",");
            assertThat(cells[1] + " " + cells[3]).as(line).isEqualTo("DGA high");
            found.add(cells[6]);
        }
        assertThat(found).as("hosts with a finding, all of them bots").isSubsetOf(bots.keySet());
        List<String> missed = bots.entrySet().stream()
                .filter(bot -> !found.contains(bot.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        System.out.println("a day of names, seed " + SEED + ": " + found.size() + " of " + bots.size() + " bots found; missed " + missed);
        assertThat(missed).isSubsetOf(LIKE_CHOSEN_NAMES);
    }

    /** @param bots takes the bots' addresses and families */
    private static List<Query> queries(List<String> chosen, Map<String, List<String>> families, Map<String, String> bots) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Query> queries = new ArrayList<>();
        for (int host = 0; host < HOSTS; host++) {
            String address = "10.1." + host / 200 + "." + (host % 200 + 1);
            for (int i = 0; i < 300; i++) {
                // Seven of a hundred do not exist: misspelt, gone, searched for in every suffix.
                String name = chosen.get((int) (chosen.size() * Math.pow(random.nextDouble(), 3)));
                queries.add(new Query(START + random.nextDouble(DAY), address, "www." + name, random.nextInt(100) >= 7));
            }
        }
        int number = 1;
        for (Map.Entry<String, List<String>> family : families.entrySet()) {
            String address = "10.1.9." + number++;
            bots.put(address, family.getKey());
            double at = START + random.nextDouble(DAY - 4_000);
            for (int i = 0; i < 60; i++) {
                String name = family.getValue().get(random.nextInt(family.getValue().size()));
                queries.add(new Query(at + 60 * i, address, name, i == 59));
            }
        }
        queries.sort(Comparator.comparingDouble(Query::at));
        return queries;
    }

    private Path write(List<Query> queries) throws IOException {
        Path log = folder.resolve("dns.log");
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(log))) {
            out.println("#separator \\x09");
            out.println("#path\tdns");
            out.println("#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\trcode");
            for (Query query : queries) {
                out.printf(
                        Locale.ROOT, "%.6f\tC\t%s\t50000\t10.1.0.53\t53\tudp\t%s\t%d%n", query.at, query.host, query.name, query.exists ? 0 : 3);
            }
        }
        return log;
    }
}
