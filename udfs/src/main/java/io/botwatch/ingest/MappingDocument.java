package io.botwatch.ingest;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.JsonMapping.Field;
import io.botwatch.ingest.JsonMapping.Pairs;
import io.botwatch.ingest.JsonMapping.Target;
import io.botwatch.ingest.JsonMapping.Unit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads a mapping file; see docs/formats.md for what it may hold. */
public final class MappingDocument {
    private static final int MAX_NAMES = 16;
    private static final int MAX_TEXT = 200;

    private static final Set<Field> TIMES = EnumSet.of(Field.START, Field.END, Field.EXPORTED);
    private static final List<String> EPOCH_UNITS = List.of("s", "ms", "us", "ns");

    private final Problems problems;
    private final PathTree<Target> outer = new PathTree<>();
    private final PathTree<Target> inner = new PathTree<>();
    private final List<Target> targets = new ArrayList<>();
    private List<String> each;

    private MappingDocument(Problems problems) {
        this.problems = problems;
    }

    /** @throws DocumentException with every fault: file, line, key and remedy */
    public static JsonMapping load(Path file) {
        YamlDocument document = YamlDocument.load(file);
        return new MappingDocument(document.problems()).read(document.root());
    }

    /**
     * @param fileName names the document in messages
     * @throws DocumentException as {@link #load}
     */
    static JsonMapping of(String fileName, String yaml) {
        YamlDocument document = YamlDocument.of(fileName, yaml.getBytes(StandardCharsets.UTF_8));
        return new MappingDocument(document.problems()).read(document.root());
    }

    private JsonMapping read(Section root) {
        root.allow("each", "pairs", "connections", "only", "fields");
        if (root.has("each")) {
            each = names(root.text("each", MAX_TEXT), root.line("each"), root.path("each"));
            if (each != null && !root.text("each", MAX_TEXT).startsWith("/")) {
                root.problem("each", "must begin with a slash: it starts at the record");
            }
        }
        Pairs pairs = root.has("pairs") ? pairs(root) : null;
        conditions(root.optionalSection("only"));
        fields(root.section("fields"));
        boolean connections = root.flag("connections");
        problems.throwIfAny();
        return new JsonMapping(each, pairs, connections, outer, inner, List.copyOf(targets));
    }

    private Pairs pairs(Section root) {
        if (each == null) {
            root.problem("pairs", "needs 'each': an element of that list is a list of pairs");
        }
        Section section = root.section("pairs").allow("name", "value", "scope");
        return new Pairs(
                section.text("name", MAX_TEXT),
                section.text("value", MAX_TEXT),
                section.has("scope") ? section.text("scope", MAX_TEXT) : null);
    }

    private void conditions(Section only) {
        for (String pointer : only.keys()) {
            add(pointer, only.line(pointer), only.path(pointer), null, null, Map.of(), only.text(pointer, MAX_TEXT));
        }
    }

    private void fields(Section fields) {
        fields.allow(Arrays.stream(Field.values()).map(Field::label).toArray(String[]::new));
        for (Field field : Field.values()) {
            if (fields.has(field.label())) {
                field(fields, field);
            }
        }
        for (Field required : List.of(Field.SRC, Field.DST, Field.PROTOCOL, Field.BYTES, Field.PACKETS)) {
            require(fields, required, "");
        }
        if (!fields.has("start") && !(fields.has("end") && fields.has("duration"))) {
            fields.problem("start", "missing; or map 'end' and 'duration'");
        }
        if (targets.stream().anyMatch(target -> target.unit() == Unit.UPTIME)) {
            require(fields, Field.EXPORTED, ", which times of unit uptime are counted from");
            require(fields, Field.UPTIME, ", which times of unit uptime are counted from");
        }
    }

    private static void require(Section fields, Field field, String why) {
        if (!fields.has(field.label())) {
            fields.problem(field.label(), "missing" + why);
        }
    }

