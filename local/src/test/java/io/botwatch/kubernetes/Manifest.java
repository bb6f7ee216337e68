package io.botwatch.kubernetes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One YAML document that is to go to the API server, or to kustomize.
 *
 * @param where its file, and which document of it
 */
record Manifest(String where, JsonNode content) {
    private static final ObjectMapper YAML =
            new ObjectMapper(YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

    /** The repository's root. */
    static final Path ROOT = Path.of(System.getProperty("botwatch.root"));

    static final Path FOLDER = ROOT.resolve("k8s");

    /** All YAML files at any depth, in the order of their names. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .toList();
        }
    }

    /** The documents of a file; a key that stands twice is an error. */
    static List<Manifest> read(Path file) throws IOException {
        return parse(ROOT.relativize(file).toString(), Files.readString(file));
    }

    static List<Manifest> parse(String where, String yaml) {
        List<Manifest> documents = new ArrayList<>();
        try (JsonParser parser = YAML.createParser(yaml)) {
            while (parser.nextToken() != null) {
                JsonNode document = YAML.readTree(parser);
                if (!document.isNull()) {
                    documents.add(new Manifest(where + "#" + documents.size(), document));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(where + ": " + e.getMessage(), e);
        }
        return documents;
    }

    /** Empty where there is none. */
    String kind() {
        return content.path("kind").asText();
    }

    /** Group and version. */
    String apiVersion() {
        return content.path("apiVersion").asText();
    }

    String name() {
        return content.at("/metadata/name").asText();
    }

    String namespace() {
        return content.at("/metadata/namespace").asText();
    }
}
