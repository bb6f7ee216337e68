package io.botwatch.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A YAML file as sections of keys and values, with their lines. Only the node tree of the YAML is used, so that no tag can
 * make an object; size, depth and aliases are limited.
 *
 * @param bytes the document as it came
 * @param problems collects what its reader finds wrong with it
 */
public record YamlDocument(byte[] bytes, Problems problems, Section root) {
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_ALIASES = 50;

    /**
     * Reads a UTF-8 file of at most 1 MiB.
     *
     * @throws DocumentException also when the file cannot be read
     */
    public static YamlDocument load(Path file) {
        return of(file.toString(), bytes(file));
    }

    /**
     * What a file holds, at most 1 MiB, for whoever takes it apart.
     *
     * @throws DocumentException when it is longer, or cannot be read
     */
    public static byte[] bytes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return bytes(file.toString(), in);
        } catch (NoSuchFileException e) {
            throw new DocumentException(List.of(file + ": no such file"));
        } catch (IOException e) {
            throw new DocumentException(List.of(file + ": cannot be read: " + e.getMessage()));
        }
    }

    /**
     * What a stream holds, at most 1 MiB.
     *
     * @param fileName names it in messages
     * @throws DocumentException when it is longer
     */
    public static byte[] bytes(String fileName, InputStream in) throws IOException {
        // One more than is taken, so that a longer file is noticed and yet not read to its end.
        byte[] bytes = in.readNBytes(MAX_CHARACTERS + 1);
        if (bytes.length > MAX_CHARACTERS) {
            throw new DocumentException(List.of(fileName + ": more than " + MAX_CHARACTERS + " bytes"));
        }
        return bytes;
    }

    /**
     * @param fileName names the document in messages
     * @throws DocumentException when it is not YAML
     */
    public static YamlDocument of(String fileName, byte[] bytes) {
        Problems problems = new Problems(fileName);
        return new YamlDocument(bytes, problems, new Section(problems, "", 1, node(problems, bytes)));
    }

    /** The tree itself, for whoever edits it. */
    static Node node(String fileName, byte[] bytes) {
        return node(new Problems(fileName), bytes);
    }

    private static Node node(Problems problems, byte[] bytes) {
        String yaml = "";
        try {
            yaml = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            problems.add(0, "", "not UTF-8");
            problems.throwIfAny();
        }
        Node document = compose(yaml, problems);
        problems.throwIfAny();
        return document;
    }

    private static Node compose(String yaml, Problems problems) {
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
}
