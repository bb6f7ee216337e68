package io.botwatch.rule;

import io.botwatch.document.Durations;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.finding.Severity;
import io.botwatch.network.NetworkLists;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One rule of a document, as the types of rules read themselves from it. Faults are collected with their lines, so a value
 * that comes back after a fault is only fit to go on reading.
 */
public final class RuleReader {
    public static final long MAX_WINDOW_MS = TimeUnit.DAYS.toMillis(31);
    public static final int MAX_COUNT = 1_000_000_000;

    private static final List<String> KEYS = List.of(
            "id", "title", "type", "mode", "level", "tags", "window", "condition", "filter", "suppression", "note");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern TAG = Pattern.compile("attack\\.t\\d{4}(\\.\\d{3})?");

    private final Section rule;
    private final Problems problems;
    private final NetworkLists networks;
    private final RuleInfo info;

    public RuleReader(Section rule, Problems problems, NetworkLists networks) {
        this.rule = rule;
        this.problems = problems;
        this.networks = networks;
        this.info = readInfo();
    }

    /** What every rule has. */
    public RuleInfo info() {
        return info;
    }

    /** The mapping itself. */
    public Section section() {
        return rule;
    }

    /** Reports keys that are neither every rule's nor among these. */
    public RuleReader allow(String... more) {
        List<String> keys = new ArrayList<>(KEYS);
        keys.addAll(Arrays.asList(more));
        rule.allow(keys.toArray(String[]::new));
        return this;
    }

    public Section window(String... keys) {
        return rule.section("window").allow(keys);
    }

    /** The size of a window that has nothing else, ms. */
    public long windowSizeMs() {
        return window("size").durationMs("size", TimeUnit.SECONDS.toMillis(1), MAX_WINDOW_MS);
    }

    public Section condition(String... keys) {
        return rule.section("condition").allow(keys);
    }

    /** What traffic the rule looks at; its {@code direction} may say only what the type implies. */
    public Section filter(String direction, String... keys) {
        List<String> known = new ArrayList<>(List.of(keys));
        known.add("direction");
        Section filter = rule.optionalSection("filter").allow(known.toArray(String[]::new));
        filter.choice("direction", false, List.of(direction));
        return filter;
    }

    /** Ports in the order of the document, each once. */
    public List<Integer> ports(Section section, String key, boolean required) {
        return values(
                section.list(key, required, required ? "port" : null), scalar -> (int) section.whole(scalar, 0, 65_535));
    }

    /** Networks, files and sets of them; empty when absent. */
    public NetworkSet networks(Section section, String key) {
        return networks.set(section, key);
    }

    /** Roles in the order of the document, each once; none when absent. */
    public List<Role> roles(Section section, String key) {
        List<Role> roles = new ArrayList<>();
        for (Scalar scalar : section.list(key, false, null)) {
            Role role = Role.of(scalar.text());
            if (role == null) {
                problems.add(scalar.line(), scalar.path(), Section.notOneOf(scalar.text(), Role.labels()));
            } else if (!roles.contains(role)) {
                roles.add(role);
            }
        }
        return List.copyOf(roles);
    }

    /** A fault of one value. */
    public void problem(Scalar scalar, String fault) {
        problems.add(scalar.line(), scalar.path(), fault);
    }

    /** One of an enum's constants by its label; null after a fault. */
    public static <E extends Enum<E>> E constant(E[] constants, String label) {
        return Arrays.stream(constants)
                .filter(constant -> label(constant).equals(label))
                .findFirst()
                .orElse(null);
    }

    public static List<String> labels(Enum<?>[] constants) {
        return Arrays.stream(constants).map(RuleReader::label).toList();
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <T> List<T> values(List<Scalar> scalars, Function<Scalar, T> value) {
        return scalars.stream().map(value).distinct().toList();
    }

    private RuleInfo readInfo() {
        String id = rule.text("id", 64);
        if (!id.isEmpty() && id.length() <= 64 && !ID.matcher(id).matches()) {
            rule.problem("id", Problems.quote(id) + " is not letters, digits, '.', '_' and '-', a letter or digit first");
        }
        List<String> tags = new ArrayList<>();
        for (Scalar tag : rule.list("tags", false, null)) {
            if (!TAG.matcher(tag.text()).matches()) {
                problem(
                        tag,
                        Problems.quote(tag.text()) + " is not an ATT&CK technique such as attack.t1071 or attack.t1583.005");
            }
            tags.add(tag.text());
        }
        Section suppression = rule.optionalSection("suppression").allow("duration");
        return new RuleInfo(
                id,
                rule.text("title", 200),
                constant(RuleInfo.Mode.values(), rule.choice("mode", false, labels(RuleInfo.Mode.values()))),
                constant(Severity.values(), rule.choice("level", true, labels(Severity.values()))),
                List.copyOf(tags),
                suppression.has("duration") ? suppression.durationMs("duration", 0, MAX_WINDOW_MS) : 0,
                rule.optionalText("note"));
    }

    /** Reports a window that is no whole number of buckets, or longer than allowed. */
    public void checkBuckets(long sizeMs, long bucketMs, long maxMs) {
        if (sizeMs > 0 && (sizeMs % bucketMs != 0 || sizeMs > maxMs)) {
            rule.section("window").problem(
                    "size",
                    Durations.format(sizeMs) + " is not a multiple of " + Durations.format(bucketMs) + " up to "
                            + Durations.format(maxMs));
        }
    }
}