    private void field(Section fields, Field field) {
        String key = field.label();
        boolean described = fields.isSection(key);
        Section section = described ? fields.section(key) : null;
        Unit unit = null;
        Map<String, Integer> words = Map.of();
        if (TIMES.contains(field) || field == Field.DURATION) {
            if (described) {
                unit = unit(section.allow("at", "unit"), field);
            } else {
                fields.problem(key, "needs a unit, e.g. {at: /path, unit: ms}; known: " + String.join(", ", units(field)));
            }
        } else if (field == Field.PROTOCOL || field == Field.VERDICT) {
            if (described) {
                words = words(section.allow("at", "values"), field);
            } else if (field == Field.VERDICT) {
                fields.problem(key, "needs its words, e.g. {at: /path, values: {ACCEPT: allowed, REJECT: denied}}");
            }
        } else if (described) {
            section.allow("at");
        }
        for (Section.Scalar pointer : described ? section.oneOrMore("at") : fields.oneOrMore(key)) {
            add(pointer.text(), pointer.line(), pointer.path(), field, unit, words, null);
        }
    }

    private static Unit unit(Section section, Field field) {
        String unit = section.choice("unit", true, units(field));
        return unit == null ? null : Unit.valueOf(unit.toUpperCase(Locale.ROOT));
    }

    private static List<String> units(Field field) {
        return switch (field) {
            case DURATION -> EPOCH_UNITS;
            case EXPORTED -> Stream.concat(EPOCH_UNITS.stream(), Stream.of("iso")).toList();
            default -> Arrays.stream(Unit.values()).map(Unit::label).toList();
        };
    }

    private Map<String, Integer> words(Section section, Field field) {
        if (!section.has("values")) {
            if (field == Field.VERDICT) {
                section.problem("values", "missing, e.g. {ACCEPT: allowed, REJECT: denied}");
            }
            return Map.of();
        }
        Map<String, Integer> words = new HashMap<>();
        Section values = section.section("values");
        for (String word : values.keys()) {
            if (field == Field.VERDICT) {
                String verdict = values.choice(word, true, List.of("allowed", "denied", "unknown"));
                words.put(word, verdict == null ? 0 : Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)).ordinal());
            } else {
                words.put(word, protocol(values, word));
            }
        }
        return Map.copyOf(words);
    }

    private static int protocol(Section values, String word) {
        byte[] text = values.text(word, MAX_TEXT).getBytes(StandardCharsets.UTF_8);
        int number = ProtocolNames.number(text, 0, text.length);
        if (number < 0) {
            values.problem(word, "is not a protocol's number, 0 to 255, or its name");
        }
        return number;
    }

    private void add(
            String pointer, int line, String path, Field field, Unit unit, Map<String, Integer> words, String expected) {
        List<String> names = names(pointer, line, path);
        if (names == null) {
            return;
        }
        boolean absolute = pointer.startsWith("/");
        String quoted = Problems.quote(pointer);
        if (!absolute && each == null) {
            problems.add(line, path, quoted + " starts at an element, and there is no 'each'; write '/" + pointer + "'");
        } else if (absolute && each != null && names.size() >= each.size() && names.subList(0, each.size()).equals(each)) {
            problems.add(line, path, quoted + " lies within the list of 'each'; write it as from an element, without a slash in front");
        } else {
            Target target = new Target(targets.size(), field, unit, words, expected);
            targets.add(target);
            (absolute ? outer : inner).add(names, target);
        }
    }

    /** The parts of a JSON pointer (RFC 6901), or of one without the slash in front; null when it is none. */
    private List<String> names(String pointer, int line, String path) {
        if (pointer.isEmpty() || pointer.length() > MAX_TEXT || pointer.matches(".*~(?![01]).*")) {
            problems.add(line, path, Problems.quote(pointer) + " is not a JSON pointer such as /flow/src_ip (~0 stands for ~, ~1 for /)");
            return null;
        }
        List<String> names = Arrays.stream((pointer.startsWith("/") ? pointer.substring(1) : pointer).split("/", -1))
                .map(name -> name.replace("~1", "/").replace("~0", "~"))
                .toList();
        if (names.size() > MAX_NAMES) {
            problems.add(line, path, names.size() + " parts, at most " + MAX_NAMES);
            return null;
        }
        return names;
    }
}
