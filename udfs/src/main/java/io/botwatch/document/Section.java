package io.botwatch.document;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of the document, read key by key. A fault is collected and a value that will not be used is returned instead,
 * so that reading goes on. It knows YAML and ranges; what the keys mean is its reader's.
 */
public final class Section {
    private static final int MAX_TEXT = 4_000;
    private static final int MAX_LIST = 10_000;
    private static final Pattern WHOLE = Pattern.compile("-?(0|[1-9]\\d{0,17})");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9]\\d{0,14})(\\.\\d{1,9})?");

    /** Nothing else is ever made of a node: no tag names a class. */
    private static final Set<Tag> TAGS = Set.of(
            Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP, Tag.SEQ);

    /** A single value, and where it stands. */
    public record Scalar(String text, int line, String path) {}

    private record Entry(Node value, int line) {}

    private final Problems problems;
    private final String path;
    private final int line;

    /** Whether a fault was reported in its place, so that missing keys are no news. */
    private final boolean broken;

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** @param node what should be a mapping; null when it is absent and that was reported */
    Section(Problems problems, String path, int line, Node node) {
        this.problems = problems;
        this.path = path;
        this.line = line;
        if (!(node instanceof MappingNode mapping) || !plain(node, line, path)) {
            if (node != null && !(node instanceof MappingNode)) {
                problems.add(line, path, "expected keys and values, found " + kind(node));
            }
            broken = true;
            return;
        }
        broken = false;
        for (NodeTuple tuple : mapping.getValue()) {
            int keyLine = line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key) || !TAGS.contains(key.getTag())) {
                problems.add(keyLine, path, "a key must be plain text");
                continue;
            }
            Entry before = entries.putIfAbsent(key.getValue(), new Entry(tuple.getValueNode(), keyLine));
            if (before != null) {
                problems.add(
                        keyLine, path(key.getValue()), "duplicate key; line " + before.line + " has it already");
            }
        }
    }

    /** Reports every other key, with the nearest known one. */
    public Section allow(String... known) {
        List<String> names = Arrays.asList(known);
        entries.forEach((key, entry) -> {
            if (!names.contains(key)) {
                String nearest = Nearest.to(key, names);
                problems.add(
                        entry.line,
                        path(key),
                        "unknown key; "
                                + (nearest != null
                                        ? "did you mean '" + nearest + "'?"
                                        : "known here: " + String.join(", ", names)));
            }
        });
        return this;
    }

    /** All keys, in the order of the document. */
    public List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Line of a key, or of the section when it is absent. */
    public int line(String key) {
        return has(key) ? entries.get(key).line : line;
    }

    public String path(String key) {
        String shown = key.length() <= 60 && key.matches("[\\w.-]+") ? key : Problems.quote(key);
        return path.isEmpty() ? shown : path + "." + shown;
    }

    /** Of the section itself. */
    public String path() {
        return path;
    }

    public void problem(String key, String fault) {
        problems.add(line(key), path(key), fault);
    }

    /** A required mapping. */
    public Section section(String key) {
        return new Section(problems, path(key), line(key), required(key));
    }

    /** A mapping that may be absent; it is empty then, and what it requires is reported as missing. */
    public Section optionalSection(String key) {
        return has(key) ? section(key) : new Section(problems, path(key), line, emptyMapping());
    }

    private static Node emptyMapping() {
        return new MappingNode(Tag.MAP, List.of(), DumperOptions.FlowStyle.BLOCK);
    }

    /** The mappings of a required list; at least one is required. */
    public List<Section> sections(String key, String what) {
        return sections(key, required(key), what);
    }

    /** The mappings of a list that may be absent or empty. */
    public List<Section> optionalSections(String key) {
        return sections(key, has(key) ? entries.get(key).value : null, null);
    }

    private List<Section> sections(String key, Node list, String what) {
        List<Section> sections = new ArrayList<>();
        for (Node node : nodes(key, list, what)) {
            sections.add(new Section(problems, path(key) + "[" + sections.size() + "]", line(node), node));
        }
        return sections;
    }

    /**
     * The values of a list; empty when it is absent and not required.
     *
     * @param what a list that is there must have at least one of; null when it may be empty
     */
    public List<Scalar> list(String key, boolean required, String what) {
        Node list = required ? required(key) : has(key) ? entries.get(key).value : null;
        List<Scalar> scalars = new ArrayList<>();
        int at = 0;
        for (Node node : nodes(key, list, what)) {
            Scalar scalar = scalar(node, line(node), path(key) + "[" + at++ + "]");
            if (scalar != null) {
                scalars.add(scalar);
            }
        }
        return scalars;
    }

    /** A required value, or the values of a required list of at least one. */
    public List<Scalar> oneOrMore(String key) {
        if (has(key) && entries.get(key).value instanceof SequenceNode) {
            return list(key, true, "value");
        }
        Scalar scalar = scalar(key, true);
        return scalar == null ? List.of() : List.of(scalar);
    }

    /** Whether the key is there and has keys and values of its own. */
    public boolean isSection(String key) {
        return has(key) && entries.get(key).value instanceof MappingNode;
    }

    private List<Node> nodes(String key, Node list, String what) {
        if (list == null) {
            return List.of();
        }
        if (!(list instanceof SequenceNode sequence)) {
            problem(key, "expected a list such as [a, b], found " + kind(list));
            return List.of();
        }
        List<Node> nodes = sequence.getValue();
        if (nodes.isEmpty() && what != null) {
            problem(key, "must list at least one " + what);
        } else if (nodes.size() > MAX_LIST) {
            problem(key, nodes.size() + " elements, at most " + MAX_LIST);
            return List.of();
        }
        return plain(list, line(key), path(key)) ? nodes : List.of();
    }

    /** A required text of 1 to {@code max} characters on one line. */
    public String text(String key, int max) {
        return checkedText(key, scalar(key, true), max, false);
    }

    /** Any text, lines included; empty when absent. */
    public String optionalText(String key) {
        Scalar scalar = scalar(key, false);
        return scalar == null ? "" : checkedText(key, scalar, MAX_TEXT, true);
    }

    private String checkedText(String key, Scalar scalar, int max, boolean lines) {
        if (scalar == null) {
            return "";
        }
        String text = scalar.text.strip();
        if (text.isEmpty() && !lines) {
            problem(key, "is empty");
        } else if (text.length() > max) {
            problem(key, text.length() + " characters, at most " + max);
        } else if (text.chars().anyMatch(c -> Character.isISOControl(c) && !(lines && (c == '\n' || c == '\t')))
                || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            problem(key, "holds a character that is not text");
        }
        return text;
    }

    /** One of the options; the first option when it is absent and not required. */
    public String choice(String key, boolean required, Collection<String> options) {
        String first = options.iterator().next();
        Scalar scalar = scalar(key, required);
        if (scalar == null) {
            return required ? null : first;
        }
        if (!options.contains(scalar.text)) {
            problem(key, notOneOf(scalar.text, options));
            return null;
        }
        return scalar.text;
    }

    public static String notOneOf(String text, Collection<String> options) {
        String nearest = Nearest.to(text, options);
        return Problems.quote(text) + " is not "
                + (options.size() == 1 ? options.iterator().next() : "one of " + String.join(", ", options))
                + (nearest != null && options.size() > 1 ? "; did you mean '" + nearest + "'?" : "");
    }

    /** A required whole number. */
    public int count(String key, int min, int max) {
        Scalar scalar = scalar(key, true);
        return scalar == null ? min : (int) whole(scalar, min, max);
    }

    /** A whole number, or its minimum after a fault. */
    public long whole(Scalar scalar, long min, long max) {
        if (!WHOLE.matcher(scalar.text).matches()) {
            problems.add(scalar.line, scalar.path, Problems.quote(scalar.text) + " is not a whole number");
            return min;
        }
        long value = Long.parseLong(scalar.text);
        if (value < min || value > max) {
            problems.add(scalar.line, scalar.path, value + " is not " + min + " to " + max);
            return min;
        }
        return value;
    }

    /** A required number; NaN after a fault. */
    public double decimal(String key, int min, int max) {
        Scalar scalar = scalar(key, true);
        if (scalar == null) {
            return Double.NaN;
        }
        if (!DECIMAL.matcher(scalar.text).matches()) {
            problem(key, Problems.quote(scalar.text) + " is not a number");
            return Double.NaN;
        }
        double value = Double.parseDouble(scalar.text);
        if (value < min || value > max) {
            problem(key, scalar.text + " is not " + min + " to " + max);
            return Double.NaN;
        }
        return value;
    }

    /** A required duration in ms; -1 after a fault. */
    public long durationMs(String key, long minMs, long maxMs) {
        Scalar scalar = scalar(key, true);
        if (scalar == null) {
            return -1;
        }
        long ms = Durations.parseMs(scalar.text);
        if (ms < 0) {
            problem(key, Problems.quote(scalar.text) + " is not a duration such as 300s, 5m, 24h, 7d or PT5M");
            return -1;
        }
        if (ms < minMs || ms > maxMs) {
            problem(key, scalar.text + " is not " + Durations.format(minMs) + " to " + Durations.format(maxMs));
            return -1;
        }
        return ms;
    }

    /** {@code true} or {@code false}; false when absent. YAML 1.1's other spellings (yes, on) are not taken. */
    public boolean flag(String key) {
        return "true".equals(choice(key, false, List.of("false", "true")));
    }

    private Node required(String key) {
        if (!has(key) && !broken) {
            problem(key, "missing");
        }
        return has(key) ? entries.get(key).value : null;
    }

    /** Null when absent or at fault. */
    private Scalar scalar(String key, boolean required) {
        Node node = required ? required(key) : has(key) ? entries.get(key).value : null;
        return node == null ? null : scalar(node, line(key), path(key));
    }

    private Scalar scalar(Node node, int line, String path) {
        if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
            problems.add(line, path, "expected a value, found " + kind(node));
            return null;
        }
        if (scalar.getValue().length() > MAX_TEXT) {
            problems.add(line, path, scalar.getValue().length() + " characters, at most " + MAX_TEXT);
            return null;
        }
        return plain(node, line, path) ? new Scalar(scalar.getValue(), line, path) : null;
    }

    /** Whether the node has none but YAML's own simple types. */
    private boolean plain(Node node, int line, String path) {
        if (TAGS.contains(node.getTag())) {
            return true;
        }
        problems.add(line, path, "the type " + Problems.quote(node.getTag().getValue()) + " is not allowed");
        return false;
    }

    private static String kind(Node node) {
        if (node instanceof SequenceNode) {
            return "a list";
        }
        if (node instanceof ScalarNode scalar) {
            return scalar.getTag().equals(Tag.NULL) ? "nothing" : Problems.quote(scalar.getValue());
        }
        return "keys and values";
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
