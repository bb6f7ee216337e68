package io.botwatch.rules;

import io.botwatch.document.YamlEdit;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part in which one rule document says something else than another: a value, or a rule or an exception that only one of them
 * has. It compares what is written: {@code 1h} is another value than {@code 60m}.
 *
 * @param path as {@code rules[BEACON-SLOW].condition.min_connections}; the name, of a file that the documents name
 * @param first value in the one; null where it has none, and of what is no value
 * @param second value in the other, likewise
 * @param kind what the difference is
 */
public record Difference(String path, String first, String second, Kind kind) {
    private static final Pattern ITEM = Pattern.compile("^[^.\\[]+\\[[^]]*]");
    private static final Pattern RULE_MODE = Pattern.compile("(rules\\[[^]]*])\\.mode");

    /** What the difference is. */
    public enum Kind {
        VALUE,
        ONLY_IN_FIRST,
        ONLY_IN_SECOND,
        /** Of a file that both name. */
        CONTENTS
    }

    /**
     * All of them, in the order of paths; then files.
     *
     * @throws io.botwatch.document.DocumentException when one is no YAML
     */
    public static List<Difference> between(RuleText first, RuleText second) {
        TreeMap<String, String> ofFirst = values(first);
        TreeMap<String, String> ofSecond = values(second);
        TreeSet<String> paths = new TreeSet<>(ofFirst.keySet());
        paths.addAll(ofSecond.keySet());
        sayActive(ofFirst, paths);
        sayActive(ofSecond, paths);
        Set<Difference> differences = new LinkedHashSet<>(); // the many paths of a whole rule are one
        for (String path : paths) {
            if (!Objects.equals(ofFirst.get(path), ofSecond.get(path))) {
                differences.add(at(path, ofFirst, ofSecond));
            }
        }
        first.files().forEach((name, contents) -> {
            byte[] others = second.files().get(name);
            if (others != null && !Arrays.equals(contents, others)) {
                differences.add(new Difference(name, null, null, Kind.CONTENTS));
            }
        });
        return List.copyOf(differences);
    }

    private static Difference at(String path, TreeMap<String, String> ofFirst, TreeMap<String, String> ofSecond) {
        String first = ofFirst.get(path);
        String second = ofSecond.get(path);
        if (first != null && second != null) {
            return new Difference(path, first, second, Kind.VALUE);
        }
        Kind kind = second == null ? Kind.ONLY_IN_FIRST : Kind.ONLY_IN_SECOND;
        Matcher item = ITEM.matcher(path);
        if (item.find() && !hasBelow(second == null ? ofSecond : ofFirst, item.group())) {
            return new Difference(item.group(), null, null, kind);
        }
        return new Difference(path, first, second, kind);
    }

    private static boolean hasBelow(TreeMap<String, String> values, String path) {
        String next = values.ceilingKey(path);
        return next != null && next.startsWith(path);
    }

    private static TreeMap<String, String> values(RuleText text) {
        return new TreeMap<>(YamlEdit.of("rules", text.yaml().getBytes(StandardCharsets.UTF_8)).flat());
    }

    /** What a rule is that says nothing of it; a command that enables one writes it down. */
    private static void sayActive(TreeMap<String, String> values, Set<String> paths) {
        for (String path : paths) {
            Matcher rule = RULE_MODE.matcher(path);
            if (rule.matches() && hasBelow(values, rule.group(1))) {
                values.putIfAbsent(path, "active");
            }
        }
    }
}
