package io.botwatch.rules;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.finding.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.RelayRule;
import io.botwatch.rules.Section.Scalar;
import io.botwatch.volumetric.VolumetricRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a rule document: YAML, every key known, every value in its range. What comes back can be run as it is.
 *
 * <p>Nothing but a {@link RuleException} is thrown for a document, whatever is in it; it names all faults, each with file,
 * line, key and limit. Only the node tree of the YAML is used, so that no tag can make an object.
 */
public final class RulesDocument {
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ALIASES = 50;

    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long MAX_WINDOW = 31 * 24 * 60 * MINUTE;
    private static final int MAX_SLIDES = 2_016;
    private static final int MAX_COUNT = 1_000_000_000;
    private static final int MAX_PER_HOUR = 3_600_000;
    private static final int MAX_PAIRS = 10_000_000;

    private static final List<String> TYPES = List.of("beacon", "volumetric", "relay");
    private static final List<String> RULE_KEYS = List.of(
            "id", "title", "type", "mode", "level", "tags", "window", "condition", "filter", "suppression", "note");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern TAG = Pattern.compile("attack\\.t\\d{4}(\\.\\d{3})?");

    /** Private networks of RFC 1918 and RFC 4193: internal unless the document says otherwise. */
    private static final List<Network> PRIVATE = List.of(
            Network.parse("10.0.0.0/8"),
            Network.parse("172.16.0.0/12"),
            Network.parse("192.168.0.0/16"),
            Network.parse("fc00::/7"));

    private final Problems problems;

    private RulesDocument(String fileName) {
        this.problems = new Problems(fileName);
    }

    /**
     * @param fileName names the document in messages
     * @throws RuleException with every fault
     */
    public static RuleSet parse(String fileName, String yaml) {
        return new RulesDocument(fileName).parse(yaml, yaml.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a UTF-8 file of at most 1 MiB.
     *
     * @throws RuleException with every fault, also when the file cannot be read
     */
    public static RuleSet load(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            // One more than is taken, so that a longer file is noticed and yet not read to its end.
            bytes = in.readNBytes(MAX_CHARACTERS + 1);
        } catch (NoSuchFileException e) {
            throw new RuleException(List.of(file + ": no such file"));
        } catch (IOException e) {
            throw new RuleException(List.of(file + ": cannot be read: " + e.getMessage()));
        }
        if (bytes.length > MAX_CHARACTERS) {
            throw new RuleException(List.of(file + ": more than " + MAX_CHARACTERS + " bytes"));
        }
        return new RulesDocument(file.toString()).parse(bytes);
    }

    /**
     * The rules as shipped.
     *
     * @param name {@code aql} or {@code enterprise}
     * @throws RuleException when there is no such preset
     */
    public static RuleSet preset(String name) {
        List<String> presets = labels(RuleSet.Preset.values());
        if (!presets.contains(name)) {
            throw new RuleException(List.of("preset: " + Section.notOneOf(name, presets)));
        }
        String fileName = name.equals("aql") ? "rules-aql.yaml" : "rules.yaml";
        try (InputStream in = RulesDocument.class.getResourceAsStream(fileName)) {
            if (in == null) {
                throw new IllegalStateException(fileName + " is missing from the jar");
            }
            return new RulesDocument(fileName).parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + fileName + " from the jar", e);
        }
    }

    private RuleSet parse(byte[] bytes) {
        String yaml = "";
        try {
            yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            problems.add(0, "", "not UTF-8");
            problems.throwIfAny();
        }
        return parse(yaml, bytes);
    }

    private RuleSet parse(String yaml, byte[] bytes) {
        Node document = compose(yaml);
        problems.throwIfAny();
        RuleSet rules = ruleSet(new Section(problems, "", 1, document), RuleSet.version(bytes));
        problems.throwIfAny();
        return rules;
    }

