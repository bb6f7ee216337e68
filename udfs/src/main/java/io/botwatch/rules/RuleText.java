package io.botwatch.rules;

import io.botwatch.document.Beside;
import io.botwatch.document.DocumentException;
import io.botwatch.rule.RuleSet;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A rule document and the files that it names: all that is needed to read it elsewhere.
 *
 * @param files contents by name
 */
public record RuleText(String yaml, Map<String, byte[]> files) implements Serializable {

    /**
     * A preset by its name, or else a file.
     *
     * @param folder that the file's name is relative to; null for that of the process
     * @throws DocumentException with every fault of it
     */
    public static RuleText named(String name, Path folder) {
        Map<String, byte[]> files = new TreeMap<>();
        byte[] yaml = RulesDocument.read(name, folder, files);
        return new RuleText(new String(yaml, StandardCharsets.UTF_8), files);
    }

    /** Another document that may name the same files. */
    public RuleText with(String other) {
        return new RuleText(other, files);
    }

    /**
     * @param fileName names the document in messages
     * @throws DocumentException with every fault
     */
    public RuleSet rules(String fileName) {
        return RulesDocument.parse(fileName, yaml, Beside.of(files));
    }
}
