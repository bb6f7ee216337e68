package io.botwatch.rules;

import io.botwatch.document.Problems;
import io.botwatch.document.DocumentException;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a document holds, reading it ends soon, and in a rule set or a {@link DocumentException}. */
class HostileRulesTest {
    private static final Path CONF = Path.of(System.getProperty("botwatch.root", "..")).resolve("flink-conf");
    private static final String PIECES =
            "\n\t :,-[]{}&*!|>'\"%@`#?~=<.0123456789abnTPeE_/\\\0\u0007\u0085\u2028\uFEFF\uD83D\uDC7E";

    @ParameterizedTest
    @ValueSource(strings = {"rules.yaml", "rules-aql.yaml"})
    void mutationsOfAShippedFileGiveARuleSetOrItsProblems(String name) throws IOException {
        String shipped = Files.readString(CONF.resolve(name));
        long seed = 815;
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            SplittableRandom random = new SplittableRandom(seed + round);
            String mutant = mutate(shipped, random);
            try {
                assertThat(RulesDocument.parse(name, mutant)).isNotNull();
            } catch (DocumentException e) {
                refused++;
                assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> assertThat(problem)
                        .startsWith(name + ":")
                        .doesNotContain("\n"));
            } catch (Throwable e) {
                throw new AssertionError("seed " + (seed + round) + " of " + name + ":\n" + mutant, e);
            }
        }
        assertThat(refused).as("mutants refused").isBetween(300, 2_999);
    }

    private static String mutate(String text, SplittableRandom random) {
        StringBuilder mutant = new StringBuilder(text);
        for (int edits = random.nextInt(1, 6); edits > 0 && mutant.length() > 1; edits--) {
            int at = random.nextInt(mutant.length());
            int to = Math.min(mutant.length(), at + random.nextInt(1, 12));
            switch (random.nextInt(6)) {
                case 0 -> mutant.delete(at, to);
                case 1 -> mutant.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                case 2 -> mutant.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
                case 3 -> mutant.insert(random.nextInt(mutant.length()), mutant.substring(at, to));
                case 4 -> mutant.setCharAt(at, (char) random.nextInt(0x10000));
                default -> {
                    List<String> lines = new java.util.ArrayList<>(mutant.toString().lines().toList());
                    String line = lines.remove(random.nextInt(lines.size()));
                    if (random.nextBoolean()) {
                        lines.add(random.nextInt(lines.size() + 1), line);
                        lines.add(random.nextInt(lines.size() + 1), line);
                    }
                    mutant = new StringBuilder(String.join("\n", lines));
                }
            }
        }
        return mutant.toString();
    }

    @Test
    void aliasesThatMultiplyAreRefused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [lol, lol, lol]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i)).append(("*a" + (i - 1) + ", ").repeat(9)).append("lol]\n");
        }
        assertThatThrownBy(() -> soon(bomb + "rules: [*a29]\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("aliases");
    }

    @Test
    void aListThatHoldsItselfIsRefused() {
        assertThatThrownBy(() -> soon("rules: &r [*r]\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("rules[0]: expected keys and values, found a list");
        assertThatThrownBy(() -> soon("rules: [&r {window: *r, tags: *r, id: *r}]\n")).isInstanceOf(DocumentException.class);
    }

    @Test
    void oneLongTextNamedManyTimesIsNotReadManyTimes() {
        String networks = "*t, ".repeat(9_000);
        String text = "9".repeat(900_000);
        assertThatThrownBy(() -> soon("preset: &t '" + text + "'\ninternal_subnets: [" + networks + "1.2.3.4]\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("internal_subnets[0]: 900000 characters, at most 4000");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[", "{", "- ", "? ", "{a: ", "[[],", "&a ", "!a ", "'", "\"", "a: ", "a:\n ", "*a ", "|\n", "- - ", "%", "\\", ": "
    })
    void deepOrEndlessNestingIsRefused(String piece) {
        assertThatThrownBy(() -> soon(piece.repeat(200_000 / piece.length()))).isInstanceOf(DocumentException.class);
        assertThatThrownBy(() -> soon("rules: " + piece.repeat(30))).isInstanceOf(DocumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\UFFFFFFFF", "\\U00110000", "\\uD800", "\\x00", "\\xZZ", "\\q", "\\N", "\\u12"})
    void oddEscapesAreRefused(String escape) {
        assertThatThrownBy(() -> soon("rules: [{id: \"a" + escape + "\"}]\n")).isInstanceOf(DocumentException.class);
    }

    @Test
    void aHugeDocumentIsRefused() {
        assertThatThrownBy(() -> soon("a: " + "b".repeat(2 << 20)))
                .isInstanceOf(DocumentException.class)
                .hasMessage("rules.yaml: more than 1048576 characters");
    }

    @Test
    void aHugeListIsRefused() {
        assertThatThrownBy(() -> soon("internal_subnets: [" + "1.2.3.4, ".repeat(100_000) + "1.2.3.4]\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("internal_subnets: 100001 elements, at most 10000");
    }

    @Test
    void problemsAreNotCountedForEver() {
        StringBuilder document = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            document.append("unknown").append(i).append(": 1\n");
        }
        assertThatThrownBy(() -> soon(document.toString()))
                .isInstanceOfSatisfying(DocumentException.class, e -> {
                    assertThat(e.problems()).hasSize(Problems.MAX + 1);
                    assertThat(e.problems().get(Problems.MAX)).isEqualTo("rules.yaml: checking stopped after 100 problems");
                });
    }

    @Test
    void aDocumentCannotForgeLinesOfALog() {
        assertThatThrownBy(() -> soon("\"a\\nERROR forged\\u2028\": 1\nrules: [{type: \"x\\r\\nERROR\"}]\n"))
                .isInstanceOfSatisfying(DocumentException.class, e -> assertThat(e.problems())
                        .allSatisfy(problem -> assertThat(problem).doesNotContain("\n", "\r", "\u2028")));
    }

    private static void soon(String yaml) {
        Assertions.assertTimeout(Duration.ofSeconds(20), () -> {
            RulesDocument.parse("rules.yaml", yaml);
        });
    }
}
