package io.botwatch.rules;

import io.botwatch.document.Beside;
import io.botwatch.document.DocumentException;
import io.botwatch.beacon.BeaconRule;
import io.botwatch.dga.DgaRule;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.exception.Exceptions;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.network.Roles;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.network.NetworkLists;
import io.botwatch.rule.RuleReader;
import io.botwatch.rule.RuleSet;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.story.StoryRule;
import io.botwatch.volumetric.VolumetricRule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a rule document: YAML, every key known, every value in its range. What comes back can be run as it is.
 *
 * <p>Nothing but a {@link DocumentException} is thrown for a document, whatever is in it; it names all faults, each with file,
 * line, key and limit. Only the node tree of the YAML is used, so that no tag can make an object.
 */
public final class RulesDocument {
    /** Every type of rule, and how it reads itself. */
    private static final Map<String, Function<RuleReader, Rule>> TYPES = types();

    /** Private networks of RFC 1918 and RFC 4193: internal unless the document says otherwise. */
    private static final List<Network> PRIVATE = List.of(
            Network.parse("10.0.0.0/8"),
            Network.parse("172.16.0.0/12"),
            Network.parse("192.168.0.0/16"),
            Network.parse("fc00::/7"));

    private final Problems problems;

    private final Beside beside;
    private final NetworkLists networks;

    /** As it is; empty where there is none. */
    private byte[] exceptionsFile = {};

    private RulesDocument(Problems problems, Beside beside) {
        this.problems = problems;
        this.beside = beside;
        this.networks = new NetworkLists(problems, beside);
    }

    /**
     * @param fileName names the document in messages
     * @throws DocumentException with every fault
     */
    public static RuleSet parse(String fileName, String yaml) {
        return parse(fileName, yaml, Beside.in(null));
    }

    static RuleSet parse(String fileName, String yaml, Beside beside) {
        return parse(YamlDocument.of(fileName, yaml.getBytes(StandardCharsets.UTF_8)), beside);
    }

    /**
     * Reads a UTF-8 file of at most 1 MiB, and the files of networks beside it that it names.
     *
     * @throws DocumentException with every fault, also when the file cannot be read
     */
    public static RuleSet load(Path file) {
        return parse(YamlDocument.load(file), Beside.in(file.toAbsolutePath().getParent()));
    }

    /**
     * A preset by its name, or else a file.
     *
     * @param folder that the file's name is relative to; null for that of the process
     * @throws DocumentException with every fault
     */
    public static RuleSet named(String name, Path folder) {
        return presets().contains(name) ? preset(name) : load(file(name, folder));
    }

    private static Path file(String name, Path folder) {
        return folder == null ? Path.of(name) : folder.resolve(name);
    }

    /** As {@link #named}, but gives the document as it is, once it was checked, and puts the files that it names in here. */
    static byte[] read(String name, Path folder, Map<String, byte[]> files) {
        YamlDocument document;
        Beside beside;
        if (presets().contains(name)) {
            document = YamlDocument.of(presetFile(name), shipped(name));
            beside = Beside.in(null);
        } else {
            document = YamlDocument.load(file(name, folder));
            beside = Beside.in(file(name, folder).toAbsolutePath().getParent()).rememberedIn(files);
        }
        parse(document, beside);
        return document.bytes();
    }

    /** Names of the rules that are shipped. */
    public static List<String> presets() {
        return RuleReader.labels(RuleSet.Preset.values());
    }

    /**
     * The rules as shipped.
     *
     * @param name {@code aql} or {@code enterprise}
     * @throws DocumentException when there is no such preset
     */
    public static RuleSet preset(String name) {
        if (!presets().contains(name)) {
            throw new DocumentException(List.of("preset: " + Section.notOneOf(name, presets())));
        }
        return parse(YamlDocument.of(presetFile(name), shipped(name)), Beside.in(null));
    }

    private static String presetFile(String name) {
        return name.equals("aql") ? "rules-aql.yaml" : "rules.yaml";
    }

