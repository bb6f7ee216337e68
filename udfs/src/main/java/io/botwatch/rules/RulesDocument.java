package io.botwatch.rules;

import io.botwatch.document.DocumentException;
import io.botwatch.beacon.BeaconRule;
import io.botwatch.finding.RuleInfo;
import io.botwatch.finding.Severity;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.relay.RelayPartial;
import io.botwatch.relay.RelayRule;
import io.botwatch.document.Durations;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.document.YamlDocument;
import io.botwatch.volumetric.VolumetricRule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads a rule document: YAML, every key known, every value in its range. What comes back can be run as it is.
 *
 * <p>Nothing but a {@link DocumentException} is thrown for a document, whatever is in it; it names all faults, each with file,
 * line, key and limit. Only the node tree of the YAML is used, so that no tag can make an object.
 */
public final class RulesDocument {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long MAX_WINDOW = 31 * 24 * 60 * MINUTE;
    private static final long MAX_RELAY_WINDOW = 60 * MINUTE;
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

    private RulesDocument(Problems problems) {
        this.problems = problems;
    }

    /**
     * @param fileName names the document in messages
     * @throws DocumentException with every fault
     */
    public static RuleSet parse(String fileName, String yaml) {
        return parse(YamlDocument.of(fileName, yaml.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads a UTF-8 file of at most 1 MiB.
     *
     * @throws DocumentException with every fault, also when the file cannot be read
     */
    public static RuleSet load(Path file) {
        return parse(YamlDocument.load(file));
    }

    /**
     * The rules as shipped.
     *
     * @param name {@code aql} or {@code enterprise}
     * @throws DocumentException when there is no such preset
     */
    public static RuleSet preset(String name) {
        List<String> presets = labels(RuleSet.Preset.values());
        if (!presets.contains(name)) {
            throw new DocumentException(List.of("preset: " + Section.notOneOf(name, presets)));
        }
        String fileName = name.equals("aql") ? "rules-aql.yaml" : "rules.yaml";
        try (InputStream in = RulesDocument.class.getResourceAsStream(fileName)) {
            if (in == null) {
                throw new IllegalStateException(fileName + " is missing from the jar");
            }
            return parse(YamlDocument.of(fileName, in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + fileName + " from the jar", e);
        }
    }

    private static RuleSet parse(YamlDocument document) {
        RulesDocument rules = new RulesDocument(document.problems());
        RuleSet parsed = rules.ruleSet(document.root(), RuleSet.version(document.bytes()));
        document.problems().throwIfAny();
        return parsed;
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
        if (size > 0 && (size % RelayPartial.BUCKET_MS != 0 || size > MAX_RELAY_WINDOW)) {
            rule.section("window").problem(
                    "size",
                    Durations.format(size) + " is not a multiple of " + Durations.format(RelayPartial.BUCKET_MS)
                            + " up to " + Durations.format(MAX_RELAY_WINDOW));
        }
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