    private Node compose(String yaml) {
        if (yaml.length() > MAX_CHARACTERS) {
            problems.add(0, "", "more than " + MAX_CHARACTERS + " characters");
            return null;
        }
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        try {
            // Some editors begin a file with a byte order mark.
            String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml;
            Node document = new Yaml(options).compose(new StringReader(text));
            if (document == null) {
                problems.add(1, "", "the document is empty");
            }
            return document;
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            problems.add(line, "", "not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            problems.add(0, "", "not YAML: " + e.getMessage().lines().findFirst().orElse("unreadable"));
        } catch (IllegalArgumentException e) {
            // The scanner lets its number parsing's own exceptions through, e.g. for an escape beyond Unicode.
            problems.add(0, "", "not YAML: " + e.getMessage());
        }
        return null;
    }

    private RuleSet ruleSet(Section document, String version) {
        document.allow("preset", "internal_subnets", "never_included_subnets", "rules");
        RuleSet.Preset preset =
                constant(RuleSet.Preset.values(), document.choice("preset", false, List.of("enterprise", "aql")));
        List<Network> internal =
                document.has("internal_subnets") ? networks(document, "internal_subnets", "network") : PRIVATE;
        List<Network> neverIncluded = networks(document, "never_included_subnets", null);
        List<BeaconRule> beacons = new ArrayList<>();
        List<VolumetricRule> volumetrics = new ArrayList<>();
        List<RelayRule> relays = new ArrayList<>();
        Map<String, String> ids = new HashMap<>();
        for (Section rule : document.sections("rules", "rule")) {
            String type = rule.choice("type", true, TYPES);
            RuleInfo info = info(rule);
            String before = info.id().isEmpty() ? null : ids.putIfAbsent(info.id(), rule.path());
            if (before != null) {
                rule.problem("id", Problems.quote(info.id()) + " is the id of " + before + " too");
            }
            switch (type == null ? "" : type) {
                case "beacon" -> beacons.add(beacon(rule, info));
                case "volumetric" -> volumetrics.add(volumetric(rule, info));
                case "relay" -> relays.add(relay(rule, info));
                // What the other keys may be depends on the type.
                default -> allow(rule, "early_firing", "finding_per", "engine");
            }
        }
        return new RuleSet(
                preset, version, NetworkSet.of(internal, neverIncluded), beacons, volumetrics, relays, neverIncluded);
    }

    private RuleInfo info(Section rule) {
        String id = rule.text("id", 64);
        if (!id.isEmpty() && id.length() <= 64 && !ID.matcher(id).matches()) {
            rule.problem("id", Problems.quote(id) + " is not letters, digits, '.', '_' and '-', a letter or digit first");
        }
        List<String> tags = new ArrayList<>();
        for (Scalar tag : rule.list("tags", false, null)) {
            if (!TAG.matcher(tag.text()).matches()) {
                problems.add(
                        tag.line(),
                        tag.path(),
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
                suppression.has("duration") ? suppression.durationMs("duration", 0, MAX_WINDOW) : 0,
                rule.optionalText("note"));
    }

    private BeaconRule beacon(Section rule, RuleInfo info) {
        allow(rule);
        Section window = rule.section("window").allow("size", "slide");
        long size = window.durationMs("size", SECOND, MAX_WINDOW);
        long slide = window.durationMs("slide", SECOND, MAX_WINDOW);
        if (size > 0 && slide > 0) {
            if (size % slide != 0) {
                window.problem(
                        "size", Durations.format(size) + " is not a multiple of slide " + Durations.format(slide));
            } else if (size / slide > MAX_SLIDES) {
                window.problem(
                        "size",
                        Durations.format(size) + " is " + size / slide + " slides of " + Durations.format(slide)
                                + ", at most " + MAX_SLIDES);
            }
        }
        Section condition = rule.section("condition").allow("min_connections", "min_duration", "rate_per_hour");
        int minConnections = condition.count("min_connections", 1, MAX_COUNT);
        long minDuration = condition.durationMs("min_duration", MINUTE, MAX_WINDOW);
        if (minDuration % MINUTE > 0) {
            condition.problem("min_duration", Durations.format(minDuration) + " is not whole minutes");
        } else if (minDuration > 0 && size > 0 && minDuration > size) {
            condition.problem(
                    "min_duration", Durations.format(minDuration) + " is above window.size " + Durations.format(size));
        }
        Section rate = condition.section("rate_per_hour").allow("min", "max");
        double minPerHour = rate.decimal("min", 0, MAX_PER_HOUR);
        double maxPerHour = rate.decimal("max", 0, MAX_PER_HOUR);
        if (minPerHour > maxPerHour) {
            rate.problem("min", number(minPerHour) + " is above max " + number(maxPerHour));
        }
        Section filter = rule.optionalSection("filter").allow("direction", "dst_port_not", "dst_not");
        filter.choice("direction", false, List.of("outbound"));
        return new BeaconRule(
                info,
                size,
                slide,
                minConnections,
                (int) (minDuration / MINUTE),
                minPerHour,
                maxPerHour,
                ports(filter, "dst_port_not", false),
                networks(filter, "dst_not", null));
    }

    private VolumetricRule volumetric(Section rule, RuleInfo info) {
        allow(rule, "early_firing");
        long size = rule.section("window").allow("size").durationMs("size", SECOND, MAX_WINDOW);
        Section condition = rule.section("condition").allow("distinct_sources", "connections");
        Section filter = rule.section("filter").allow("direction", "dst_port", "verdict_not");
        filter.choice("direction", false, List.of("inbound"));
        // Denied flows are always left out; the key is there to say so.
        for (Scalar verdict : filter.list("verdict_not", false, null)) {
            if (!verdict.text().equals("denied")) {
                problems.add(verdict.line(), verdict.path(), Section.notOneOf(verdict.text(), List.of("denied")));
            }
        }
        List<Integer> ports = ports(filter, "dst_port", true);
        return new VolumetricRule(
                info,
                size,
                condition.section("distinct_sources").allow("gt").count("gt", 1, MAX_COUNT),
                condition.section("connections").allow("gt").count("gt", 1, MAX_COUNT),
                ports,
                rule.flag("early_firing"));
    }

    private RelayRule relay(Section rule, RuleInfo info) {
        allow(rule, "finding_per", "engine");
        long size = rule.section("window").allow("size").durationMs("size", SECOND, MAX_WINDOW);
        Section condition = rule.section("condition").allow("max_pairs_per_host");
        Section filter = rule.optionalSection("filter").allow("dst_port_not", "peer_not");
        return new RelayRule(
                info,
                size,
                ports(filter, "dst_port_not", false),
                networks(filter, "peer_not", null),
                condition.count("max_pairs_per_host", 1, MAX_PAIRS),
                "host".equals(rule.choice("finding_per", false, List.of("host", "pair"))),
                constant(
                        RelayRule.Engine.values(),
                        rule.choice("engine", false, labels(RelayRule.Engine.values()))));
    }

    private static void allow(Section rule, String... more) {
        List<String> keys = new ArrayList<>(RULE_KEYS);
        keys.addAll(Arrays.asList(more));
        rule.allow(keys.toArray(String[]::new));
    }

    /** In the order of the document, each once. */
    private static List<Integer> ports(Section section, String key, boolean required) {
        return values(
                section.list(key, required, required ? "port" : null),
                scalar -> (int) section.whole(scalar, 0, 65_535));
    }

    private List<Network> networks(Section section, String key, String atLeastOne) {
        return values(section.list(key, false, atLeastOne), scalar -> {
            try {
                return Network.parse(scalar.text());
            } catch (IllegalArgumentException e) {
                problems.add(scalar.line(), scalar.path(), e.getMessage());
                return PRIVATE.get(0);
            }
        });
    }

    private static <T> List<T> values(List<Scalar> scalars, Function<Scalar, T> value) {
        return scalars.stream().map(value).distinct().toList();
    }

    private static List<String> labels(Enum<?>[] constants) {
        return Arrays.stream(constants).map(RulesDocument::label).toList();
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Null for null: a fault was reported then. */
    private static <E extends Enum<E>> E constant(E[] constants, String label) {
        return Arrays.stream(constants)
                .filter(constant -> label(constant).equals(label))
                .findFirst()
                .orElse(null);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
