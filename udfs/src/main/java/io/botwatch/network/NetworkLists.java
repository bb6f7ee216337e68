package io.botwatch.network;

import io.botwatch.document.Days;
import io.botwatch.document.Beside;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Networks as documents list them: one by one, as {@code file:NAME} for those of a file beside the document, or as {@code
 * set:NAME} for those of a set that the document names. A file has an address or a network a line, of CSV the first column; what
 * follows a {@code #} is a comment. The file of a set whose entries expire has the time in the second column.
 */
public final class NetworkLists {
    private static final String FILE = "file:";
    private static final String SET = "set:";
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_NETWORKS = 1_000_000;
    private static final int FAULTS_SHOWN = 3;

    private final Problems problems;
    private final Beside beside;
    private final Map<String, List<NetworkSet.Entry>> files = new HashMap<>();
    private final Map<String, List<NetworkSet.Entry>> sets = new HashMap<>();

    /** By how the list is written, so that a large set lies in memory once however many rules name it. */
    private final Map<List<String>, NetworkSet> made = new HashMap<>();

    private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

    public NetworkLists(Problems problems, Beside beside) {
        this.problems = problems;
        this.beside = beside;
    }

    /** Takes the sets that lists may name: each {@code {file: NAME, expires: true|false}} or {@code {networks: [...]}}. */
    public void define(Section section) {
        for (String name : section.keys()) {
            Section set = section.section(name).allow("file", "expires", "networks");
            if (set.has("file") == set.has("networks")) {
                section.problem(name, "needs a file or networks, and not both");
                continue;
            }
            if (set.has("networks")) {
                sets.put(name, entries(set, "networks", "network"));
            } else {
                Scalar file = set.oneOrMore("file").get(0);
                sets.put(name, file(file.text(), file, set.flag("expires")));
            }
        }
    }

    /**
     * In the order of the document, each once, whether or not it expires.
     *
     * @param atLeastOne what a list must have one of; null where it may be absent
     */
    public List<Network> read(Section section, String key, String atLeastOne) {
        return entries(section, key, atLeastOne).stream().map(NetworkSet.Entry::network).distinct().toList();
    }

    /** The list as a set; empty when it is absent. */
    public NetworkSet set(Section section, String key) {
        List<String> written = section.list(key, false, null).stream().map(Scalar::text).toList();
        NetworkSet known = made.get(written);
        if (known != null) {
            return known;
        }
        List<NetworkSet.Entry> entries = entries(section, key, null);
        boolean expire = entries.stream().anyMatch(entry -> entry.untilMs() != NetworkSet.ALWAYS);
        NetworkSet set = expire
                ? NetworkSet.expiring(entries)
                : NetworkSet.of(entries.stream().map(NetworkSet.Entry::network).toList());
        made.put(written, set);
        return set;
    }

    /** What the files held that were read, for a digest of all that the document says. */
    public byte[] contents() {
        return contents.toByteArray();
    }

    private List<NetworkSet.Entry> entries(Section section, String key, String atLeastOne) {
        Set<NetworkSet.Entry> entries = new LinkedHashSet<>();
        for (Scalar scalar : section.list(key, false, atLeastOne)) {
            String text = scalar.text();
            if (text.startsWith(FILE)) {
                entries.addAll(files.computeIfAbsent(text.substring(FILE.length()), name -> file(name, scalar, false)));
            } else if (text.startsWith(SET)) {
                entries.addAll(named(text.substring(SET.length()), scalar));
            } else {
                try {
                    entries.add(new NetworkSet.Entry(Network.parse(text), NetworkSet.ALWAYS));
                } catch (IllegalArgumentException e) {
                    problems.add(scalar.line(), scalar.path(), e.getMessage());
                }
            }
        }
        return List.copyOf(entries);
    }

    private List<NetworkSet.Entry> named(String name, Scalar at) {
        List<NetworkSet.Entry> set = sets.get(name);
        if (set == null) {
            problems.add(at.line(), at.path(), sets.isEmpty()
                    ? Problems.quote(name) + " is no set; the document has no 'sets'"
                    : Section.notOneOf(name, sets.keySet().stream().sorted().collect(Collectors.toList())));
            return List.of();
        }
        return set;
    }

    private List<NetworkSet.Entry> file(String name, Scalar at, boolean expires) {
        byte[] bytes = beside.read(name, "networks", MAX_BYTES, fault -> problems.add(at.line(), at.path(), fault));
        if (bytes == null) {
            return List.of();
        }
        contents.writeBytes(bytes);
        return parse(new String(bytes, StandardCharsets.UTF_8), name, at, expires);
    }

    private List<NetworkSet.Entry> parse(String text, String file, Scalar at, boolean expires) {
        List<NetworkSet.Entry> entries = new ArrayList<>();
        int number = 0;
        int faults = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            int comment = line.indexOf('#');
            String[] columns = (comment < 0 ? line : line.substring(0, comment)).split(",", 3);
            if (columns[0].isBlank()) {
                continue;
            }
            if (entries.size() == MAX_NETWORKS) {
                problems.add(at.line(), at.path(), file + " has more than " + MAX_NETWORKS + " networks");
                break;
            }
            try {
                long untilMs = expires && columns.length > 1 && !columns[1].isBlank()
                        ? Days.parseMs(columns[1].trim())
                        : NetworkSet.ALWAYS;
                entries.add(new NetworkSet.Entry(Network.parse(columns[0].trim()), untilMs));
            } catch (IllegalArgumentException | DateTimeException e) {
                problems.add(at.line(), at.path(), file + ":" + number + ": " + e.getMessage());
                if (++faults == FAULTS_SHOWN) {
                    break;
                }
            }
        }
        return entries;
    }
}
