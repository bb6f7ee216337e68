package io.botwatch.bench;

import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** The shipped rules as after years of tuning: a hundred thousand exceptions, and a million networks that outbound rules leave out. */
final class TunedRules {
    private static final int EXCEPTIONS = 100_000;
    private static final int NETWORKS = 1_000_000;

    private TunedRules() {}

    static RuleSet make() throws IOException {
        Path folder = Files.createTempDirectory("botwatch-bench-");
        Path networks = folder.resolve("networks.csv");
        Path exceptions = folder.resolve("exceptions.jsonl");
        Path rules = folder.resolve("rules.yaml");
        try {
            write(networks);
            writeExceptions(exceptions);
            Files.writeString(rules, tuned());
            return RulesDocument.load(rules);
        } finally {
            for (Path file : new Path[] {networks, exceptions, rules}) {
                Files.deleteIfExists(file);
            }
            Files.delete(folder);
        }
    }

    private static String tuned() throws IOException {
        try (InputStream in = RulesDocument.class.getResourceAsStream("rules.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("preset: enterprise\n", "preset: enterprise\nsets:\n  many: {file: networks.csv}\nexceptions_file: exceptions.jsonl\n")
                    // Of all outbound rules but the one of names, which has no destinations.
                    .replaceAll("(?m)^(      direction: outbound\\n)(?!      name_not)", "$1      dst_not: [\"set:many\"]\n");
        }
    }

    /** Scattered over the space, each a few addresses, so that few flows meet one. */
    private static void write(Path file) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < NETWORKS; i++) {
                int a = 11 + random.nextInt(116);
                out.println(a + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + 8 * random.nextInt(32) + "/29");
            }
        }
    }

    private static void writeExceptions(Path file) throws IOException {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < EXCEPTIONS; i++) {
                out.println("{\"id\":\"EX-" + i + "\",\"title\":\"t\",\"selection\":{\"src_cidr\":[\"10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)
                        + "\"],\"dst_port\":[" + i % 60_000 + "]},\"action\":\"drop\",\"owner\":\"o\",\"expires\":\"2100-01-01\"}");
            }
        }
    }
}
