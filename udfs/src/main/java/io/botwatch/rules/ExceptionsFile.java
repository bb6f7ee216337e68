package io.botwatch.rules;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.network.NetworkLists;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    static Contents read(Section document, String key, Path folder, Collection<String> ruleIds, NetworkLists networks) {
        String name = document.text(key, 4_000);
        if (folder == null) {
            document.problem(key, "files are not possible here");
            return Contents.NOTHING;
        }
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_BYTES) {
                document.problem(key, file + " has more than " + MAX_BYTES + " bytes");
                return Contents.NOTHING;
            }
            byte[] bytes = Files.readAllBytes(file);
            return new Contents(parse(new String(bytes, StandardCharsets.UTF_8), file, document, key, ruleIds, networks), bytes);
        } catch (IOException e) {
            document.problem(key, file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "no such file"));
            return Contents.NOTHING;
        }
    }

    /** @param bytes the file as it is */
    record Contents(List<ExceptionEntry> entries, byte[] bytes) {
        static final Contents NOTHING = new Contents(List.of(), new byte[0]);
    }

    private static List<ExceptionEntry> parse(
            String text, Path file, Section document, String key, Collection<String> ruleIds, NetworkLists networks) {
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
