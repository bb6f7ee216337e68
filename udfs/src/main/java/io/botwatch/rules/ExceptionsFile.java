package io.botwatch.rules;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Beside;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.network.NetworkLists;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Exceptions in a file beside the rules: one a line, as JSON, with the keys that they have in a rule file. */
final class ExceptionsFile {
    private static final int MAX_BYTES = 256 << 20;
    private static final int MAX_ENTRIES = 200_000;
    private static final int FAULTS_SHOWN = 20;

    private ExceptionsFile() {}

    /**
     * Faults are reported at the key that names the file.
     *
     * @return the lines as sections, and what the file held, for a digest; empty after a fault
     */
    static Contents read(Section document, String key, Beside beside, Collection<String> ruleIds, NetworkLists networks) {
        String name = document.text(key, 4_000);
        byte[] bytes = beside.read(name, "exceptions", MAX_BYTES, fault -> document.problem(key, fault));
        if (bytes == null) {
            return Contents.NOTHING;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return new Contents(parse(text, name, document, key, ruleIds, networks), bytes);
    }

    /** @param bytes the file as it is */
    record Contents(List<ExceptionEntry> entries, byte[] bytes) {
        static final Contents NOTHING = new Contents(List.of(), new byte[0]);
    }

    private static List<ExceptionEntry> parse(
            String text, String file, Section document, String key, Collection<String> ruleIds, NetworkLists networks) {
        List<ExceptionEntry> entries = new ArrayList<>();
        int number = 0;
        int faults = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            if (entries.size() == MAX_ENTRIES) {
                document.problem(key, file + " has more than " + MAX_ENTRIES + " exceptions");
                break;
            }
            try {
                YamlDocument one = YamlDocument.of(file + ":" + number, line.getBytes(StandardCharsets.UTF_8));
                entries.add(ExceptionEntry.read(one.root(), ruleIds, one.problems(), networks));
                one.problems().throwIfAny();
            } catch (DocumentException e) {
                document.problem(key, e.problems().get(0));
                if (++faults == FAULTS_SHOWN) {
                    break;
                }
            }
        }
        return entries;
    }
}