    private static byte[] shipped(String name) {
        String fileName = presetFile(name);
        try (InputStream in = RulesDocument.class.getResourceAsStream(fileName)) {
            if (in == null) {
                throw new IllegalStateException(fileName + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + fileName + " from the jar", e);
        }
    }

    private static RuleSet parse(YamlDocument document, Beside beside) {
        RulesDocument rules = new RulesDocument(document.problems(), beside);
        RuleSet parsed = rules.ruleSet(document.root(), document.bytes());
        document.problems().throwIfAny();
        return parsed;
    }

    private static Map<String, Function<RuleReader, Rule>> types() {
        Map<String, Function<RuleReader, Rule>> types = new LinkedHashMap<>();
        types.put("beacon", BeaconRule::read);
        types.put("volumetric", VolumetricRule::read);
        types.put("relay", RelayRule::read);
        types.put("spreader", OutboundRule::spreader);
        types.put("spam", OutboundRule::spam);
        types.put("outbound-flood", OutboundRule::flood);
        types.put("irc", OutboundRule::irc);
        types.put("dns", OutboundRule::dns);
        types.put("dga", DgaRule::read);
        types.put("long-connection", LongConnectionRule::read);
        types.put("story", StoryRule::read);
        return types;
    }

    private RuleSet ruleSet(Section document, byte[] text) {
        document.allow("preset", "internal_subnets", "never_included_subnets", "roles", "sets", "rules", "exceptions", "exceptions_file");
        RuleSet.Preset preset = RuleReader.constant(
                RuleSet.Preset.values(), document.choice("preset", false, List.of("enterprise", "aql")));
        if (document.has("sets")) {
            networks.define(document.section("sets"));
        }
        List<Network> internal = document.has("internal_subnets")
                ? networks.read(document, "internal_subnets", "network")
                : PRIVATE;
        List<Network> neverIncluded = networks.read(document, "never_included_subnets", null);
        Roles roles = document.has("roles") ? roles(document.section("roles")) : Roles.NONE;
        List<Rule> rules = new ArrayList<>();
        Map<String, String> ids = new HashMap<>();
        for (Section section : document.sections("rules", "rule")) {
            String type = section.choice("type", true, TYPES.keySet());
            RuleReader reader = new RuleReader(section, problems, networks);
            String id = reader.info().id();
            String before = id.isEmpty() ? null : ids.putIfAbsent(id, section.path());
            if (before != null) {
                section.problem("id", Problems.quote(id) + " is the id of " + before + " too");
            }
            if (type != null) {
                // Without a type nothing is known of what else may be there.
                rules.add(TYPES.get(type).apply(reader));
            }
        }
        Exceptions exceptions = exceptions(document, ids.keySet());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(text);
        all.writeBytes(networks.contents());
        all.writeBytes(exceptionsFile);
        return new RuleSet(
                preset, RuleSet.digest(all.toByteArray()), NetworkSet.of(internal, neverIncluded), roles, rules, exceptions, neverIncluded);
    }

    private Exceptions exceptions(Section document, Set<String> ruleIds) {
        List<ExceptionEntry> entries = new ArrayList<>();
        for (Section section : document.optionalSections("exceptions")) {
            entries.add(ExceptionEntry.read(section, ruleIds, problems, networks));
        }
        if (document.has("exceptions_file")) {
            ExceptionsFile.Contents file = ExceptionsFile.read(document, "exceptions_file", beside, ruleIds, networks);
            entries.addAll(file.entries());
            exceptionsFile = file.bytes();
        }
        Set<String> ids = new HashSet<>();
        for (ExceptionEntry entry : entries) {
            if (!entry.id().isEmpty() && !ids.add(entry.id())) {
                document.problem("exceptions", "two have the id " + Problems.quote(entry.id()));
            }
        }
        return new Exceptions(entries);
    }

    private Roles roles(Section section) {
        section.allow(Role.labels().toArray(String[]::new));
        Map<Role, NetworkSet> byRole = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            if (section.has(role.label())) {
                byRole.put(role, networks.set(section, role.label()));
            }
        }
        return new Roles(byRole);
    }
}
